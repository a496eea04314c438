package trivium.align;

import java.util.Arrays;
import java.util.stream.IntStream;
import trivium.data.ItemBatches;
import trivium.data.PreferenceBatches;
import trivium.data.UnpairedBatches;
import trivium.model.Slices;
import trivium.train.Objective;

/** Preferences to learn from or to validate on, with what the reference makes of each answer. */
interface PreferenceSet {

    ItemBatches batches();

    /**
     * What is minimised on the batch of these.
     *
     * @param policy passes of the model as it is now
     */
    Objective objective(Slices policy, int... items);

    /**
     * Comparisons.
     *
     * @param reference Σ log π_ref of the chosen and the rejected answer of each pair; empty where no loss reads it
     */
    record Pairs(PairLoss loss, PreferenceBatches batches, double[] reference) implements PreferenceSet {

        static Pairs of(PairLoss loss, PreferenceBatches batches, Reference reference, String name) {
            return new Pairs(
                    loss,
                    batches,
                    loss.needsReference() ? reference.sums(name, batches.size(), 2, batches::batch) : new double[0]);
        }

        @Override
        public Objective objective(Slices policy, int... items) {
            return loss.objective(
                    loss.needsReference()
                            ? Arrays.stream(items)
                                    .flatMap(pair -> IntStream.of(2 * pair, 2 * pair + 1))
                                    .mapToDouble(row -> reference[row])
                                    .toArray()
                            : reference);
        }
    }

    /**
     * Answers that were each judged by themselves.
     *
     * @param reference Σ log π_ref of each answer
     * @param mismatched the same of each prompt's answer to another prompt
     */
    record Unpaired(UnpairedLoss loss, UnpairedBatches batches, double[] reference, double[] mismatched)
            implements PreferenceSet {

        static Unpaired of(UnpairedLoss loss, UnpairedBatches batches, Reference reference, String name) {
            return new Unpaired(
                    loss,
                    batches,
                    reference.sums(name, batches.size(), 1, batches::batch),
                    reference.sums(name + "-mismatched", batches.size(), 1, batches::mismatchedBatch));
        }

        @Override
        public Objective objective(Slices policy, int... items) {
            var labels = new boolean[items.length];
            for (int i = 0; i < items.length; i++) {
                labels[i] = batches.labels()[items[i]];
            }
            return loss.objective(
                    Arrays.stream(items).mapToDouble(item -> reference[item]).toArray(), labels, kl(policy, items));
        }

        /** The mean log-ratio of answers to other prompts, at least 0 (Ethayarajh et al. 2024, section 4.1). */
        private double kl(Slices policy, int... items) {
            double[] now = Reference.sums(policy, batches.mismatchedBatch(items));
            double sum = 0;
            for (int i = 0; i < items.length; i++) {
                sum += now[i] - mismatched[items[i]];
            }
            return Math.max(0, sum / items.length);
        }
    }
}
