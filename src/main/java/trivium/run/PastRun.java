package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.StepwiseAnswers;
import trivium.data.TokenFile;
import trivium.data.UnpairedPreferences;
import trivium.data.files.Format;
import trivium.model.JsonFields;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.train.Settings;

/**
 * What a store knows of how a run was trained: settings, data, and the runs it began with. What is missing is named in
 * one sentence.
 *
 * @param store that holds the run, and the runs it began with
 * @param card of the run
 * @param functions what no folder can hold, by the setting's name, such as a reward that was a lambda
 */
public record PastRun(RunStore store, RunCard card, Map<String, Object> functions) {

    /** The setting that names token files. */
    public static final String TOKEN_FILES = "token_files";

    /** The setting that names a chat template. */
    static final String TEMPLATE = "template";

    /** The run of this id, with no functions: {@code PastRun.of(runs(), "base").corpus()} is what it read. */
    public static PastRun of(RunStore store, String id) {
        return new PastRun(store, store.card(id), Map.of());
    }

    /**
     * Trains a run again from what its folder says: recipe, seed, data and the runs it began with. On the same kind of
     * processor and with the same source the numbers are the same, to the last bit. A learning rate that was changed by
     * hand is changed at the same step.
     *
     * @param functions what no folder can hold, by the setting's name: {@code Map.of("gold", GoldReward::score)}
     * @throws IllegalArgumentException in a sentence that says what is missing or is not as it was
     */
    public static Run rerun(RunStore store, String id, Map<String, ?> functions, RunOptions options) {
        var past = new PastRun(store, store.card(id), Map.copyOf(functions));
        store.tooOld(id).ifPresent(why -> {
            throw past.impossible(why);
        });
        var kind = RecipeKind.of(past.card.kind())
                .orElseThrow(() -> past.impossible(
                        "this version knows no recipe for runs of the kind \"" + past.card.kind() + "\""));
        return past.rerun(kind, options);
    }

    private <R extends Record & Recipe<R>> Run rerun(RecipeKind<R> kind, RunOptions options) {
        var repeating = new Repetition(options.progress(), card.origin().interventions());
        var recipe = settings(kind.begin(this)).with(options.progress(repeating));
        card.difference(recipe.card()).ifPresent(difference -> {
            throw impossible(difference);
        });
        return kind.train(recipe);
    }

    /** A recipe with the settings of the card in the place of its own. */
    private <R extends Record> R settings(R fresh) {
        try {
            return Settings.read(fresh, card.settings());
        } catch (IllegalArgumentException e) {
            throw impossible(e.getMessage());
        }
    }

    /** Whether the recipe has this setting. */
    public boolean has(String setting) {
        return card.recipe().get(setting) != null;
    }

    /** A text among the settings. */
    public String text(String setting) {
        return setting(setting, String.class, "a text");
    }

    /** A list of texts among the settings. */
    public List<String> texts(String setting) {
        List<?> texts = setting(setting, List.class, "a list");
        return texts.stream().map(String::valueOf).toList();
    }

    /** The chat template that the recipe names, or the default one where it names none. */
    public ChatTemplate template() {
        try {
            return has(TEMPLATE) ? ChatTemplate.of(card.recipe().get(TEMPLATE)) : ChatTemplate.DEFAULT;
        } catch (IllegalArgumentException e) {
            throw impossible(e.getMessage());
        }
    }

    private <T> T setting(String name, Class<T> type, String what) {
        var value = card.recipe().get(name);
        if (!type.isInstance(value)) {
            throw impossible("its recipe should have " + what + " \"" + name + "\", but has " + value);
        }
        return type.cast(value);
    }

    /** The run whose model this one started from. */
    public Run start() {
        if (card.parent() == null) {
            throw impossible("its card does not say which run it started from");
        }
        return other(card.parent(), "it started from");
    }

    /** Another run that it needed, such as {@code other(id, "its reward was")}. */
    public Run other(String id, String role) {
        if (!store.has(id)) {
            throw impossible(role + " " + id + ", which is not among the " + store
                    + "; save that run there, or copy its folder");
        }
        return store.load(id);
    }

