package trivium.align;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import trivium.tensor.Batch;
import trivium.text.PlainJson;
import trivium.train.Objective;

/**
 * A loss and its gradients as another implementation computed them in float64, and what it computed them from: one line
 * of a file that {@code environment/lab verify} takes, a JSON object with
 *
 * <ul>
 *   <li>"method", such as "grpo", which {@link LossMethods} knows, and "settings", an object;
 *   <li>inputs by name: matrices (B, T) such as "values", "old", "reference" and "mask", vectors (B), numbers;
 *   <li>"loss", and gradients (B, T) under "grad", for that at "values", and names that begin with "grad_".
 * </ul>
 */
public final class LossCase {

    private static final String GRADIENT = "grad";

    /**
     * What this library answers.
     *
     * @param loss of the whole batch
     * @param gradients flat (B·T), by the name that they have in the line: "grad", "grad_state_values"
     */
    public record Answer(double loss, Map<String, float[]> gradients) {}

    /**
     * How far an answer is from what is expected. An error counts as it is where the expected number is at most 1 in
     * size, and relative to that number where it is larger; infinite where either is no finite number.
     *
     * @param loss of the loss
     * @param gradient the largest of all entries of all gradients
     */
    public record Errors(double loss, double gradient) {

        /** The most that either may be. */
        public static final double TOLERANCE = 1e-6;

        /** Whether both are within {@link #TOLERANCE}. */
        public boolean passed() {
            return loss <= TOLERANCE && gradient <= TOLERANCE;
        }
    }

    private final JsonObject line;
    private final String method;
    private final JsonObject settings;

    private LossCase(JsonObject line) {
        this.line = line;
        method = text(line, "method");
        settings = object(line.get("settings"), "\"settings\"");
    }

    /**
     * The case of one line.
     *
     * @throws IllegalArgumentException in a sentence if the line is none
     */
    public static LossCase parse(String line) {
        try {
            return new LossCase(object(PlainJson.parse(line), "a line"));
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("not a JSON object: " + e.getMessage(), e);
        }
    }

    /** "grpo", "dpo", … */
    public String method() {
        return method;
    }

    /** The settings as they stand in the line. */
    public String settings() {
        return settings.toString();
    }

    /** A setting that is a number; empty if it is null or missing. */
    public Optional<Double> number(String setting) {
        return Optional.ofNullable(settings.get(setting))
                .filter(value -> !value.isJsonNull())
                .map(value -> number(value, setting));
    }

    /** A setting that must be a number. */
    public double require(String setting) {
        return number(setting).orElseThrow(() -> unlike(setting, "a number"));
    }

    /** A setting that must be a text. */
    public String text(String setting) {
        return text(settings, setting);
    }

    /** An input that is a number. */
    public double scalar(String input) {
        return number(line.get(input), input);
    }

    /** An input (B). */
    public double[] vector(String input) {
        return vector(array(line.get(input), input, "a list of numbers"), input);
    }

    /** An input (B, T), flat. */
    public double[] matrix(String input) {
        var rows = rows(input);
        if (rows.stream().anyMatch(row -> row.length != rows.getFirst().length)) {
            throw new IllegalArgumentException("\"" + input + "\" has rows of different lengths");
        }
        return rows.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    /** An input (B, T), flat, in float32 as {@link trivium.model.Pass} gives values. */
    public float[] floats(String input) {
        double[] matrix = matrix(input);
        var floats = new float[matrix.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) matrix[i];
        }
        return floats;
    }

    /**
     * A batch (B, T) whose weights are "mask", with tokens that mean nothing.
     *
     * @param group how many rows stay together
     */
    public Batch batch(int group) {
        float[] mask = floats("mask");
        int count = rows("mask").size();
        return new Batch(count, mask.length / count, new int[mask.length], new int[mask.length], mask, group);
    }

    /** The answer of an objective to "values", whose gradient is "grad". */
    public Answer answer(Batch batch, Objective objective) {
        float[] values = floats("values");
        var gradients = new float[values.length];
        double loss = objective.loss(batch, 0, batch.rows(), values, gradients);
        return new Answer(loss, Map.of(GRADIENT, gradients));
    }

    /** How far an answer is from the loss and the gradients of the line. */
    public Errors errors(Answer answer) {
        double worst = 0;
        for (var name : line.keySet()) {
            if (name.equals(GRADIENT) || name.startsWith(GRADIENT + "_")) {
                double[] expected = matrix(name);
                float[] found = answer.gradients.getOrDefault(name, new float[0]);
                if (found.length != expected.length) {
                    throw new IllegalArgumentException("the answer has " + found.length + " numbers for \"" + name
                            + "\" and should have " + expected.length);
                }
                for (int i = 0; i < expected.length; i++) {
                    worst = Math.max(worst, error(found[i], expected[i]));
                }
            }
        }
        return new Errors(error(answer.loss, scalar("loss")), worst);
    }

    private static double error(double found, double expected) {
        double error = Math.abs(found - expected) / Math.max(1, Math.abs(expected));
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }

    /** The errors of what this library answers; empty if it does not know the method. */
    public Optional<Errors> check() {
        return Optional.ofNullable(LossMethods.KNOWN.get(method))
                .map((Function<LossCase, Answer> known) -> errors(known.apply(this)));
    }

    private List<double[]> rows(String input) {
        var rows = new ArrayList<double[]>();
        for (var row : array(line.get(input), input, "rows of numbers")) {
            rows.add(vector(array(row, input, "rows of numbers"), input));
        }
        if (rows.isEmpty()) {
            throw unlike(input, "rows of numbers");
        }
        return Collections.unmodifiableList(rows);
    }

    private static double[] vector(JsonArray array, String name) {
        var vector = new double[array.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = number(array.get(i), name);
        }
        return vector;
    }

    private static JsonObject object(JsonElement value, String what) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new IllegalArgumentException(what + " should be a JSON object");
    }

    private static JsonArray array(JsonElement value, String name, String expected) {
        if (value instanceof JsonArray array) {
            return array;
        }
        throw unlike(name, expected);
    }

    private static String text(JsonObject object, String name) {
        if (object.get(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw unlike(name, "a text");
    }

    private static double number(JsonElement value, String name) {
        if (value instanceof JsonPrimitive number && number.isNumber()) {
            return number.getAsDouble();
        }
        throw unlike(name, "a number");
    }

    private static IllegalArgumentException unlike(String name, String expected) {
        return new IllegalArgumentException("\"" + name + "\" should be " + expected);
    }
}
