package trivium.data.files;

import java.util.List;
import java.util.stream.Stream;
import trivium.text.Message;

/** Makes of each entry what a reader asks for, shape by shape. */
final class RecordParser {

    private RecordParser() {}

    static ParsedRecord of(Kind kind, Shape shape, Entry entry) {
        return switch (kind) {
            case DOCUMENTS -> document(entry.text(Field.TEXT, shape));
            case ANSWERS -> conversation(shape, entry);
            case PAIRS ->
                pair(shape, entry)
                        .and(entry.number(Field.MARGIN, shape)
                                .filter(margin -> margin != 0)
                                .map(String::valueOf));
            case JUDGED -> judged(shape, entry);
            case STEPWISE -> stepwise(shape, entry);
        };
    }

    private static ParsedRecord document(String text) {
        return ParsedRecord.of(List.of(), text).leftOutIf(text.isBlank(), Note.EMPTY_DOCUMENT);
    }

    private static ParsedRecord conversation(Shape shape, Entry entry) {
        return switch (shape) {
            case MESSAGES -> chat(entry.messages(Field.MESSAGES, shape));
            case SHAREGPT -> chat(entry.messages(Field.CONVERSATIONS, shape));
            case TRANSCRIPT ->
                chat(Transcript.parse(entry.text(Field.TEXT, shape).strip()));
            case ALPACA -> alpaca(shape, entry);
            case UNPAIRED ->
                chat(join(prompt(shape, entry), completion(shape, entry)))
                        .leftOutIf(!entry.yes(Field.LABEL, shape), Note.LABELLED_BAD);
            case PROMPT_COMPLETION, SCAN, ARITHMETIC, LINES ->
                chat(join(prompt(shape, entry), completion(shape, entry)));
            default -> chosen(shape, entry);
        };
    }

    private static ParsedRecord judged(Shape shape, Entry entry) {
        var completion = Transcript.answer(completion(shape, entry));
        return ParsedRecord.of(prompt(shape, entry), completion, String.valueOf(entry.yes(Field.LABEL, shape)))
                .messagesChecked()
                .leftOutIf(completion.isBlank(), Note.EMPTY_ANSWER);
    }

    private static ParsedRecord stepwise(Shape shape, Entry entry) {
        var steps = entry.texts(Field.COMPLETIONS, shape);
        var labels = entry.truths(Field.LABELS, shape);
        if (steps.size() != labels.size()) {
            throw entry.wrong(
                    steps.size() + " steps have " + labels.size() + " labels, one for each is expected", shape);
        }
        return ParsedRecord.of(
                        prompt(shape, entry),
                        Stream.concat(steps.stream(), labels.stream().map(String::valueOf))
                                .toArray(String[]::new))
                .messagesChecked()
                .leftOutIf(steps.isEmpty() || steps.stream().anyMatch(String::isBlank), Note.EMPTY_ANSWER);
    }

    private static ParsedRecord alpaca(Shape shape, Entry entry) {
        var input = entry.textOrNothing(Field.INPUT, shape);
        return chat(List.of(
                        Message.user(Alpaca.prompt(entry.text(Field.INSTRUCTION, shape), input)),
                        Message.assistant(entry.text(Field.OUTPUT, shape))))
                .noting(input.isBlank(), Note.EMPTY_INPUT);
    }

    /** A chat up to the last answer in it: nothing is learned from what follows. */
    private static ParsedRecord chat(List<Message> messages) {
        int end = messages.size();
        while (end > 0 && !messages.get(end - 1).isAssistant()) {
            end--;
        }
        if (end == 0) {
            return ParsedRecord.none(Note.NO_ANSWER);
        }
        var chat = messages.subList(0, end);
        var answers = chat.stream().filter(Message::isAssistant).toList();
        return ParsedRecord.of(chat)
                .messagesChecked()
                .noting(answers.size() > 1, Note.SEVERAL_ANSWERS)
                .leftOutIf(answers.stream().anyMatch(answer -> answer.content().isBlank()), Note.EMPTY_ANSWER);
    }

