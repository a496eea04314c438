package trivium.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;

/**
 * Which tensors a user means. A pattern is a {@linkplain Role role} in small letters ({@code embedding}, {@code norm}),
 * or neighbouring parts of a name, which dots separate: {@code tokens}, {@code attention.q},
 * {@code layers.2.mlp.down.weight}. A number may be a range, both ends included, {@code layers.0-5}, and {@code layers}
 * is {@code blocks} where the model's names have that.
 */
public final class TensorNames {

    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})-(\\d{1,9})");
    private static final String LAYERS = "layers";
    private static final String BLOCKS = "blocks";

    private final List<Tensor> tensors;

    /** The names of these. */
    public TensorNames(List<Tensor> tensors) {
        this.tensors = tensors;
    }

    /**
     * The tensors that any of the patterns means, in their order.
     *
     * @throws IllegalArgumentException with the names there are, if a pattern means none, or an end of a range is the
     *     number of none
     */
    public Set<Tensor> matching(List<String> patterns) {
        var all = new HashSet<Tensor>();
        for (var pattern : patterns) {
            for (var each : withEnds(pattern)) {
                var found = tensors.stream().filter(t -> matches(each, t)).toList();
                if (found.isEmpty()) {
                    throw new IllegalArgumentException("\"" + pattern + "\" names none of the model's tensors"
                            + (each.equals(pattern) ? "" : " at its end " + each) + "; there are " + this);
                }
                all.addAll(found);
            }
        }
        return tensors.stream().filter(all::contains).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Whether a pattern means any tensor, {@link #matching} refusing it otherwise. */
    public boolean names(String pattern) {
        return withEnds(pattern).stream().allMatch(each -> tensors.stream().anyMatch(t -> matches(each, t)));
    }

    /** A pattern, and where it has ranges, what it is at their ends. */
    private static List<String> withEnds(String pattern) {
        return List.of(
                pattern,
                RANGE.matcher(pattern).replaceAll("$1"),
                RANGE.matcher(pattern).replaceAll("$2"));
    }

    private static boolean matches(String pattern, Tensor tensor) {
        if (pattern.equals(lower(tensor.role()))) {
            return true;
        }
        var wanted = pattern.split("\\.", -1);
        var parts = tensor.name().split("\\.", -1);
        for (int at = 0; at + wanted.length <= parts.length; at++) {
            boolean all = true;
            for (int i = 0; i < wanted.length && all; i++) {
                all = isPart(wanted[i], parts[at + i]);
            }
            if (all) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPart(String wanted, String part) {
        var range = RANGE.matcher(wanted);
        if (range.matches()) {
            return isNumber(part)
                    && Long.parseLong(range.group(1)) <= Long.parseLong(part)
                    && Long.parseLong(part) <= Long.parseLong(range.group(2));
        }
        return wanted.equals(part) || wanted.equals(LAYERS) && part.equals(BLOCKS);
    }

    private static boolean isNumber(String part) {
        return part.matches("\\d{1,9}");
    }

    private static String lower(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    /** All names, those of layers once with the range of the layers' numbers; then the roles. */
    @Override
    public String toString() {
        var names = new LinkedHashMap<String, NavigableSet<Integer>>(); // with # for the number, and the numbers
        for (var tensor : tensors) {
            var parts = new ArrayList<>(Arrays.asList(tensor.name().split("\\.", -1)));
            int at = parts.stream().map(TensorNames::isNumber).toList().indexOf(true);
            int number = at < 0 ? -1 : Integer.parseInt(parts.set(at, "#"));
            var numbers = names.computeIfAbsent(String.join(".", parts), name -> new TreeSet<>());
            if (at >= 0) {
                numbers.add(number);
            }
        }
        return names.entrySet().stream().map(TensorNames::named).collect(Collectors.joining(", ")) + "; roles: "
                + tensors.stream().map(t -> lower(t.role())).distinct().collect(Collectors.joining(", "));
    }

    private static String named(Map.Entry<String, NavigableSet<Integer>> entry) {
        var numbers = entry.getValue();
        if (numbers.isEmpty()) {
            return entry.getKey();
        }
        var range = numbers.first().equals(numbers.last())
                ? String.valueOf(numbers.first())
                : numbers.first() + "-" + numbers.last();
        return entry.getKey().replace("#", range);
    }
}
