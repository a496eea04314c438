package trivium.measure;

/** What logits say about the next or the hidden token. */
final class Distribution {

    private Distribution() {}

    /** ln Σ exp x. */
    static double logSum(float... logits) {
        double highest = logits[likeliest(logits)];
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit - highest);
        }
        return highest + Math.log(total);
    }

    /** The first of the largest. */
    static int likeliest(float... logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }
}
