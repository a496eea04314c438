package trivium.spark;

import java.io.ObjectStreamException;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import trivium.model.LanguageModel;
import trivium.model.Models;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/**
 * An object that is written in the place of one that is not {@link Serializable}, and is turned back into such an
 * object when it is read: records as their components, runs, models and tokenizers as the files they have.
 */
sealed interface SerializationProxy extends Serializable {

    /** The object that this proxy stands for. Java serialisation calls the method of this name. */
    Object readResolve() throws ObjectStreamException;

    /** The proxy of an object, or the object itself if it is serialisable or has no proxy. */
    static Object of(Object object) {
        return switch (object) {
            case null -> null;
            case Serializable able -> able;
            case Run run -> OfRun.of(run);
            case LanguageModel model -> new OfModel(Folder.through("model", place -> Models.save(model, place)));
            case Tokenizer tokenizer -> new OfTokenizer(tokenizer.toJson());
            case Path path -> new OfPath(path.toString());
            case Optional<?> optional -> new OfOptional(optional.orElse(null));
            case Record row -> OfRecord.of(row);
            default -> object;
        };
    }

    /** A record's class and components, in order. */
    record OfRecord(Class<?> type, Object[] components) implements SerializationProxy {

        static OfRecord of(Record row) {
            try {
                var components = row.getClass().getRecordComponents();
                var values = new Object[components.length];
                for (int i = 0; i < values.length; i++) {
                    var accessor = components[i].getAccessor();
                    accessor.setAccessible(true);
                    values[i] = accessor.invoke(row);
                }
                return new OfRecord(row.getClass(), values);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the components of a record can be asked for", e);
            }
        }

        @Override
        public Object readResolve() {
            var types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            try {
                var constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return constructor.newInstance(components);
            } catch (InvocationTargetException e) {
                throw new IllegalStateException(type.getName() + " cannot be made again: " + e.getCause(), e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record has a constructor of its components", e);
            }
        }
    }

    record OfRun(String id, Map<String, byte[]> files) implements SerializationProxy {

        static OfRun of(Run run) {
            return new OfRun(
                    run.id(),
                    Folder.through("run", place -> RunStore.open(place).save(run)));
        }

        @Override
        public Object readResolve() {
            return Folder.from("run", files, place -> RunStore.open(place).load(id));
        }
    }

    record OfModel(Map<String, byte[]> files) implements SerializationProxy {
        @Override
        public Object readResolve() {
            return Folder.from("model", files, Models::load);
        }
    }

    record OfTokenizer(String json) implements SerializationProxy {
        @Override
        public Object readResolve() {
            return Tokenizers.fromJson(json);
        }
    }

    record OfPath(String path) implements SerializationProxy {
        @Override
        public Object readResolve() {
            return Path.of(path);
        }
    }

    record OfOptional(Object value) implements SerializationProxy {
        @Override
        public Object readResolve() {
            return Optional.ofNullable(value);
        }
    }
}
