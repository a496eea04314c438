package trivium.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import trivium.tensor.Batch;
import trivium.text.Chat;
import trivium.text.ChatTemplate;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * Batches for fine-tuning: conversations as tokens, learned on every answer and the token that ends it.
 *
 * @param examples those that fit the context
 * @param skipped how many conversations were left out because they are longer than the context
 */
public record CompletionBatches(List<Chat> examples, int skipped) implements ItemBatches {

    public CompletionBatches {
        examples = List.copyOf(examples);
    }

    /**
     * Encodes conversations. What does not fit is left out, never cut: half an answer would teach the model to stop in
     * the middle.
     *
     * @param context the longest sequence the model can see, in tokens
     * @throws IllegalArgumentException if none fits
     */
    public static CompletionBatches encode(
            Conversations conversations, Tokenizer tokenizer, ChatTemplate template, int context) {
        var limit = new ContextLimit(conversations, context);
        var fitting = fitting(conversations, tokenizer, template, limit);
        limit.requireOne();
        return of(fitting, limit.leftOut());
    }

    private record Encoded(String opening, Chat chat) {}

    private static List<Encoded> fitting(
            Conversations conversations, Tokenizer tokenizer, ChatTemplate template, ContextLimit limit) {
        var fitting = new ArrayList<Encoded>();
        for (var conversation : conversations) {
            var chat = template.training(tokenizer, conversation.messages());
            if (limit.fits(Rows.seen(chat))) {
                fitting.add(new Encoded(conversation.opening(), chat));
            }
        }
        return fitting;
    }

    private static CompletionBatches of(List<Encoded> fitting, int skipped) {
        return new CompletionBatches(fitting.stream().map(Encoded::chat).toList(), skipped);
    }

    /**
     * Encodes conversations and sets a share of those that fit aside for validation, by a hash of how each begins as
     * {@link Conversations#split} does. Those left out are counted on the side that trains.
     *
     * @param context the longest sequence the model can see, in tokens
     * @param validationShare between 0 and 1, both excluded
     * @throws IllegalArgumentException if fewer than two with different prompts fit
     */
    public static Split<CompletionBatches> split(
            Conversations conversations,
            Tokenizer tokenizer,
            ChatTemplate template,
            int context,
            double validationShare) {
        var limit = new ContextLimit(conversations, context);
        var fitting = fitting(conversations, tokenizer, template, limit);
        limit.requireTwo(fitting.stream().map(Encoded::opening).distinct().count());
        var split = Split.byContent(fitting, Encoded::opening, validationShare, "prompts");
        return new Split<>(of(split.train(), limit.leftOut()), of(split.validation(), 0));
    }

    /** The tokens a model sees of a conversation: all but the last, which is predicted. */
    static int length(Conversation conversation, Tokenizer tokenizer, ChatTemplate template) {
        return Rows.seen(template.training(tokenizer, conversation.messages()));
    }

    /** How many conversations there are to learn from. */
    @Override
    public int size() {
        return examples.size();
    }

    @Override
    public int length(int item) {
        return Rows.seen(examples.get(item));
    }

    @Override
    public Batch batch(int... items) {
        return Rows.chats(
                Arrays.stream(items).mapToObj(examples::get).map(List::of).toList(), 1);
    }

    @Override
    public String toString() {
        return Numbers.count(size(), "conversation")
                + (skipped == 0 ? "" : " (" + Numbers.count(skipped) + " longer than the context left out)");
    }
}
