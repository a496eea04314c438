package trivium.exercise;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import trivium.data.CompletionBatches;
import trivium.tensor.Batch;
import trivium.text.Chat;
import trivium.text.ChatTemplate;
import trivium.text.Message;
import trivium.text.Tokenizer;
import trivium.train.CrossEntropy;
import trivium.train.Report;

/** Checks of phase 2. What is right comes from the batches, the template and the objective of fine-tuning. */
@SuppressWarnings("overloads") // answers are never lambdas here
final class FineTuningChecks {

    private FineTuningChecks() {}

    static Verdict of(PromptMask answer) {
        return Checking.of(
                "Mask the prompt",
                answer,
                "right, for conversations of several turns too: the model learns to answer and to end, not to ask.",
                List.of(probe(answer, "PPPAA"), probe(answer, "PPAAPAAA"), probe(answer, "PPPA")));
    }

    /** A token of a prompt for each P, of an answer for each A. */
    private static Probe probe(PromptMask answer, String turns) {
        var answered = new boolean[turns.length()];
        for (int i = 0; i < answered.length; i++) {
            answered[i] = turns.charAt(i) == 'A';
        }
        int n = answered.length - 1;
        double[] expected = weights(answered);
        double[] seen =
                IntStream.range(0, n).mapToDouble(i -> answered[i] ? 1 : 0).toArray();
        double[] all = new double[n];
        Arrays.fill(all, 1);
        double[] noEnd = IntStream.range(0, n)
                .mapToDouble(i -> i + 2 < turns.length() && answered[i + 2] ? expected[i] : 0)
                .toArray();
        double[] inverted = Arrays.stream(expected).map(weight -> 1 - weight).toArray();
        int first = turns.indexOf('A') - 1;
        double[] fromFirst =
                IntStream.range(0, n).mapToDouble(i -> i >= first ? 1 : 0).toArray();
        double[] perToken = IntStream.rangeClosed(0, n)
                .mapToDouble(i -> answered[i] ? 1 : 0)
                .toArray();
        return new Probe(
                        "the tokens " + turns + " (P of a prompt, A of an answer)",
                        expected,
                        () -> answer.of(answered.clone()))
                .mistake(
                        "that is one weight for each token. Position i predicts token i + 1, so there is one position"
                                + " less than tokens, and its weight is about the token that it predicts.",
                        perToken)
                .mistake(
                        "a weight is about the token that a position predicts, i + 1, not about the one it sees: the"
                                + " first token of an answer is predicted from the last of the prompt.",
                        seen)
                .mistake("the prompt is learned too. Weight 0 where the predicted token is of the prompt.", all)
                .mistake(
                        "the token that ends an answer has weight 0. It is learned too, or the model never learns to"
                                + " stop.",
                        noEnd)
                .mistake("that is the other way round: 1 where the predicted token is of an answer.", inverted)
                .mistake(
                        "everything after the first answer is learned, the next question too. Ask of each token whether"
                                + " it is of an answer.",
                        fromFirst);
    }

