package trivium.run;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.data.files.FileNames;
import trivium.model.JsonFields;
import trivium.tensor.Workers;
import trivium.text.Numbers;
import trivium.train.Selection;
import trivium.train.Settings;

/**
 * The card of a run: enough to find the run, to assess it, and to make it again.
 *
 * @param id names the folder, unique in a store: {@code pretrain-20261121-143012-3fa9c104}
 * @param kind which phase: "pretrain", "finetune", "distill", "reward-model", "align" or "prefer"
 * @param parent the id of the run whose model this one started from, or null if it started from nothing
 * @param recipe every setting by name, in the order to be shown; values are text, numbers, truth values, lists and maps
 * @param outcome how it ended
 * @param origin seed, data, source and machine
 * @param name given by people, such as "lr 3e-3": one line of at most 80 characters; null if there is none
 */
public record RunCard(
        String id,
        String kind,
        String parent,
        Map<String, Object> recipe,
        Outcome outcome,
        Origin origin,
        String name) {

    private static final int LONGEST_NAME = 80;

    /** Characters of a text that tables show in part. */
    private static final int LONG = 240;

    private static final int BEGINNING = 60;

    /** Settings that name the data, which {@code origin.dataHash} stands for. */
    static final Set<String> DATA = Set.of("corpus", "conversations", "comparisons", "data", "token_files");

    /** Those of {@link #DATA} that say where the data is, for training again where the run's folder has no data. */
    private static final Set<String> PLACES = Set.of("data", "token_files");

    /** Where X_name is the name of a run, X_hash stands for its content. */
    private static final String NAME = "_name";

    private static final String HASH = "_hash";

    /** Settings that are said elsewhere, or don't change the result. */
    private static final String SEED = "seed";

    private static final String WORKERS = "workers";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    public RunCard {
        Names.requireId(id);
        if (parent != null) {
            Names.requireId(parent);
        }
        if (name != null && (name.isBlank() || name.length() > LONGEST_NAME || hasControls(name))) {
            throw new IllegalArgumentException("a run's name should be one line of 1 to " + LONGEST_NAME
                    + " characters, not \"" + name.replaceAll("\\p{Cntrl}", "�") + "\"");
        }
        recipe = plainMap(recipe);
    }

    /** A card without a name. */
    public RunCard(String id, String kind, String parent, Map<String, Object> recipe, Outcome outcome, Origin origin) {
        this(id, kind, parent, recipe, outcome, origin, null);
    }

    /** Line ends, escape sequences, and marks that turn the direction of writing. */
    private static boolean hasControls(String text) {
        return text.codePoints()
                .anyMatch(c -> Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.LINE_SEPARATOR
                        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR);
    }

    /** What to call the run in legends, titles and tables: its name, or where it has none its id. */
    public String label() {
        return name == null ? id : name;
    }

    /**
     * A card for work that begins now, with an id made of the kind, the time and eight random digits: several processes
     * may begin the same work in the same second.
     */
    public static RunCard begin(String kind, String parent, Map<String, Object> recipe, Origin origin) {
        var now = Instant.now();
        var id = kind + "-" + TIME.format(now) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        return new RunCard(id, kind, parent, shown(recipe, Set.of()), Outcome.running(now), origin);
    }

    /**
     * The card of a recipe's run that begins now.
     *
     * @param begun what it begins with and reads, by name: names, and hashes of their content
     * @param measured what its evaluations measure
     * @throws IllegalArgumentException if the recipe selects by another metric
     */
    public static <R extends Record & Recipe<R>> RunCard begin(
            R recipe, String kind, String parent, Map<String, Object> begun, List<String> measured, String dataHash) {
        var settings = new LinkedHashMap<>(begun);
        settings.putAll(Settings.of(recipe));
        settings.keySet().removeAll(Set.of(SEED, WORKERS));
        checkSelection(recipe.optimisation().selection(), measured);
        Fault.requireKnown(recipe.optimisation().ending().stopWhen());
        return begin(kind, parent, settings, Origin.here(recipe.optimisation().seed(), dataHash));
    }

    /** Refuses a metric that no evaluation measures. */
    private static void checkSelection(Selection selection, List<String> measured) {
        if (selection != null && !measured.contains(selection.keepBest())) {
            throw new IllegalArgumentException("the best state cannot be chosen by \"" + selection.keepBest()
                    + "\", which no evaluation measures; "
                    + (measured.isEmpty()
                            ? "this training takes no evaluations"
                            : "evaluations of this training measure " + String.join(", ", measured)));
        }
    }

    /**
     * The settings of a recipe that the card holds, and those that are no part of what it says of the recipe: the seed,
     * and this machine's number of threads.
     */
    public Map<String, Object> settings() {
        var settings = new LinkedHashMap<>(recipe);
        settings.putAll(unsaid());
        settings.put(SEED, origin.seed());
        settings.put(WORKERS, Workers.available());
        return settings;
    }

    /** The recipe as people are shown it: files by their names, without the folders that they were in. */
    public Map<String, Object> shownRecipe() {
        return Collections.unmodifiableMap(shown(recipe, PLACES));
    }

    /**
     * The same for tables: of a long text, such as a config.json or a template's source, the beginning and its length.
     */
    public Map<String, Object> briefRecipe() {
        var brief = new LinkedHashMap<String, Object>();
        shownRecipe().forEach((name, value) -> brief.put(name, brief(value)));
        return brief;
    }

    private static Object brief(Object value) {
        if (value instanceof Map<?, ?> nested) {
            var brief = new LinkedHashMap<Object, Object>();
            nested.forEach((name, each) -> brief.put(name, brief(each)));
            return brief;
        }
        return value instanceof String text && text.length() > LONG
                ? text.substring(0, BEGINNING).replaceAll("\\s+", " ") + "… ("
                        + Numbers.count(text.length(), "character") + ")"
                : value;
    }

    /** The same as one level of names: "optimizer.beta1". */
    public Map<String, Object> flatRecipe() {
        var flat = new LinkedHashMap<String, Object>();
        RunRow.flatten("", shownRecipe(), flat);
        return flat;
    }

    /** Settings with files by their names, in all that describe data and in those of {@code places} besides. */
    private static Map<String, Object> shown(Map<String, Object> settings, Set<String> places) {
        var names = PLACES.stream()
                .map(settings::get)
                .flatMap(place -> place instanceof List<?> several ? several.stream() : Stream.ofNullable(place))
                .map(String::valueOf)
                .toList();
        var shown = new LinkedHashMap<String, Object>();
        settings.forEach((name, value) -> {
            boolean shorter = DATA.contains(name) && (places.contains(name) || !PLACES.contains(name));
            shown.put(
                    name,
                    !shorter
                            ? value
                            : switch (value) {
                                case String text -> FileNames.shown(text, names);
                                case List<?> texts ->
                                    texts.stream()
                                            .map(text -> FileNames.shown(String.valueOf(text), names))
                                            .toList();
                                case null, default -> value;
                            });
        });
        return shown;
    }

    /**
     * The runs that this one began with, by what they are to it: "start", whose model it began with; "reward" and
     * "gold", where a reward model gives it.
     */
    public Map<String, String> parents() {
        var parents = new LinkedHashMap<String, String>();
        if (parent != null) {
            parents.put("start", parent);
        }
        for (var role : recipe.keySet()) {
            if (role.endsWith(HASH) && recipe.get(role.replace(HASH, NAME)) instanceof String id) {
                parents.put(role.replace(HASH, ""), id);
            }
        }
        return Collections.unmodifiableMap(parents);
    }

    /** This card under another id. */
    RunCard named(String other) {
        return new RunCard(other, kind, parent, recipe, outcome, origin, name);
    }

    /** This card with a name, or with null without one. */
    RunCard called(String newName) {
        return new RunCard(id, kind, parent, recipe, outcome, origin, newName);
    }

    /**
     * What makes the work of {@code now} another than this card's, in a few words; empty if it is the same work. Names
     * do not count where content does: those of data, and X_name where there is an X_hash.
     */
    Optional<String> difference(RunCard now) {
        var before = content();
        var after = now.content();
        var all = new LinkedHashSet<>(before.keySet());
        all.addAll(after.keySet());
        return all.stream()
                .filter(name -> !Objects.equals(before.get(name), after.get(name)))
                .map(name -> JsonFields.shown(name) + " was " + JsonFields.shown(before.get(name)) + " there and is "
                        + JsonFields.shown(after.get(name)) + " here")
                .findFirst();
    }

    private Map<String, Object> content() {
        var content = new LinkedHashMap<String, Object>();
        content.put("the kind", kind);
        var flat = new LinkedHashMap<String, Object>();
        RunRow.flatten("", recipe, flat);
        flat.forEach((name, value) -> {
            if (!DATA.contains(name) && !namesContent(name)) {
                content.put(name, value);
            }
        });
        content.putAll(unsaid());
        content.put("the seed", origin.seed());
        content.put("the data's SHA-256", origin.dataHash());
        return content;
    }

    /** Settings that this card lacks because it is older than they are. */
    private Map<String, Object> unsaid() {
        var unsaid = new LinkedHashMap<String, Object>();
        RecipeKind.of(kind).ifPresent(known -> unsaid.putAll(known.unsaid()));
        unsaid.keySet().removeAll(recipe.keySet());
        return unsaid;
    }

    private boolean namesContent(String name) {
        return name.endsWith(NAME) && recipe.containsKey(name.replace(NAME, HASH));
    }

    /** This card with another ending. */
    public RunCard with(Outcome ending) {
        return new RunCard(id, kind, parent, recipe, ending, origin, name);
    }

    /** This card with a note on its data. */
    public RunCard noting(String note) {
        return new RunCard(id, kind, parent, recipe, outcome, origin.noting(note), name);
    }

    /** This card with another origin. */
    RunCard from(Origin other) {
        return new RunCard(id, kind, parent, recipe, outcome, other, name);
    }

    /** This card with what a training was looked at for faults with, and what was found. */
    RunCard checked(Checkup checkup) {
        return new RunCard(id, kind, parent, recipe, outcome, origin.checked(checkup), name);
    }

    /** What was found wrong with the training, in the order in which it was seen. */
    public List<Finding> findings() {
        return origin.checkup().findings();
    }

    /** This card of work that ends now. */
    public RunCard ended(Status status) {
        return with(Outcome.now(status, outcome.started()));
    }

    @Override
    public String toString() {
        return (name == null ? "" : name + ": ") + id + (parent == null ? "" : " (from " + parent + ")") + ", "
                + outcome
                + (findings().isEmpty()
                        ? ""
                        : "; found: " + findings().stream().map(Finding::name).collect(Collectors.joining(", ")));
    }

    private static Map<String, Object> plainMap(Map<?, ?> map) {
        var plain = new LinkedHashMap<String, Object>();
        map.forEach((name, value) -> plain.put(String.valueOf(name), plain(value)));
        return Collections.unmodifiableMap(plain);
    }

    /** A value as JSON gives it back, so that a card read from a file equals the card that was written. */
    static Object plain(Object value) {
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Boolean truth -> truth;
            case Float number when Float.isFinite(number) -> Double.valueOf(number.toString());
            case Double number when Double.isFinite(number) -> number;
            case Byte number -> number.longValue();
            case Short number -> number.longValue();
            case Integer number -> number.longValue();
            case Long number -> number;
            case Map<?, ?> map -> plainMap(map);
            case Collection<?> list -> list.stream().map(RunCard::plain).toList();
            default -> value.toString();
        };
    }
}