    /** The tokenizer in its folder. */
    public Tokenizer tokenizer() {
        try {
            Checksums.checkTokenizer(place());
            return Tokenizers.load(place().resolve(RunStore.TOKENIZER));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tokenizer in " + place() + ": " + e.getMessage(), e);
        }
    }

    /** The documents it read. */
    public Corpus corpus() {
        return data(
                TrainingData::text,
                texts -> new Corpus(name(), texts),
                Corpus::sha256,
                List.of(Corpus::text, Corpus::read));
    }

    /** The token files it read, which are where they were. */
    public List<TokenFile> tokenFiles() {
        return texts(TOKEN_FILES).stream()
                .map(path -> TokenFile.open(Path.of(path)))
                .toList();
    }

    /** The prompts it answered. */
    public List<String> prompts() {
        return data(
                TrainingData::text,
                texts -> texts,
                prompts -> Corpus.of(prompts).sha256(),
                List.of());
    }

    /** The conversations it learned from. */
    public Conversations conversations() {
        return data(
                TrainingData::conversation,
                list -> new Conversations(name(), list),
                Conversations::sha256,
                List.of(Conversations::read, path -> Conversations.read(path, Format.GUESS.keepingDuplicates())));
    }

    /** The comparisons it learned from. */
    public Comparisons comparisons() {
        return data(
                TrainingData::comparison,
                list -> new Comparisons(name(), list),
                Comparisons::sha256,
                List.of(Comparisons::read, path -> Comparisons.read(path, Format.GUESS.keepingDuplicates())));
    }

    /** The unpaired preferences it learned from. */
    public UnpairedPreferences unpairedPreferences() {
        return data(
                TrainingData::unpaired,
                list -> new UnpairedPreferences(name(), list),
                UnpairedPreferences::sha256,
                List.of(
                        UnpairedPreferences::read,
                        path -> UnpairedPreferences.read(path, Format.GUESS.keepingDuplicates())));
    }

    /** The stepwise answers it learned from. */
    public StepwiseAnswers stepwiseAnswers() {
        return data(
                TrainingData::stepwise,
                list -> new StepwiseAnswers(name(), list),
                StepwiseAnswers::sha256,
                List.of(StepwiseAnswers::read, path -> StepwiseAnswers.read(path, Format.GUESS.keepingDuplicates())));
    }

    /** The data from the run's folder, or from where it was read at the time; the content must be the same. */
    private <R, D> D data(
            Function<JsonFields, R> record,
            Function<List<R>, D> of,
            Function<D, String> hash,
            List<Function<Path, D>> readers) {
        if (TrainingData.isIn(place())) {
            var file = TrainingData.in(place());
            try {
                return checked(of(TrainingData.read(place(), record), of, file), hash, file + " holds other data");
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
            }
        }
        var path = Path.of(name());
        if (!Files.exists(path)) {
            throw impossible("its data is neither in " + place() + " nor in " + path + ", where it was read");
        }
        // The card does not say which of the readers it was; the hash does.
        return readers.stream()
                .flatMap(reader -> attempt(reader, path))
                .filter(data -> hash.apply(data).equals(card.origin().dataHash()))
                .findFirst()
                .orElseThrow(() -> impossible(path + " does not hold the data that it read, whose SHA-256 was "
                        + card.origin().dataHash() + "; bring the file back as it was"));
    }

    private <R, D> D of(List<R> records, Function<List<R>, D> of, Path file) {
        try {
            return of.apply(records);
        } catch (IllegalArgumentException e) {
            throw impossible(file + " is damaged: " + e.getMessage());
        }
    }

    private static <D> Stream<D> attempt(Function<Path, D> reader, Path path) {
        try {
            return Stream.of(reader.apply(path));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return Stream.empty();
        }
    }

    private <D> D checked(D data, Function<D, String> hash, String complaint) {
        var found = hash.apply(data);
        if (!found.equals(card.origin().dataHash())) {
            throw impossible(complaint + ": SHA-256 " + found + ", and the card says "
                    + card.origin().dataHash());
        }
        return data;
    }

    private String name() {
        return has("data") ? text("data") : "data";
    }

    private Path place() {
        return store.folder(card.id());
    }

    /** The error that says why the run cannot be trained again. */
    public IllegalArgumentException impossible(String why) {
        return new IllegalArgumentException("cannot train " + card.id() + " again: " + why);
    }
}
