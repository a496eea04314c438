package trivium.generate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import trivium.data.FillInTheMiddle;
import trivium.model.LanguageModel;
import trivium.text.ChatTemplate;
import trivium.text.Message;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/**
 * A model's completions as text: continuations of plain text, and answers to prompts in a chat template.
 *
 * @param generator which draws them
 * @param tokenizer of the model
 * @param ends ids of tokens that end a completion, beside {@link Tokenizer#END_OF_TEXT} and the template's, as models
 *     that were trained elsewhere have them
 */
public record Completions(Generator generator, Tokenizer tokenizer, List<Integer> ends) {

    /** Completions that end at what tokenizer and template know. */
    public Completions(Generator generator, Tokenizer tokenizer) {
        this(generator, tokenizer, List.of());
    }

    /** Completions by this model, with a worker for each processor. */
    public static Completions of(LanguageModel model, Tokenizer tokenizer) {
        return new Completions(new Generator(model), tokenizer);
    }

    /** The same, ending at these ids as well. */
    public Completions endingAt(List<Integer> ids) {
        return new Completions(generator, tokenizer, List.copyOf(ids));
    }

    /** How the model goes on from the beginning of a document; see {@link #continuations}. */
    public String continuation(String prompt, Sampling sampling) {
        return continuations(List.of(prompt), sampling).getFirst();
    }

    /**
     * How the model goes on, for each prompt, without the prompt itself. Each stands at the beginning of a document,
     * after {@link Tokenizer#END_OF_TEXT} where the tokenizer has it, and ends where the model ends the document.
     */
    public List<String> continuations(List<String> prompts, Sampling sampling) {
        var boundary = tokenizer.special(Tokenizer.END_OF_TEXT);
        var stopping = boundary.isPresent() ? sampling.stop(boundary.getAsInt()) : sampling;
        return cut(generate(prompts.stream().map(p -> document(boundary, p)).toList(), stopping), sampling);
    }

    /**
     * What the model writes into each gap, ended where it ends the document. The model has learned to
     * ({@link FillInTheMiddle}); the text before a gap stands at the beginning of a document. A space at its end is the
     * model's to write where words are learned with their space, and not part of what is answered.
     *
     * @throws IllegalArgumentException if the tokenizer has not the special tokens for it
     */
    public List<String> middles(List<FillInTheMiddle.Gap> gaps, Sampling sampling) {
        if (tokenizer.special(FillInTheMiddle.MIDDLE).isEmpty()) {
            throw new IllegalArgumentException("this model did not learn to fill in middles: its tokenizer lacks "
                    + FillInTheMiddle.MIDDLE + "; pre-train one with task(Task.missingMiddle())");
        }
        var fill = FillInTheMiddle.of(tokenizer, 0);
        var boundary = tokenizer.special(Tokenizer.END_OF_TEXT);
        var stopping = boundary.isPresent() ? sampling.stop(boundary.getAsInt()) : sampling;
        boolean joins = Tokenizers.joinsSpaces(tokenizer);
        var prompts = gaps.stream()
                .map(gap -> fill.prompt(joins ? withoutSpace(gap.before()) : gap.before(), gap.after()))
                .map(prompt -> IntStream.concat(boundary.stream(), IntStream.of(prompt))
                        .toArray())
                .toList();
        var said = cut(generate(prompts, stopping), sampling);
        return IntStream.range(0, gaps.size())
                .mapToObj(i -> {
                    boolean spaced = joins && gaps.get(i).before().endsWith(" ");
                    return spaced && said.get(i).startsWith(" ") ? said.get(i).substring(1) : said.get(i);
                })
                .toList();
    }

    private static String withoutSpace(String text) {
        return text.endsWith(" ") ? text.substring(0, text.length() - 1) : text;
    }

    /** The answer to one prompt; see {@link #answers}. */
    public String answer(String prompt, ChatTemplate template, Sampling sampling) {
        return answers(List.of(prompt), template, sampling).getFirst();
    }

    /** What the model answers to each prompt, up to the template's end token. */
    public List<String> answers(List<String> prompts, ChatTemplate template, Sampling sampling) {
        return cut(replies(prompts, template, sampling), sampling);
    }

    /** The answers of {@link #answers} as tokens with their log-probabilities. */
    public List<Generation> replies(List<String> prompts, ChatTemplate template, Sampling sampling) {
        return generate(
                prompts.stream().map(p -> template.prompt(tokenizer, p)).toList(),
                sampling.stop(template.stop(tokenizer)));
    }

