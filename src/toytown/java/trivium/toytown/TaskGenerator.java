package trivium.toytown;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import trivium.toytown.Scenes.Fact;

/** Makes tasks of every kind, each with an example that its check finds right. */
final class TaskGenerator {

    private final Vocabulary words;
    private final RandomGenerator random;
    private final Function<Request, Story> stories;
    private final Scenes scenes;

    /** @param stories tells a story about what is asked */
    TaskGenerator(Vocabulary words, RandomGenerator random, Function<Request, Story> stories) {
        this.words = words;
        this.random = random;
        this.stories = stories;
        scenes = new Scenes(words, random);
    }

    /** A task of this kind. */
    Task task(Task.Kind kind) {
        return Stream.generate(() -> attempt(kind))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
    }

    private Optional<Task> attempt(Task.Kind kind) {
        return switch (kind) {
            case TELL -> telling();
            case CONTINUE -> continuation();
            case SHORTEN -> shortening();
            case POLITELY -> politeness();
            default -> question(kind);
        };
    }

    private static Optional<Task> task(String prompt, String example) {
        var assignment = ParsedPrompt.of(prompt);
        return assignment.check().verify(example).right()
                ? Optional.of(new Task(assignment.kind(), prompt, example, assignment.check()))
                : Optional.empty();
    }

    private Story story() {
        return stories.apply(Request.anything(words, random));
    }

    private Optional<Task> telling() {
        var request = Request.sample(words, random);
        var prompt = request.prompt(random);
        var tone = pick(List.of("", "happy ", "sad "));
        return task(
                prompt.replace("a story", "a " + tone + "story"),
                stories.apply(request).text());
    }

    private Optional<Task> continuation() {
        var sentences = story().sentences();
        int told = 2 + random.nextInt(sentences.size() - 1 - ContinuationCheck.FEWEST);
        return task(
                text(sentences.subList(0, told)) + " " + pick(ContinuationCheck.WORDINGS),
                text(sentences.subList(told, sentences.size())));
    }

    private Optional<Task> shortening() {
        var story = story();
        int length = story.events().size();
        boolean exactly = random.nextBoolean();
        int shorter = exactly ? 3 + random.nextInt(length - 4) : (length + 1) / 2;
        return SummaryCheck.best(story.events(), shorter)
                .flatMap(events -> task(
                        story.text() + " " + (exactly ? SummaryCheck.exactly(shorter) : SummaryCheck.FEWER),
                        Retelling.of(story, events)));
    }

    private Optional<Task> politeness() {
        var story = story();
        var rude = new ArrayList<>(story.sentences());
        var said = new ArrayList<Event>();
        for (int i = 0; i < rude.size(); i++) {
            var event = story.events().get(i);
            var instead = Politeness.rudely(event, random);
            if (instead.isPresent()) {
                rude.set(i, instead.get());
                said.add(event);
            }
        }
        if (said.isEmpty()) {
            return Optional.empty();
        }
        if (random.nextBoolean()) {
            return task(text(rude) + " " + Politeness.STORY, story.text());
        }
        var event = pick(said);
        var sentence = Politeness.rudely(event, random).orElseThrow();
        return task(sentence + " " + Politeness.SENTENCE, Grammar.plainly(event, true));
    }

    private Optional<Task> question(Task.Kind kind) {
        var told = random.nextBoolean() ? story() : scene(kind);
        if (told.repeats()) {
            return Optional.empty();
        }
        var reading = Parser.read(told.text());
        var asked = new ArrayList<>(AskableQuestions.candidates(kind, reading, words, random));
        Collections.shuffle(asked, random);
        return asked.stream()
                .flatMap(question -> Question.ask(question, reading)
                        .filter(assignment -> assignment.kind() == kind)
                        .map(assignment -> (Answer) assignment.check())
                        .filter(answer -> !tooCommon(answer))
                        .flatMap(answer -> task(told.text() + " " + question, answer.example()))
                        .stream())
                .findFirst();
    }

    /** Most countable things in Toy Town are one. */
    private boolean tooCommon(Answer answer) {
        return answer.example().matches("One person .*|.* one thing\\.") && random.nextInt(4) > 0;
    }

    /** A few plain sentences that may answer a question of this kind. */
    private Story scene(Task.Kind kind) {
        int length = 2 + random.nextInt(3);
        var events = switch (kind) {
            case WHERE, WHETHER -> scenes.confusable(Fact.PLACE, length);
            case WHO -> random.nextBoolean() ? scenes.confusable(Fact.THING, length) : scenes.gathering(length);
            case WHAT -> scenes.confusable(Fact.THING, length);
            case FEEL -> scenes.confusable(Fact.MOOD, length);
            case HOW_MANY -> random.nextInt(3) == 0 ? scenes.confusable(Fact.THING, length) : scenes.gathering(length);
            case WHY -> untilSomebodyFeels(story().events());
            default -> scenes.plain(pick(Arrays.asList(Fact.values())), length);
        };
        return Story.tell(events, false, random);
    }

    private static List<Event> untilSomebodyFeels(List<Event> events) {
        return Causes.of(events).stream()
                .filter(feeling -> feeling.cause().isPresent())
                .findFirst()
                .map(feeling -> events.subList(0, feeling.at() + 1))
                .orElse(events);
    }

    private static String text(List<String> sentences) {
        return String.join(" ", sentences);
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
