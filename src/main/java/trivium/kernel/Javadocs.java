package trivium.kernel;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The library's documentation, read from its sources, which stand beside its classes under {@code META-INF/sources}:
 * classes know nothing of their comments.
 */
final class Javadocs {

    /**
     * A declaration in a source file.
     *
     * @param owner the classes it stands in, such as {@code Pretraining.Training}; of a class itself included
     * @param name of the method or field; empty for a class
     * @param parameters types of a method's parameters as they are written, without arguments and packages
     * @param signature as it is written, in one line
     * @param comment as it is written, without its stars; empty for none
     */
    private record DocumentedMember(
            String owner, String name, List<String> parameters, String signature, String comment) {}

    private static final Map<String, List<DocumentedMember>> READ = new ConcurrentHashMap<>();

    private Javadocs() {}

    /**
     * The signature of an element, the class that declares it, and its comment; empty for elements outside the library.
     */
    static Optional<String> of(AnnotatedElement element) {
        return switch (element) {
            case Class<?> type -> find(type, "", List.of()).map(found -> text(found, type, found.comment));
            case Field field ->
                find(field.getDeclaringClass(), field.getName(), List.of())
                        .map(found -> text(found, field.getDeclaringClass(), said(field, found)));
            case Method method -> of(method);
            case Constructor<?> constructor -> of(constructor);
            default -> Optional.empty();
        };
    }

    private static Optional<String> of(Method method) {
        var owner = method.getDeclaringClass();
        var parameters = simpleNames(method);
        var found = find(owner, method.getName(), parameters);
        return found.map(Javadocs::called).map(declared -> {
            var inherited = supertypes(owner)
                    .flatMap(type -> find(type, method.getName(), parameters).stream())
                    .map(DocumentedMember::comment)
                    .filter(comment -> !comment.isEmpty())
                    .findFirst();
            return text(
                    declared,
                    owner,
                    declared.comment.isEmpty() ? inherited.orElseGet(() -> said(method, declared)) : declared.comment);
        });
    }

    /** A record that writes none down has its components' for its parameters. */
    private static Optional<String> of(Constructor<?> constructor) {
        var type = constructor.getDeclaringClass();
        return find(type, "", List.of()).map(owner -> {
            var own = find(type, "<init>", simpleNames(constructor)).filter(found -> found.signature.contains("("));
            var parameters = Arrays.stream(constructor.getParameters())
                    .map(each -> written(each.getParameterizedType()) + " " + each.getName())
                    .collect(Collectors.joining(", ", type.getSimpleName() + "(", ")"));
            return own.map(found -> text(found, type, found.comment.isEmpty() ? owner.comment : found.comment))
                    .orElseGet(() -> text(
                            new DocumentedMember(owner.owner, "", List.of(), parameters, ""), type, owner.comment));
        });
    }

    /** A type as code writes it, without packages. */
    private static String written(Type type) {
        return type.getTypeName().replaceAll("[\\w.$]+[.$](\\w+)", "$1");
    }

    /** An accessor is declared as its record's component. */
    private static DocumentedMember called(DocumentedMember found) {
        return found.signature.contains("(")
                ? found
                : new DocumentedMember(
                        found.owner, found.name, found.parameters, found.signature + "()", found.comment);
    }

    /** The position of a method in its file, by which methods are sorted. */
    static int place(Method method) {
        var parameters = simpleNames(method);
        var found = find(method.getDeclaringClass(), method.getName(), parameters);
        return found.map(read(method.getDeclaringClass())::indexOf).orElse(Integer.MAX_VALUE);
    }

    private static List<String> simpleNames(Executable method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .toList();
    }

    private static Stream<Class<?>> supertypes(Class<?> type) {
        return Stream.concat(Arrays.stream(type.getInterfaces()), Stream.ofNullable(type.getSuperclass()))
                .flatMap(each -> Stream.concat(Stream.of(each), supertypes(each)));
    }

    /**
     * The comment of a wither or accessor that has none of its own: the {@code @param} of the component of that name.
     */
    private static String said(Member member, DocumentedMember declared) {
        if (!declared.comment.isEmpty()) {
            return declared.comment;
        }
        var names = Stream.concat(
                Stream.of(member.getName()),
                member instanceof Method method
                        ? Arrays.stream(method.getParameters()).map(each -> each.getName())
                        : Stream.empty());
        var file = read(member.getDeclaringClass());
        return names.flatMap(name -> file.stream()
                        .filter(each -> each.name.isEmpty())
                        .flatMap(each -> parameter(each.comment, name).stream()))
                .findFirst()
                .orElse("");
    }

