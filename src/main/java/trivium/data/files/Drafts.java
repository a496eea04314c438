package trivium.data.files;

import java.util.ArrayList;
import java.util.List;
import trivium.text.Message;

/** Makes of each entry what a reader asks for, shape by shape. */
final class Drafts {

    private Drafts() {}

    static List<Draft> of(Kind kind, Shape shape, Entry entry) {
        return switch (kind) {
            case DOCUMENTS -> List.of(document(entry.text(Field.TEXT, shape)));
            case ANSWERS -> answers(shape, entry);
            case PAIRS -> List.of(pair(shape, entry));
        };
    }

    private static Draft document(String text) {
        return Draft.of(text).leftOutIf(text.isBlank(), Note.EMPTY_DOCUMENT);
    }

    private static List<Draft> answers(Shape shape, Entry entry) {
        return switch (shape) {
            case MESSAGES -> chat(entry.messages(Field.MESSAGES, shape));
            case SHAREGPT -> chat(entry.messages(Field.CONVERSATIONS, shape));
            case TRANSCRIPT ->
                chat(Transcript.parse(entry.text(Field.TEXT, shape).strip()));
            case ALPACA -> List.of(alpaca(shape, entry));
            case UNPAIRED ->
                List.of(answer(prompt(shape, entry), completion(shape, entry))
                        .leftOutIf(!entry.yes(Field.LABEL, shape), Note.LABELLED_BAD));
            case PROMPT_COMPLETION, SCAN, ARITHMETIC, LINES ->
                List.of(answer(prompt(shape, entry), completion(shape, entry)));
            default -> List.of(chosen(pair(shape, entry)));
        };
    }

    private static Draft answer(String prompt, String completion) {
        return Draft.of(prompt, completion).blankPromptNoted().leftOutIf(completion.isBlank(), Note.EMPTY_ANSWER);
    }

    private static Draft alpaca(Shape shape, Entry entry) {
        var input = entry.textOrNothing(Field.INPUT, shape);
        return answer(Alpaca.prompt(entry.text(Field.INSTRUCTION, shape), input), entry.text(Field.OUTPUT, shape))
                .noting(input.isBlank(), Note.EMPTY_INPUT);
    }

    /** Every answer of a chat, with everything before it as its prompt. */
    private static List<Draft> chat(List<Message> messages) {
        var drafts = new ArrayList<Draft>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role().equals(Message.ASSISTANT)) {
                drafts.add(answer(
                                Transcript.prompt(messages.subList(0, i)),
                                messages.get(i).content())
                        .noting(!drafts.isEmpty(), Note.LATER_TURN));
            }
        }
        return drafts.isEmpty() ? List.of(Draft.none(Note.NO_ANSWER)) : drafts;
    }

    /** To learn from the better answer of a pair, the worse one need not be any good. */
    private static Draft chosen(Draft pair) {
        var draft = answer(pair.texts().get(0), pair.texts().get(1));
        for (var note : pair.notes()) {
            draft = draft.noting(note != Note.EMPTY_PROMPT, note);
        }
        return draft;
    }

    private static String prompt(Shape shape, Entry entry) {
        return entry.isList(Field.PROMPT)
                ? Transcript.prompt(entry.messages(Field.PROMPT, shape))
                : entry.text(Field.PROMPT, shape);
    }

    private static String completion(Shape shape, Entry entry) {
        return entry.isList(Field.COMPLETION)
                ? Transcript.answer(entry.messages(Field.COMPLETION, shape))
                : entry.text(Field.COMPLETION, shape);
    }

    private static Draft pair(Shape shape, Entry entry) {
        if (shape == Shape.HH_RLHF) {
            return pair(
                    List.of(),
                    Transcript.parse(entry.text(Field.CHOSEN, shape)),
                    Transcript.parse(entry.text(Field.REJECTED, shape)));
        }
        if (entry.isList(Field.CHOSEN)) {
            return pair(
                    context(shape, entry), entry.messages(Field.CHOSEN, shape), entry.messages(Field.REJECTED, shape));
        }
        var chosen = entry.text(Field.CHOSEN, shape);
        var rejected = entry.text(Field.REJECTED, shape);
        return switch (shape) {
            case IMPLICIT_PREFERENCE -> implicit(chosen, rejected);
            case ALPACA_PREFERENCE -> {
                var input = entry.textOrNothing(Field.INPUT, shape);
                yield pair(Alpaca.prompt(entry.text(Field.INSTRUCTION, shape), input), chosen, rejected)
                        .noting(input.isBlank(), Note.EMPTY_INPUT);
            }
            default -> pair(prompt(shape, entry), chosen, rejected);
        };
    }

    private static Draft pair(String prompt, String chosen, String rejected) {
        return Draft.of(prompt, chosen, rejected)
                .blankPromptNoted()
                .leftOutIf(chosen.equals(rejected), Note.EQUAL_ANSWERS)
                .leftOutIf(chosen.isBlank() || rejected.isBlank(), Note.EMPTY_ANSWER);
    }

    /** What is asked, where answers are lists of messages. */
    private static List<Message> context(Shape shape, Entry entry) {
        return switch (shape) {
            case IMPLICIT_PREFERENCE -> List.of();
            case ALPACA_PREFERENCE ->
                List.of(new Message(
                        Message.USER,
                        Alpaca.prompt(entry.text(Field.INSTRUCTION, shape), entry.textOrNothing(Field.INPUT, shape))));
            default ->
                entry.isList(Field.PROMPT)
                        ? entry.messages(Field.PROMPT, shape)
                        : List.of(new Message(Message.USER, entry.text(Field.PROMPT, shape)));
        };
    }

    /** Messages that both answers begin with are the prompt, or repeat it. */
    private static Draft pair(List<Message> context, List<Message> chosen, List<Message> rejected) {
        int most = Math.min(chosen.size(), rejected.size()) - 1;
        int shared = 0;
        while (shared < most && chosen.get(shared).equals(rejected.get(shared))) {
            shared++;
        }
        var before = chosen.subList(0, shared);
        boolean repeated = before.size() >= context.size()
                && before.subList(0, context.size()).equals(context);
        var messages = new ArrayList<>(repeated ? List.of() : context);
        messages.addAll(before);
        return pair(
                Transcript.prompt(messages),
                Transcript.answer(chosen.subList(shared, chosen.size())),
                Transcript.answer(rejected.subList(shared, rejected.size())));
    }

    /**
     * The longest common prefix is the prompt. A space at its end goes to the answers, as in TRL's
     * {@code extract_prompt}.
     */
    private static Draft implicit(String chosen, String rejected) {
        if (chosen.equals(rejected)) {
            return Draft.of("", chosen, rejected).leftOutIf(true, Note.EQUAL_ANSWERS);
        }
        int shared = 0;
        while (shared < Math.min(chosen.length(), rejected.length())
                && chosen.charAt(shared) == rejected.charAt(shared)) {
            shared++;
        }
        if (shared > 0 && (chosen.charAt(shared - 1) == ' ' || Character.isHighSurrogate(chosen.charAt(shared - 1)))) {
            shared--;
        }
        return pair(chosen.substring(0, shared), chosen.substring(shared), rejected.substring(shared));
    }
}