    /** What the model answers to the last of each of these lists of messages, up to the template's end token. */
    public List<String> turns(List<List<Message>> prompts, ChatTemplate template, Sampling sampling) {
        var generations = generate(
                prompts.stream()
                        .map(messages -> template.prompt(tokenizer, messages))
                        .toList(),
                sampling.stop(template.stop(tokenizer)));
        return cut(generations, sampling);
    }

    /**
     * Writes on from these tokens and tells of it after each token, so that it can be shown as it comes.
     *
     * @param prompt token ids, as {@link #document(String)} or {@link ChatTemplate#prompt} give them
     * @param sampling with every token at which it is to end, but for {@link #ends}
     * @param goesOn is given what is written so far, and answers whether to go on
     * @return all of it
     */
    public GeneratedText stream(int[] prompt, Sampling sampling, Predicate<Supplier<GeneratedText>> goesOn) {
        var ending = ending(sampling);
        var generation = generator
                .generate(
                        List.of(prompt),
                        ending,
                        (tokens, logProbs, count) ->
                                !goesOn.test(() -> written(Arrays.copyOf(tokens, count), logProbs)))
                .getFirst();
        return written(generation);
    }

    /** What the model may say next, the most probable first, at temperature 1: as many as are asked for. */
    public List<NextToken> next(int[] prompt, int most) {
        var decoder = generator.model().decoder(1);
        decoder.prefill(0, prompt);
        var sampler = new Sampler(Sampling.atTemperature(1), generator.model().outputs());
        sampler.read(decoder.logits(), 0);
        return IntStream.range(0, Math.min(generator.model().outputs(), tokenizer.size()))
                .boxed()
                .sorted(Comparator.comparingDouble(id -> -sampler.logProb(id)))
                .limit(most)
                .map(id -> new NextToken(id, tokenizer.show(id), Math.exp(sampler.logProb(id))))
                .toList();
    }

    /**
     * A token that may come next.
     *
     * @param probability under the model's own distribution, in [0, 1]
     */
    public record NextToken(int id, String text, double probability) {}

    /** Ending at {@link #ends} as well. */
    private Sampling ending(Sampling sampling) {
        var stopping = sampling;
        for (int id : ends) {
            stopping = stopping.stop(id);
        }
        return stopping;
    }

    private List<Generation> generate(List<int[]> prompts, Sampling sampling) {
        var texts = sampling.ending().texts();
        // Each token has at least a byte, so a text that has just been said stands within that many.
        int longest = texts.stream()
                .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .max()
                .orElse(0);
        return generator.generate(prompts, ending(sampling), (tokens, _, count) -> {
            var said = texts.isEmpty()
                    ? ""
                    : tokenizer.decode(Arrays.copyOfRange(tokens, Math.max(0, count - longest - 1), count));
            return texts.stream().anyMatch(said::contains);
        });
    }

    /** The text of each, up to the first text to stop at. */
    private List<String> cut(List<Generation> generations, Sampling sampling) {
        return texts(generations).stream()
                .map(said -> said.substring(
                        0,
                        sampling.ending().texts().stream()
                                .mapToInt(said::indexOf)
                                .filter(at -> at >= 0)
                                .min()
                                .orElse(said.length())))
                .toList();
    }

    /** The text of each, without its stop token; a text to stop at is still there. */
    public List<String> texts(List<Generation> generations) {
        return generations.stream().map(g -> tokenizer.decode(g.said())).toList();
    }

    /**
     * Each without its stop token, piece by piece with the model's own log-probabilities. A token that ends within a
     * character goes together with those that complete it.
     */
    public List<GeneratedText> written(List<Generation> generations) {
        return generations.stream().map(this::written).toList();
    }

    private GeneratedText written(Generation generation) {
        return written(generation.said(), generation.logProbs());
    }

    private GeneratedText written(int[] said, float[] logProbs) {
        var whole = tokenizer.decode(said);
        var pieces = new ArrayList<GeneratedText.Piece>();
        int at = 0;
        double logProb = 0;
        for (int i = 0; i < said.length; i++) {
            logProb += logProbs[i];
            // From the start each time: what a token's text is may depend on what stands before it.
            var text = i == said.length - 1 ? whole : tokenizer.decode(Arrays.copyOf(said, i + 1));
            if (text.length() > at && whole.startsWith(text)) {
                pieces.add(new GeneratedText.Piece(text.substring(at), logProb));
                at = text.length();
                logProb = 0;
            }
        }
        return new GeneratedText(pieces);
    }

    /** The tokens of a text that stands at the beginning of a document. */
    public int[] document(String beginning) {
        return document(tokenizer.special(Tokenizer.END_OF_TEXT), beginning);
    }

    private int[] document(OptionalInt boundary, String prompt) {
        return IntStream.concat(boundary.stream(), IntStream.of(tokenizer.encode(prompt)))
                .toArray();
    }
}
