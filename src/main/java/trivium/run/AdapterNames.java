package trivium.run;

import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import trivium.model.Lora;
import trivium.model.Lora.TrainableToken;
import trivium.model.TensorNames;
import trivium.model.Transformer;
import trivium.text.Tokenizer;

/**
 * What names in an adapter's settings mean beside the model of a run.
 *
 * @param tokenizer which knows the tokens
 */
record AdapterNames(Run start, Tokenizer tokenizer) {

    AdapterNames(Run start) {
        this(start, start.tokenizer());
    }

    /** With the tokens that fine-tuning would add. */
    AdapterNames grown() {
        var template = start.template();
        return template.missing(tokenizer).isEmpty()
                ? this
                : new AdapterNames(start, tokenizer.withSpecials(template.specials()));
    }

    Lora resolve(Lora lora) {
        var parts = lora.parts();
        var resolved = lora.trainableTokens(
                parts.trainableTokens().stream().flatMap(this::token).distinct().toArray(String[]::new));
        if (!(start.model() instanceof Transformer transformer)) {
            return resolved;
        }
        var ours = transformer.linearLayers();
        return resolved.targets(each(parts.targets(), pattern -> names(pattern, ours)))
                .rankPattern(each(parts.rankPattern(), text -> factors(text, ours)))
                .alphaPattern(each(parts.alphaPattern(), text -> factors(text, ours)))
                .modulesToSave(each(parts.modulesToSave(), this::inFull));
    }

    /** Without tokens that the model has no rows for yet, which fine-tuning gives it. */
    Lora withoutNewTokens(Lora resolved) {
        int before = start.model().vocabulary();
        return resolved.trainableTokens(resolved.parts().trainableTokens().stream()
                .filter(text -> {
                    int id = Integer.parseInt(TrainableToken.of(text).name());
                    return id < before || id >= tokenizer.size();
                })
                .toArray(String[]::new));
    }

    private static String[] each(List<String> texts, Function<String, List<String>> meaning) {
        return texts.stream().flatMap(text -> meaning.apply(text).stream()).toArray(String[]::new);
    }

    private List<String> names(String pattern, TensorNames ours) {
        if (pattern.equals(Lora.ALL_LINEAR) || ours.names(pattern)) {
            return List.of(pattern);
        }
        var theirs = theirs(pattern);
        if (theirs.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + pattern + "\" names none of the model's linear layers; there are " + ours + known());
        }
        return theirs;
    }

    private List<String> theirs(String name) {
        return LayerNames.all().stream()
                .map(names -> names.patterns(name, start))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** The last parts of names that transformers has for the layers. */
    private String known() {
        var ends = new TreeSet<String>();
        for (var names : LayerNames.all()) {
            names.of(start).keySet().forEach(name -> ends.add(name.substring(name.lastIndexOf('.') + 1)));
        }
        return ends.isEmpty() ? "" : "; in transformers they are called " + String.join(", ", ends);
    }

    /** A pattern, = and a number, for each that the pattern means. */
    private List<String> factors(String text, TensorNames ours) {
        int at = text.lastIndexOf('=');
        return names(text.substring(0, at).strip(), ours).stream()
                .map(name -> name + text.substring(at))
                .toList();
    }

    private List<String> inFull(String name) {
        var theirs = theirs(name);
        return theirs.isEmpty() ? List.of(name) : theirs; // the model refuses what it has not
    }

    /** The ids of what is meant, as texts. */
    private Stream<String> token(String text) {
        var token = TrainableToken.of(text);
        if (!token.name().equals(Lora.TEMPLATE)) {
            return Stream.of(token.as(String.valueOf(id(token.name()))));
        }
        var names = start.template().specials();
        if (names.length == 0) {
            throw new IllegalArgumentException("trainableTokens(\"" + Lora.TEMPLATE + "\"): the chat template of "
                    + start.id() + " has no special tokens; name the tokens");
        }
        return Stream.of(names).map(name -> token.as(String.valueOf(id(name))));
    }

    private int id(String name) {
        if (name.matches("\\d{1,9}")) {
            return Integer.parseInt(name);
        }
        int[] ids = tokenizer.encodeWithSpecials(name);
        if (ids.length != 1) {
            throw new IllegalArgumentException("trainableTokens: \"" + name + "\" is no token of " + start.id()
                    + " but " + ids.length + "; its special tokens are " + String.join(", ", tokenizer.specials())
                    + ", and ids are taken too");
        }
        return ids[0];
    }
}
