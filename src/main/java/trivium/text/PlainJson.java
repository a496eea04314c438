package trivium.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON with the methods of Gson 2.8.5 only. IJava puts that release of 2018 before ours on the class path; it knows no
 * records, no numbers but double, and none of the short cuts of later releases. What the library needs of these is
 * here.
 */
public final class PlainJson {

    private static final TypeToken<Map<String, Object>> SETTINGS = new TypeToken<>() {};

    private static final Gson GSON = new Gson();

    private PlainJson() {}

    /**
     * Parses a text as leniently as Gson does; an empty one is null.
     *
     * @throws JsonParseException if it is not JSON, or nested too deeply
     */
    public static JsonElement parse(String text) {
        try {
            var json = GSON.fromJson(text, JsonElement.class);
            return json == null ? JsonNull.INSTANCE : json;
        } catch (StackOverflowError e) {
            throw new JsonParseException("it is nested too deeply", e);
        }
    }

    /**
     * The next value of a strict reader.
     *
     * @throws IOException if it is not JSON or cannot be read
     * @throws JsonParseException if it is nested too deeply
     */
    public static JsonElement read(JsonReader in) throws IOException {
        try {
            return GSON.getAdapter(JsonElement.class).read(in);
        } catch (StackOverflowError e) {
            throw new JsonParseException("it is nested too deeply", e);
        }
    }

    /**
     * A builder whose Gson reads records through their constructors, and the numbers of a {@code Map<String, Object>}
     * as {@link Long} where they are whole and {@link Double} elsewhere.
     */
    public static GsonBuilder builder() {
        return new GsonBuilder().registerTypeAdapterFactory(new Records()).registerTypeAdapterFactory(new Settings());
    }

    /** The value in Java's own types: maps, lists, strings, {@link Long} or {@link Double}, booleans, null. */
    public static Object value(JsonElement json) {
        if (json.isJsonObject()) {
            var map = new LinkedHashMap<String, Object>();
            json.getAsJsonObject().entrySet().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
            return map;
        }
        if (json.isJsonArray()) {
            var list = new ArrayList<Object>();
            json.getAsJsonArray().forEach(item -> list.add(value(item)));
            return list;
        }
        return json.isJsonNull() ? null : value(json.getAsJsonPrimitive());
    }

    private static Object value(JsonPrimitive json) {
        if (json.isBoolean()) {
            return json.getAsBoolean();
        }
        if (!json.isNumber()) {
            return json.getAsString();
        }
        var digits = json.getAsString();
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            return Double.valueOf(digits);
        }
    }

    /** Settings of any kind. */
    private static final class Settings implements TypeAdapterFactory {

        @Override
        @SuppressWarnings("unchecked") // T is the map, as was just seen
        public <T> TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
            if (!type.equals(SETTINGS)) {
                return null;
            }
            var written = gson.getDelegateAdapter(this, type);
            return new TypeAdapter<>() {
                @Override
                public void write(JsonWriter out, T map) throws IOException {
                    written.write(out, map);
                }

                @Override
                public T read(JsonReader in) throws IOException {
                    var json = GSON.getAdapter(JsonElement.class).read(in);
                    if (!json.isJsonObject() && !json.isJsonNull()) {
                        throw new JsonParseException("expected settings by name and found " + json);
                    }
                    return (T) value(json);
                }
            };
        }
    }

    private static final class Records implements TypeAdapterFactory {

        @Override
        public <T> TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
            if (!type.getRawType().isRecord()) {
                return null;
            }
            var written = gson.getDelegateAdapter(this, type);
            return new TypeAdapter<>() {
                @Override
                public void write(JsonWriter out, T made) throws IOException {
                    written.write(out, made);
                }

                @Override
                public T read(JsonReader in) throws IOException {
                    if (in.peek() == JsonToken.NULL) {
                        in.nextNull();
                        return null;
                    }
                    return record(gson, type, in);
                }
            };
        }

        /** What is missing is null, 0 or false, as in Gson's own way with records. */
        @SuppressWarnings("unchecked") // the constructor is that of T
        private static <T> T record(Gson gson, TypeToken<T> type, JsonReader in) throws IOException {
            var components = type.getRawType().getRecordComponents();
            var values = new Object[components.length];
            in.beginObject();
            while (in.hasNext()) {
                var name = in.nextName();
                int at = 0;
                while (at < components.length && !components[at].getName().equals(name)) {
                    at++;
                }
                if (at == components.length) {
                    in.skipValue();
                } else {
                    values[at] = gson.getAdapter(TypeToken.get(components[at].getGenericType()))
                            .read(in);
                    if (values[at] == null && components[at].getType().isPrimitive()) {
                        throw new JsonParseException("null is no value for " + name);
                    }
                }
            }
            in.endObject();
            for (int i = 0; i < values.length; i++) {
                if (values[i] == null && components[i].getType().isPrimitive()) {
                    values[i] = zero(components[i].getType());
                }
            }
            return (T) make(constructor(type.getRawType(), components), values);
        }

        private static Object zero(Class<?> primitive) {
            return Array.get(Array.newInstance(primitive, 1), 0);
        }

        private static Constructor<?> constructor(Class<?> type, RecordComponent[] components) {
            try {
                var constructor = type.getDeclaredConstructor(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
                constructor.setAccessible(true);
                return constructor;
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(e); // every record has it
            }
        }

        private static Object make(Constructor<?> constructor, Object[] values) {
            try {
                return constructor.newInstance(values);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof RuntimeException refusal) {
                    throw refusal;
                }
                throw new IllegalStateException(e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
