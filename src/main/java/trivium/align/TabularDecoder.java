package trivium.align;

import java.util.Arrays;
import trivium.model.Decoder;
import trivium.model.Ids;
import trivium.tensor.Floats;

/** The decoder of a {@link TabularPolicy}: each row holds its tokens, and looks its logits up. */
final class TabularDecoder implements Decoder {

    private final TabularPolicy policy;
    private final int[][] sequences;
    private final Floats logits; // (rows, outputs)
    private int count;

    TabularDecoder(TabularPolicy policy, int rows) {
        this.policy = policy;
        sequences = new int[rows][0];
        logits = Floats.zeros((long) rows * policy.outputs());
    }

    @Override
    public void prefill(int row, int[] prompt) {
        if (prompt.length < 1 || prompt.length > policy.context()) {
            throw new IllegalArgumentException(
                    "the prompt has " + prompt.length + " tokens; the model's context takes 1 to " + policy.context());
        }
        sequences[row] = prompt.clone();
        policy.copyRow(prompt, 0, prompt.length, logits, 0);
        count = 1;
    }

    @Override
    public void copyRow(int from, int to) {
        sequences[to] = sequences[from].clone();
    }

    @Override
    public void step(int[] rows, int[] tokens, int count) {
        Ids.check(tokens, 0, count, policy.vocabulary(), "token");
        for (int i = 0; i < count; i++) {
            int[] before = sequences[rows[i]];
            if (before.length >= policy.context()) {
                throw new IllegalArgumentException(
                        "row " + rows[i] + " already fills the model's context of " + policy.context() + " tokens");
            }
            int[] now = Arrays.copyOf(before, before.length + 1);
            now[before.length] = tokens[i];
            sequences[rows[i]] = now;
            policy.copyRow(now, 0, now.length, logits, i);
        }
        this.count = count;
    }

    @Override
    public Floats logits() {
        return logits.slice(0, (long) count * policy.outputs());
    }

    @Override
    public int length(int row) {
        return sequences[row].length;
    }
}