    private static Optional<String> parameter(String comment, String name) {
        return Pattern.compile("(?s)@param\\s+" + Pattern.quote(name) + "\\s+(.*?)(?=\\s@\\w+|\\z)")
                .matcher(comment)
                .results()
                .map(match -> name + ": " + match.group(1).strip())
                .findFirst();
    }

    private static Optional<DocumentedMember> find(Class<?> type, String name, List<String> parameters) {
        var named = read(type).stream()
                .filter(each -> each.owner.equals(path(type)) && each.name.equals(name))
                .filter(each -> each.parameters.size() == parameters.size())
                .toList();
        return named.stream()
                .filter(each -> each.parameters.equals(parameters))
                .findFirst()
                .or(() -> named.stream().findFirst()); // of type parameters, reflection knows the bounds alone
    }

    private static String path(Class<?> type) {
        return type.getDeclaringClass() == null
                ? type.getSimpleName()
                : path(type.getDeclaringClass()) + "." + type.getSimpleName();
    }

    private static String text(DocumentedMember declared, Class<?> owner, String comment) {
        var words = plain(comment);
        return declared.signature + "\nin " + owner.getCanonicalName() + (words.isEmpty() ? "" : "\n\n" + words);
    }

    // ------------------------------------------------------------------ sources

    private static List<DocumentedMember> read(Class<?> type) {
        var outer = type;
        while (outer.getDeclaringClass() != null) {
            outer = outer.getDeclaringClass();
        }
        return outer.isArray() || outer.isPrimitive()
                ? List.of()
                : READ.computeIfAbsent(
                        "/META-INF/sources/" + outer.getName().replace('.', '/') + ".java", Javadocs::read);
    }

    private static List<DocumentedMember> read(String resource) {
        try (var in = Javadocs.class.getResourceAsStream(resource)) {
            return in == null ? List.of() : parsed(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("The source " + resource + " in the library's jar cannot be read.", e);
        }
    }

    private static List<DocumentedMember> parsed(String source) throws IOException {
        var file = new SimpleJavaFileObject(URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        var task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, _ -> {}, List.of("-proc:none"), null, List.of(file));
        var scanner = new Scanner(source, Trees.instance(task));
        for (var unit : task.parse()) {
            scanner.scan(unit, null);
        }
        return List.copyOf(scanner.found);
    }

    /** Lists what a source file declares. */
    private static final class Scanner extends TreePathScanner<Void, Void> {

        private final String source;
        private final Trees trees;
        private final List<String> owners = new ArrayList<>();
        private final List<DocumentedMember> found = new ArrayList<>();

        Scanner(String source, Trees trees) {
            this.source = source;
            this.trees = trees;
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            owners.add(type.getSimpleName().toString());
            var kind = switch (type.getKind()) {
                case INTERFACE -> "interface";
                case ENUM -> "enum";
                case RECORD -> "record";
                case ANNOTATION_TYPE -> "@interface";
                default -> "class";
            };
            add("", List.of(), kind + " " + String.join(".", owners));
            super.visitClass(type, null);
            owners.removeLast();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            var end = method.getBody() == null ? position(method, false) : position(method.getBody(), true);
            var parameters = method.getParameters().stream()
                    .map(parameter -> parameter.toString().contains("...")
                                    && !parameter.getType().toString().endsWith("]")
                            ? simple(parameter.getType().toString()) + "[]"
                            : simple(parameter.getType().toString()))
                    .toList();
            add(method.getName().toString(), parameters, header(position(method, true), end));
            return null; // classes inside methods are not shown
        }

        @Override
        public Void visitVariable(VariableTree variable, Void nothing) {
            if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type) {
                boolean constant = type.getKind() == Tree.Kind.ENUM
                        && variable.getType()
                                .toString()
                                .equals(type.getSimpleName().toString());
                add(
                        variable.getName().toString(),
                        List.of(),
                        (constant ? "" : variable.getType() + " ") + variable.getName());
            }
            return null;
        }

        private int position(Tree tree, boolean start) {
            SourcePositions positions = trees.getSourcePositions();
            CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
            return (int) (start ? positions.getStartPosition(unit, tree) : positions.getEndPosition(unit, tree));
        }

        /**
         * A declaration from its modifiers to its body, in one line, without annotations and {@code public},
         * {@code final}, {@code synchronized} and {@code default}.
         */
        private String header(int from, int to) {
            return source.substring(from, to)
                    .replaceAll(
                            "@\\w+(\\([^)]*\\))?\\s+|\\b(public|final|synchronized|default(?=\\s+\\w+\\s+\\w))\\s+|[;{]\\s*$",
                            "")
                    .replaceAll("\\s+", " ")
                    .replace("( ", "(")
                    .strip();
        }

        private void add(String name, List<String> parameters, String signature) {
            var comment = trees.getDocComment(getCurrentPath());
            found.add(new DocumentedMember(
                    String.join(".", owners), name, parameters, signature, comment == null ? "" : comment.strip()));
        }

        private static String simple(String type) {
            var erased = type.replaceAll("<.*>", "").replaceAll("@\\w+\\s+", "");
            return erased.substring(erased.lastIndexOf('.') + 1).strip();
        }
    }