    /** By the batches of fine-tuning. */
    private static double[] weights(boolean[] answered) {
        var chat = new Chat(new int[answered.length], answered.clone());
        float[] weights = new CompletionBatches(List.of(chat), 0).batch(0).weights();
        return IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).toArray();
    }

    static Verdict of(ChatTokens answer) {
        return Checking.of(
                "A conversation as tokens",
                answer,
                "right: three markers of one token each, and text between them.",
                List.of(probe(answer, "Who?", "Sam."), probe(answer, "Say <|end|>!", "No.")));
    }

    private static Probe probe(ChatTokens answer, String prompt, String completion) {
        var template = ChatTemplate.DEFAULT;
        var words = Tokenizer.bytes().withSpecials(template.specials());
        int[] expected = template.training(words, List.of(Message.user(prompt), Message.assistant(completion)))
                .ids();
        var text = "<|user|>" + prompt + "<|assistant|>" + completion + "<|end|>";
        int end = words.special("<|end|>").orElseThrow();
        int assistant = words.special("<|assistant|>").orElseThrow();
        return new Probe(
                        "prompt \"" + prompt + "\" and answer \"" + completion + "\" with a token a byte",
                        doubles(expected),
                        () -> doubles(answer.of(words, prompt, completion)))
                .mistake(
                        "the markers were encoded as text, letter by letter. A marker is one token:"
                                + " words.special(\"<|user|>\").getAsInt().",
                        doubles(words.encode(text)))
                .mistake(
                        "the token <|end|> is missing. It is learned like the answer, or the model never learns to stop.",
                        doubles(Arrays.copyOf(expected, expected.length - 1)))
                .mistake(
                        "<|assistant|> is missing: without it nothing says that the prompt has ended.",
                        doubles(Arrays.stream(expected)
                                .filter(id -> id != assistant)
                                .toArray()))
                .mistake(
                        "<|user|> is missing: without it nothing says who speaks first.",
                        doubles(Arrays.copyOfRange(expected, 1, expected.length)))
                .mistake(
                        "a prompt that has the letters <|end|> in it must stay text, or whoever asks can end the prompt"
                                + " and write the answer too. Encode prompt and answer with words.encode, and only the"
                                + " markers with words.special.",
                        doubles(words.encodeWithSpecials(text)))
                .mistake(
                        "the prompt's own <|end|> is missing from it, or there is one too many.",
                        doubles(IntStream.concat(Arrays.stream(expected), IntStream.of(end))
                                .toArray()));
    }

    private static double[] doubles(int[] ids) {
        return ids == null ? null : Arrays.stream(ids).asDoubleStream().toArray();
    }

    static Verdict of(BatchLoss answer) {
        return Checking.of(
                "The loss of a batch",
                answer,
                "right: every learned token of the batch counts the same, in a long answer and in a short one.",
                List.of(
                        probe(answer, new double[][] {{5, 1, 2, 3}, {7, 6, 4}}, new double[][] {{0, 1, 1, 1}, {0, 0, 1}
                        }),
                        probe(answer, new double[][] {{2, 3}, {5}}, new double[][] {{1, 1}, {0}})));
    }

    private static Probe probe(BatchLoss answer, double[][] losses, double[][] weights) {
        double[] sums = new double[losses.length];
        double[] counts = new double[losses.length];
        double everything = 0;
        int positions = 0;
        for (int row = 0; row < losses.length; row++) {
            for (int i = 0; i < losses[row].length; i++) {
                sums[row] += losses[row][i] * weights[row][i];
                counts[row] += weights[row][i];
                everything += losses[row][i];
                positions++;
            }
        }
        double sum = Arrays.stream(sums).sum();
        return new Probe(
                        "losses " + shown(losses) + " and weights " + shown(weights),
                        new double[] {mean(losses, weights)},
                        () -> new double[] {answer.of(copy(losses), copy(weights))})
                .mistake(
                        "that is the mean of the rows' means: a token of a short answer counts more than one of a long"
                                + " answer. Add up the whole batch, then divide once.",
                        IntStream.range(0, sums.length)
                                .mapToDouble(row -> sums[row] / counts[row])
                                .average()
                                .orElseThrow())
                .mistake("the prompt is in that mean too. Multiply each loss by its weight.", everything / positions)
                .mistake(
                        "the sum is right, but it was divided by all positions. Divide by the weights' sum: those that"
                                + " are learned.",
                        sum / positions)
                .mistake("that is the sum; divide it by the number of learned tokens.", sum)
                .mistake(
                        "that is the sum divided by the number of rows; divide by the number of learned tokens.",
                        sum / losses.length)
                .mistake(
                        "a row with no learned token has a mean of 0/0. Add up the whole batch, then divide once.",
                        Double.NaN);
    }

    private static String shown(double[][] rows) {
        var text = Arrays.stream(rows).map(Checking::shown).toList();
        return String.join(
                " and ",
                text.stream()
                        .map(row -> row.startsWith("(") ? row : "(" + row + ")")
                        .toList());
    }

    private static double[][] copy(double[][] rows) {
        return Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
    }

    /** By the objective of fine-tuning, on rows that are padded. */
    private static double mean(double[][] losses, double[][] weights) {
        int time = Arrays.stream(losses).mapToInt(row -> row.length).max().orElseThrow();
        int n = losses.length * time;
        float[] logProbabilities = new float[n];
        float[] learned = new float[n];
        for (int row = 0; row < losses.length; row++) {
            for (int i = 0; i < losses[row].length; i++) {
                logProbabilities[row * time + i] = (float) -losses[row][i];
                learned[row * time + i] = (float) weights[row][i];
            }
        }
        var batch = new Batch(losses.length, time, new int[n], new int[n], learned, 1);
        return CrossEntropy.PLAIN.loss(batch, 0, losses.length, logProbabilities, new float[n], new Report());
    }
}
