package trivium.kernel;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the names of a cell stand for, as far as declarations and reflection tell. JShell knows more where everything is
 * defined, and nothing at all of an expression with an argument that no cell has defined yet, or whose imports stand in
 * a cell that has not run. Here {@code pretrain(a, b, c).st} has the methods of what {@code pretrain} answers, whether
 * or not the arguments are known.
 *
 * @param imports what is imported: {@code trivium.data.*}, {@code static trivium.Trivium.*}
 * @param variables the types of the variables of other cells, by name
 */
record CellNames(List<String> imports, Map<String, String> variables) {

    private static final Pattern IMPORT =
            Pattern.compile("(?m)^\\s*import\\s+((?:static\\s+)?[\\w.]+(?:\\.\\*)?)\\s*;");
    private static final String STATIC = "static ";
    /** Declarations that lead to one another, at most. */
    private static final int DEPTH = 8;

    /** Types, and whether they are named (their static members follow) or are those of a value. */
    private record Place(Set<Class<?>> types, boolean named) {

        static final Place NOWHERE = new Place(Set.of(), false);

        Stream<Method> methods() {
            return types.stream()
                    .flatMap(type -> Arrays.stream(type.getMethods()))
                    .filter(method -> method.getDeclaringClass() != Object.class)
                    .filter(method -> !named || Modifier.isStatic(method.getModifiers()));
        }

        Stream<Field> fields() {
            return types.stream()
                    .flatMap(type -> Arrays.stream(type.getFields()))
                    .filter(field -> !named || Modifier.isStatic(field.getModifiers()));
        }
    }

    /**
     * Member names that continue what stands before the cursor, as JShell writes them: {@code steps(}, {@code run()}.
     */
    List<String> continuations(CellText text, int cursor) {
        int from = text.identifierFrom(cursor);
        var prefix = text.masked().substring(from, cursor);
        int dot = text.back(from);
        var place = text.endsWith(dot, '.') ? type(text, dot - 1, DEPTH) : statics(text);
        if (place.types.isEmpty() || prefix.isEmpty() && !text.endsWith(dot, '.')) {
            return List.of();
        }
        var words = new TreeMap<String, Boolean>();
        place.methods()
                .forEach(method -> words.merge(method.getName(), method.getParameterCount() > 0, Boolean::logicalOr));
        place.fields().forEach(field -> words.putIfAbsent(field.getName(), null));
        return words.tailMap(prefix).entrySet().stream()
                .takeWhile(word -> word.getKey().startsWith(prefix))
                .map(word -> word.getKey() + (word.getValue() == null ? "" : word.getValue() ? "(" : "()"))
                .toList();
    }

    /**
     * The methods, constructors, field or type that the name ending here stands for; those that fit their call first.
     */
    List<AnnotatedElement> meanings(CellText text, int end) {
        int from = text.identifierFrom(end);
        var name = text.masked().substring(from, end);
        if (!text.isName(end)) {
            return List.of();
        }
        int dot = text.back(from);
        boolean called = text.masked().startsWith("(", text.forth(end));
        if (!called || text.isNew(from)) {
            var type = typeNamed(text, text.qualified(from) + name);
            if (type.isPresent()) {
                return called ? constructors(type.get(), text.arguments(text.forth(end))) : List.of(type.get());
            }
        }
        var place = text.endsWith(dot, '.') ? type(text, dot - 1, DEPTH) : statics(text);
        var fields =
                place.fields().filter(field -> field.getName().equals(name)).toList();
        if (!called && !fields.isEmpty()) {
            return List.copyOf(fields);
        }
        int arguments = called ? text.arguments(text.forth(end)) : -1;
        return place.methods()
                .filter(method -> method.getName().equals(name))
                .filter(method -> !method.isBridge())
                .sorted(Comparator.<Method, Boolean>comparing(method -> !fits(method, arguments))
                        .thenComparingInt(Javadocs::place))
                .map(AnnotatedElement.class::cast)
                .distinct()
                .toList();
    }

    /** The public constructors, those that fit their call first; the type itself where there are none. */
    private static List<AnnotatedElement> constructors(Class<?> type, int arguments) {
        var all = Arrays.stream(type.getConstructors())
                .sorted(Comparator.<Constructor<?>, Boolean>comparing(each -> !fits(each, arguments))
                        .thenComparingInt(Constructor::getParameterCount))
                .map(AnnotatedElement.class::cast)
                .toList();
        return all.isEmpty() ? List.of(type) : all;
    }

    private static boolean fits(Executable method, int arguments) {
        return method.getParameterCount() == arguments
                || method.isVarArgs() && arguments >= method.getParameterCount() - 1;
    }