    /** To learn from the better answer of a pair, the worse one need not be any good. */
    private static ParsedRecord chosen(Shape shape, Entry entry) {
        var pair = pair(shape, entry);
        var messages = shape == Shape.HH_RLHF
                ? Transcript.parse(entry.text(Field.CHOSEN, shape))
                : entry.isList(Field.CHOSEN)
                        ? following(context(shape, entry), entry.messages(Field.CHOSEN, shape))
                        : join(
                                pair.messages(),
                                List.of(Message.assistant(pair.texts().getFirst())));
        var draft = chat(messages);
        for (var note : pair.notes()) {
            draft = draft.noting(note != Note.EMPTY_PROMPT, note);
        }
        return draft;
    }

    /** An answer that repeats what it answers, as some files have it, or only goes on from there. */
    private static List<Message> following(List<Message> context, List<Message> answer) {
        boolean repeated = answer.size() >= context.size()
                && answer.subList(0, context.size()).equals(context);
        return repeated ? answer : join(context, answer);
    }

    private static List<Message> join(List<Message> first, List<Message> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    /** A list of messages, a transcript, or what a user says. */
    private static List<Message> prompt(Shape shape, Entry entry) {
        if (entry.isList(Field.PROMPT)) {
            return entry.messages(Field.PROMPT, shape);
        }
        var text = entry.text(Field.PROMPT, shape);
        return Transcript.is(text) ? Transcript.question(text) : List.of(Message.user(text));
    }

    private static List<Message> completion(Shape shape, Entry entry) {
        return entry.isList(Field.COMPLETION)
                ? entry.messages(Field.COMPLETION, shape)
                : List.of(Message.assistant(entry.text(Field.COMPLETION, shape)));
    }

    private static ParsedRecord pair(Shape shape, Entry entry) {
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
                yield pair(
                                List.of(Message.user(Alpaca.prompt(entry.text(Field.INSTRUCTION, shape), input))),
                                chosen,
                                rejected)
                        .noting(input.isBlank(), Note.EMPTY_INPUT);
            }
            default -> pair(prompt(shape, entry), chosen, rejected);
        };
    }

    private static ParsedRecord pair(List<Message> prompt, String chosen, String rejected) {
        return ParsedRecord.of(prompt, chosen, rejected)
                .messagesChecked()
                .leftOutIf(chosen.equals(rejected), Note.EQUAL_ANSWERS)
                .leftOutIf(chosen.isBlank() || rejected.isBlank(), Note.EMPTY_ANSWER);
    }

    /** What is asked, where answers are lists of messages. */
    private static List<Message> context(Shape shape, Entry entry) {
        return switch (shape) {
            case IMPLICIT_PREFERENCE -> List.of();
            case ALPACA_PREFERENCE ->
                List.of(Message.user(
                        Alpaca.prompt(entry.text(Field.INSTRUCTION, shape), entry.textOrNothing(Field.INPUT, shape))));
            default -> prompt(shape, entry);
        };
    }

    /** Messages that both answers begin with are the prompt, or repeat it. */
    private static ParsedRecord pair(List<Message> context, List<Message> chosen, List<Message> rejected) {
        int most = Math.min(chosen.size(), rejected.size()) - 1;
        int shared = 0;
        while (shared < most && chosen.get(shared).equals(rejected.get(shared))) {
            shared++;
        }
        var before = chosen.subList(0, shared);
        return pair(
                before.isEmpty() && context.isEmpty() ? List.of(Message.user("")) : following(context, before),
                Transcript.answer(chosen.subList(shared, chosen.size())),
                Transcript.answer(rejected.subList(shared, rejected.size())));
    }

    /**
     * The longest common prefix is the prompt. A space at its end goes to the answers, as in TRL's
     * {@code extract_prompt}.
     */
    private static ParsedRecord implicit(String chosen, String rejected) {
        if (chosen.equals(rejected)) {
            return ParsedRecord.of(List.of(), chosen, rejected).leftOutIf(true, Note.EQUAL_ANSWERS);
        }
        int shared = 0;
        while (shared < Math.min(chosen.length(), rejected.length())
                && chosen.charAt(shared) == rejected.charAt(shared)) {
            shared++;
        }
        if (shared > 0 && (chosen.charAt(shared - 1) == ' ' || Character.isHighSurrogate(chosen.charAt(shared - 1)))) {
            shared--;
        }
        return pair(
                List.of(Message.user(chosen.substring(0, shared))),
                chosen.substring(shared),
                rejected.substring(shared));
    }
}
