package trivium.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Classes that another JVM does not find on its class path, as JShell makes them of a notebook's cells: a class a
 * snippet, with its methods and variables as static members, which other snippets refer to by name. JShell's loader
 * gives their class files as resources.
 *
 * <p>Files are taken of all classes that are referred to, which costs little; variables only where code that may run
 * reads them, for a variable may be large or not serialisable.
 */
final class CellClasses {

    /** What JShell calls the method that evaluates a snippet: it fills variables, and is over when trials begin. */
    private static final String EVALUATION = "do_it$";

    private final ClassLoader everywhere = CellClasses.class.getClassLoader();
    private final Map<Class<?>, ClassModel> models = new HashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Set<Field> variables = new LinkedHashSet<>();
    private final Set<String> walked = new HashSet<>();

    int count() {
        return files.size() + variables.size();
    }

    Map<String, byte[]> files() {
        return new LinkedHashMap<>(files);
    }

    /** Whether the file of this class is sent. */
    boolean carries(Class<?> type) {
        return files.containsKey(type.getName());
    }

    /** The variables that may be read. */
    List<Field> variables() {
        return new ArrayList<>(variables);
    }

    /** Collects a class of which there are objects, and what its methods use: any of them may run. */
    void notice(Class<?> type) {
        if (isEverywhere(type) || !walked.add(type.getName())) {
            return;
        }
        model(type).methods().stream()
                .filter(method -> !method.methodName().stringValue().startsWith(EVALUATION))
                .flatMap(method -> method.code().stream())
                .forEach(code -> code.forEach(element -> follow(element, type.getClassLoader())));
        if (type.getSuperclass() != null) {
            notice(type.getSuperclass());
        }
    }

    private void follow(CodeElement element, ClassLoader loader) {
        switch (element) {
            case FieldInstruction access ->
                cell(access.owner().asSymbol(), loader)
                        .flatMap(owner -> variable(owner, access.name().stringValue()))
                        .ifPresent(variables::add);
            case InvokeInstruction call ->
                cell(call.owner().asSymbol(), loader).ifPresent(owner -> {
                    if (call.opcode() == Opcode.INVOKESTATIC) {
                        walk(owner, call.name().stringValue(), call.typeSymbol().descriptorString());
                    } else {
                        notice(owner);
                    }
                });
            case InvokeDynamicInstruction lambda ->
                lambda.bootstrapArgs().forEach(argument -> {
                    if (argument instanceof DirectMethodHandleDesc code) {
                        cell(code.owner(), loader)
                                .ifPresent(owner -> walk(owner, code.methodName(), code.lookupDescriptor()));
                    }
                });
            case NewObjectInstruction made ->
                cell(made.className().asSymbol(), loader).ifPresent(this::notice);
            case ConstantInstruction constant -> {
                if (constant.constantValue() instanceof ClassDesc type) {
                    cell(type, loader).ifPresent(this::notice);
                }
            }
            default -> {}
        }
    }

    /** Collects what one method uses; other methods of its class may never run. */
    private void walk(Class<?> owner, String name, String descriptor) {
        if (!walked.add(owner.getName() + "." + name + descriptor)) {
            return;
        }
        model(owner).methods().stream()
                .filter(method -> method.methodName().equalsString(name)
                        && method.methodType().equalsString(descriptor))
                .flatMap(method -> method.code().stream())
                .forEach(code -> code.forEach(element -> follow(element, owner.getClassLoader())));
    }

    /** Collects the file of a class and of every class that it names. */
    private ClassModel model(Class<?> type) {
        var known = models.get(type);
        if (known != null) {
            return known;
        }
        byte[] file = file(type);
        var model = ClassFile.of().parse(file);
        models.put(type, model);
        files.put(type.getName(), file);
        for (var entry : model.constantPool()) {
            if (entry instanceof ClassEntry other) {
                cell(other.asSymbol(), type.getClassLoader()).ifPresent(this::model);
            }
        }
        return model;
    }

    private static Optional<Field> variable(Class<?> owner, String name) {
        for (var field : owner.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            if (field.getName().equals(name) && Modifier.isStatic(modifiers) && !Modifier.isFinal(modifiers)) {
                return Optional.of(field);
            }
        }
        return Optional.empty();
    }

    /** The class of this name if other machines do not have it, else empty. */
    private Optional<Class<?>> cell(ClassDesc type, ClassLoader loader) {
        var element = type;
        while (element.isArray()) {
            element = element.componentType();
        }
        if (element.isPrimitive()) {
            return Optional.empty();
        }
        var descriptor = element.descriptorString();
        var name = descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
        try {
            return Optional.<Class<?>>of(Class.forName(name, false, loader)).filter(found -> !isEverywhere(found));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty(); // a class that is missing here is missing there too, if it is ever used
        }
    }

    private boolean isEverywhere(Class<?> type) {
        if (type.isArray()) {
            return isEverywhere(type.componentType());
        }
        if (type.isPrimitive() || type.getClassLoader() == null) {
            return true;
        }
        try {
            return Class.forName(type.getName(), false, everywhere) == type;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static byte[] file(Class<?> type) {
        var path = type.getName().replace('.', '/') + ".class";
        try (var in = type.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("what a trial does cannot be sent to another machine: it uses "
                        + type.getName() + ", whose class file nobody has; put that class into a jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the class " + type.getName() + ": " + e.getMessage(), e);
        }
    }
}