    /** The type of the expression that ends here. */
    private Place type(CellText text, int end, int depth) {
        var chain = depth == 0 ? List.<CellText.Link>of() : text.chain(end);
        if (chain.isEmpty()) {
            return Place.NOWHERE;
        }
        int next = 1;
        var first = chain.getFirst();
        Place place;
        if (first.made()) {
            place = typeNamed(text, first.name())
                    .map(type -> place(type, false))
                    .orElse(Place.NOWHERE);
        } else if (first.arguments() >= 0) {
            place = answered(statics(text), first);
        } else {
            place = variable(text, first, depth);
            var name = first.name();
            while (place.types.isEmpty()) {
                place = typeNamed(text, name).map(type -> place(type, true)).orElse(Place.NOWHERE);
                if (place.types.isEmpty()
                        && (next == chain.size() || chain.get(next).arguments() >= 0)) {
                    return Place.NOWHERE;
                }
                name += place.types.isEmpty() ? "." + chain.get(next++).name() : "";
            }
        }
        for (var link : chain.subList(next, chain.size())) {
            place = answered(place, link);
        }
        return place;
    }

    /** What a member answers; of methods those with as many parameters as there are arguments, if there are any. */
    private static Place answered(Place place, CellText.Link link) {
        var types = new LinkedHashSet<Class<?>>();
        if (link.arguments() < 0) {
            place.fields()
                    .filter(field -> field.getName().equals(link.name()))
                    .forEach(field -> types.add(field.getType()));
        } else {
            var methods = place.methods()
                    .filter(method -> method.getName().equals(link.name()))
                    .toList();
            var fitting = methods.stream()
                    .filter(method -> fits(method, link.arguments()))
                    .toList();
            (fitting.isEmpty() ? methods : fitting).forEach(method -> types.add(method.getReturnType()));
        }
        types.remove(Object.class); // a type parameter, of which reflection says nothing
        return new Place(types, false);
    }

    /** A variable of this cell or of another one. */
    private Place variable(CellText text, CellText.Link name, int depth) {
        var declared = text.declaration(name.name(), name.at());
        if (declared.isPresent() && declared.get().type().equals("var")) {
            return type(text, declared.get().end(), depth - 1);
        }
        return declared.map(CellText.Declaration::type)
                .or(() -> Optional.ofNullable(variables.get(name.name())))
                .flatMap(type -> typeNamed(text, type))
                .map(type -> place(type, false))
                .orElse(Place.NOWHERE);
    }

    private static Place place(Class<?> type, boolean named) {
        return new Place(Set.of(type), named);
    }

    /** The types whose static members are imported whole. */
    private Place statics(CellText text) {
        var types = new LinkedHashSet<Class<?>>();
        imported(text)
                .filter(name -> name.startsWith(STATIC) && name.endsWith(".*"))
                .forEach(name -> load(name.substring(STATIC.length(), name.length() - 2)
                                .strip())
                        .ifPresent(types::add));
        return new Place(types, true);
    }

    private Stream<String> imported(CellText text) {
        return Stream.concat(
                imports.stream(),
                IMPORT.matcher(text.masked())
                        .results()
                        .map(match -> match.group(1).replaceAll("\\s+", " ")));
    }

    /** A type by its name, its arguments and dimensions aside. */
    private Optional<Class<?>> typeNamed(CellText text, String written) {
        var name = written.replaceAll("<.*|\\[.*", "").strip();
        if (!name.matches("[\\w.$]+")) {
            return Optional.empty();
        }
        return Stream.concat(
                        Stream.of(name),
                        Stream.concat(Stream.of("java.lang.*"), imported(text))
                                .filter(each -> !each.startsWith(STATIC))
                                .filter(each -> each.endsWith(".*") || each.endsWith("." + name.split("\\.")[0]))
                                .map(each -> each.endsWith(".*")
                                        ? each.substring(0, each.length() - 1) + name
                                        : each.substring(0, each.lastIndexOf('.') + 1) + name))
                .flatMap(each -> load(each).stream())
                .findFirst();
    }

    /** A class by its qualified name, nested ones as Java code writes them. */
    private static Optional<Class<?>> load(String name) {
        var binary = name;
        while (true) {
            try {
                return Optional.of(Class.forName(binary, false, CellNames.class.getClassLoader()));
            } catch (ClassNotFoundException | LinkageError e) {
                int dot = binary.lastIndexOf('.');
                if (dot < 0 || !Character.isUpperCase(binary.charAt(binary.lastIndexOf('.', dot - 1) + 1))) {
                    return Optional.empty();
                }
                binary = binary.substring(0, dot) + "$" + binary.substring(dot + 1);
            }
        }
    }
}
