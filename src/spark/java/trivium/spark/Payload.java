package trivium.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object made ready to be sent to another JVM: serialised, together with the classes that only this process has
 * (such as those of notebook cells) and the variables of theirs that it uses.
 *
 * @param classes class files by name
 * @param content a {@link Content}, serialised
 */
record Payload(Map<String, byte[]> classes, byte[] content) implements Serializable {

    /** A variable of a cell: a static field. */
    record CellVariable(Class<?> owner, String name, Object value) implements Serializable {}

    /** What is serialised: the variables first, so that they are set when a method of the object is called. */
    record Content(List<CellVariable> variables, Object object) implements Serializable {}

    /** A payload as the worker has it. */
    record Unpacked(ClassLoader loader, Object object) {}

    /** @throws IllegalArgumentException in one sentence, if something cannot be sent */
    static byte[] pack(Object object, AcceptedClasses accepted) {
        var cells = new CellClasses();
        byte[] content;
        int known;
        do { // the variables of a cell may hold objects of further cells' classes
            known = cells.count();
            content = serialised(new Content(variables(cells), object), cells, accepted);
        } while (cells.count() > known);
        return serialised(new Payload(cells.files(), content), cells, accepted);
    }

    private static List<CellVariable> variables(CellClasses cells) {
        var variables = new ArrayList<CellVariable>();
        for (var field : cells.variables()) {
            variables.add(new CellVariable(field.getDeclaringClass(), field.getName(), value(field)));
        }
        return variables;
    }

    private static Object value(Field field) {
        try {
            field.setAccessible(true);
            return field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a variable of a cell can be read", e);
        }
    }

    static byte[] serialised(Object object, AcceptedClasses accepted) {
        return serialised(object, new CellClasses(), accepted);
    }

    private static byte[] serialised(Object object, CellClasses cells, AcceptedClasses accepted) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new PayloadOutputStream(bytes, cells, accepted)) {
            out.writeObject(object);
        } catch (NotSerializableException e) {
            throw new IllegalArgumentException(
                    "what a trial does cannot be sent to another machine: it uses a " + named(e.getMessage())
                            + "; make that inside the function of the trial, from its settings or from files the workers"
                            + " can read",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("what a trial does cannot be sent: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    private static String named(String type) {
        return type.contains("$$Lambda") ? "lambda made in " + type.replaceFirst("\\$\\$Lambda.*", "") : type;
    }

    /** @throws InvalidClassException in one sentence, if there is an object in it of a class that is not accepted */
    static Unpacked unpack(byte[] packed, AcceptedClasses accepted) throws IOException, ClassNotFoundException {
        var here = Payload.class.getClassLoader();
        var payload = (Payload) read(packed, here, accepted);
        var loader = new ShippedClasses(payload.classes(), here);
        var content = (Content) read(payload.content(), loader, accepted);
        for (var variable : content.variables()) {
            try {
                var field = variable.owner().getDeclaredField(variable.name());
                field.setAccessible(true);
                field.set(null, variable.value());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a cell has the variables it had where it came from", e);
            }
        }
        return new Unpacked(loader, content.object());
    }

    /** An object that was {@link #serialised}, with classes from this loader and of no other kind than accepted. */
    static Object read(byte[] bytes, ClassLoader loader, AcceptedClasses accepted)
            throws IOException, ClassNotFoundException {
        var refused = new ArrayList<Class<?>>();
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
                try {
                    return Class.forName(description.getName(), false, loader);
                } catch (ClassNotFoundException e) {
                    return super.resolveClass(description); // int and its like
                }
            }
        }) {
            in.setObjectInputFilter(accepted.filter(
                    type -> loader instanceof ShippedClasses && type.getClassLoader() == loader, refused::add));
            return in.readObject();
        } catch (InvalidClassException e) {
            if (refused.isEmpty()) {
                throw e;
            }
            throw new InvalidClassException(
                    "there is an object in what arrived that was not read: "
                            + AcceptedClasses.refusal(refused.getFirst()),
                    e);
        }
    }

    /**
     * Collects the classes of cells, and writes a {@link SerializationProxy} for objects that are not
     * {@link Serializable}.
     */
    private static final class PayloadOutputStream extends ObjectOutputStream {

        private final CellClasses cells;
        private final AcceptedClasses accepted;

        PayloadOutputStream(OutputStream out, CellClasses cells, AcceptedClasses accepted) throws IOException {
            super(out);
            this.cells = cells;
            this.accepted = accepted;
            enableReplaceObject(true);
        }

        @Override
        protected void annotateClass(Class<?> type) {
            cells.notice(AcceptedClasses.element(type));
            boolean marksFailure = Throwable.class.isAssignableFrom(type)
                    && type.getPackageName().equals("java.io");
            if (!marksFailure && !accepted.takes(type) && !cells.carries(AcceptedClasses.element(type))) {
                throw new IllegalArgumentException("what a trial does cannot be sent to another machine: it uses "
                        + AcceptedClasses.refusal(type));
            }
        }

        @Override
        protected Object replaceObject(Object object) {
            return SerializationProxy.of(object);
        }
    }

    /** Loads the classes that were sent with the object. */
    private static final class ShippedClasses extends ClassLoader {

        private final Map<String, byte[]> files;

        ShippedClasses(Map<String, byte[]> files, ClassLoader parent) {
            super(parent);
            this.files = new LinkedHashMap<>(files);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] file = files.get(name);
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, file, 0, file.length);
        }
    }
}