    // ------------------------------------------------------------------ words

    private static final Pattern INLINE = Pattern.compile("\\{@(\\w+)\\s+((?:[^{}]++|\\{[^{}]*\\})*)\\}");
    private static final Pattern BLOCK = Pattern.compile("(?m)^\\s*@(?=(?:param|return|throws|see|since)\\b)");
    private static final Pattern SHOWN_AS_IT_IS = Pattern.compile("(?s)<pre>(.*?)</pre>");

    /** A comment as text: tags as words, lines of a paragraph joined, a line for each parameter. */
    static String plain(String comment) {
        var parts = BLOCK.split(comment);
        var words = new StringBuilder();
        int at = 0;
        for (var code : SHOWN_AS_IT_IS.matcher(parts[0]).results().toList()) {
            words.append(paragraphs(parts[0].substring(at, code.start())));
            words.append("\n\n")
                    .append(code(code.group(1)).indent(4).stripTrailing())
                    .append("\n\n");
            at = code.end();
        }
        words.append(paragraphs(parts[0].substring(at)));
        var blocks = Arrays.stream(parts)
                .skip(1)
                .map(block -> paragraphs(block.replaceFirst("^param <(\\w+)>", "param $1"))
                        .replaceFirst("^param (\\S+) ", "$1: ")
                        .replaceFirst("^return ", "returns "))
                .filter(block -> !block.startsWith("see ") && !block.startsWith("since "))
                .collect(Collectors.joining("\n"));
        return (words.toString().strip() + "\n\n" + blocks).strip();
    }

    /** What stands in {@code <pre>}, mostly inside of a tag {@code code}, with its lines as they are. */
    private static String code(String block) {
        var tagged = block.strip().startsWith("{@code");
        var lines = tagged
                ? block.replaceFirst("^\\s*\\{@code[ \\t]*\n?", "").replaceFirst("\\}\\s*$", "")
                : unescaped(inline(block)).replaceFirst("^\\s*\n", "");
        return lines.stripTrailing().stripIndent();
    }

    private static String paragraphs(String text) {
        return Arrays.stream(inline(text).split("\n\\s*\n|</?(?:p|ul|ol)>"))
                .map(paragraph -> paragraph.strip().replace("<li>", "• ").replaceAll("</?[a-zA-Z][^>]*>", ""))
                .map(paragraph -> paragraph.replaceAll("\\s*\n\\s*", " "))
                .filter(paragraph -> !paragraph.isBlank())
                .map(Javadocs::unescaped)
                .collect(Collectors.joining("\n\n"));
    }

    private static String unescaped(String text) {
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    private static String inline(String text) {
        return INLINE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(inline(match.group(1), match.group(2))));
    }

    private static String inline(String tag, String content) {
        if (!tag.startsWith("link")) {
            return content.replace("&", "&amp;").replace("<", "&lt;"); // no markup of the comment's
        }
        var parts = content.strip().split("\\s+(?![^(]*\\))", 2);
        return parts.length > 1 ? parts[1] : parts[0].replaceFirst("^#", "").replace('#', '.');
    }
}
