package trivium.pretrained;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import trivium.model.Architecture.Position;
import trivium.model.JsonFields;
import trivium.model.Parameters;
import trivium.model.SafetensorsFile;
import trivium.pretrained.TensorMap.Tensor;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;
import trivium.text.ParallelErrors;

/**
 * Weights on their way from mapped files into a model's flat vector. Names and shapes are checked before the model asks
 * for memory.
 *
 * @param found each tensor of the family with where it stands
 */
record WeightReading(List<Found> found) {

    /** What a thread converts at once; it goes with the thread. */
    private static final ThreadLocal<Floats> CONVERTED = ThreadLocal.withInitial(() -> Floats.zeros(Parameters.PIECE));

    /** A tensor and the name it has in a file. */
    record Found(Tensor tensor, SafetensorsFile file, String name) {}

    /**
     * Looks for every tensor.
     *
     * @param context of the model; a table of learned positions may be longer
     */
    static WeightReading of(WeightFiles weights, HuggingFaceConfig config, int context) {
        var family = config.family();
        var found = new ArrayList<Found>();
        var names = new HashSet<String>();
        var shape = config.architecture();
        boolean learned = shape.conventions().position() == Position.LEARNED;
        var whole = family.tensors(learned ? shape.context(config.longest()) : shape, config.vocabulary())
                .tensors();
        var cut = family.tensors(config.architecture().context(context), config.vocabulary())
                .tensors();
        for (int i = 0; i < whole.size(); i++) {
            var name = name(whole.get(i).name(), family, weights);
            var file = weights.places().get(name);
            requireShape(whole.get(i), file, name);
            found.add(new Found(cut.get(i), file, name));
            names.add(name);
        }
        refuseOthers(weights, config, names);
        return new WeightReading(List.copyOf(found));
    }

    /** Under which of its names a tensor is there. */
    private static String name(String tensor, Family family, WeightFiles weights) {
        var bare = tensor.startsWith(family.prefix())
                ? tensor.substring(family.prefix().length())
                : tensor;
        for (var name : List.of(tensor, family.alias(tensor), bare)) {
            if (weights.places().containsKey(name)) {
                return name;
            }
        }
        throw new IllegalArgumentException(weights.files().getFirst() + " has no tensor \"" + tensor + "\", which a "
                + family.modelType() + " model of this config.json needs; it has "
                + weights.places().size()
                + " tensors");
    }

    private static void requireShape(Tensor tensor, SafetensorsFile file, String name) {
        var shape = file.get(name).shape();
        if (!shape.equals(tensor.shape())) {
            throw new IllegalArgumentException(file.file() + ": tensor " + name + " has shape "
                    + JsonFields.shown(shape) + ", but config.json describes " + tensor.shape());
        }
    }

    private static void refuseOthers(WeightFiles weights, HuggingFaceConfig config, HashSet<String> names) {
        var family = config.family();
        boolean tied = config.architecture().conventions().tiedHead();
        var ignored = family.ignored().stream().map(Pattern::compile).toList();
        for (var name : weights.places().keySet()) {
            if (names.contains(name)
                    || ignored.stream()
                            .anyMatch(pattern -> pattern.matcher(name).matches()
                                    || pattern.matcher(family.prefix() + name).matches())) {
                continue;
            }
            var file = weights.places().get(name);
            if (tied && (name.equals("lm_head.weight") || name.equals("embed_out.weight"))) {
                requireTied(file, name, weights, config);
                continue;
            }
            throw new IllegalArgumentException(file.file() + " has a tensor " + JsonFields.shown(name)
                    + ", for which a " + family.modelType() + " model of this config.json has no place");
        }
    }

    /** A head beside a tied embedding has to be the embedding, number for number. */
    private static void requireTied(SafetensorsFile file, String name, WeightFiles weights, HuggingFaceConfig config) {
        var other = name(config.family().embedding(), config.family(), weights);
        var there = weights.places().get(other);
        boolean same = file.get(name).shape().equals(there.get(other).shape());
        int columns = config.architecture().width();
        var one = Floats.zeros(columns);
        var two = Floats.zeros(columns);
        for (int row = 0; same && row < config.vocabulary(); row++) {
            file.read(name, (long) row * columns, one, 0, columns);
            there.read(other, (long) row * columns, two, 0, columns);
            same = Arrays.equals(one.toArray(), two.toArray());
        }
        if (!same) {
            throw new IllegalArgumentException(file.file() + ": tensor " + name + " is not " + other
                    + ", though config.json says that they are tied (tie_word_embeddings); set that to false");
        }
    }

    /** The types of the tensors by name; none of another type than floating point. */
    Map<String, Dtype> dtypes() {
        var dtypes = new LinkedHashMap<String, Dtype>();
        found.forEach(each -> dtypes.put(each.tensor().name(), each.file().dtype(each.name())));
        return dtypes;
    }

    /** Converts all tensors straight into the flat vector, or on their way into bfloat16. */
    void fill(Parameters parameters) {
        var places = TensorMap.places(parameters.tensors());
        try {
            found.parallelStream().forEach(each -> fill(each, places, parameters));
        } catch (RuntimeException e) {
            throw ParallelErrors.unwrapped(e);
        }
    }

    private static void fill(Found found, Map<String, Parameters.Tensor> places, Parameters parameters) {
        var tensor = found.tensor();
        int size = tensor.rowSize();
        int row = 0;
        for (var piece : tensor.pieces()) {
            var place = places.get(piece.tensor());
            long from = place.offset() + (long) piece.from() * size;
            if (parameters.dtype() == Dtype.F32) {
                read(found, row, piece.rows(), parameters.values(), from);
                requireFinite(found.file(), found.name(), parameters.values(), from, (long) piece.rows() * size);
            } else {
                convert(found, row, piece.rows(), parameters, place, from);
            }
            row += piece.rows();
        }
    }

    /** Reads rows, from {@code row} of the tensor on, to {@code values[at …]}. */
    private static void read(Found found, int row, int rows, Floats values, long at) {
        int size = found.tensor().rowSize();
        if (found.tensor().transposed()) {
            found.file().readTransposed(found.name(), row, rows, values, at);
        } else {
            found.file().read(found.name(), (long) row * size, values, at, (long) rows * size);
        }
    }

    /** The same to {@code parameters[to …]}, some rows at a time. */
    private static void convert(
            Found found, int row, int rows, Parameters parameters, Parameters.Tensor place, long to) {
        int size = found.tensor().rowSize();
        int most = Math.clamp(Parameters.PIECE / size, 1, rows);
        var values = size > Parameters.PIECE ? Floats.zeros(size) : CONVERTED.get();
        for (int done = 0; done < rows; done += most) {
            int some = Math.min(most, rows - done);
            long count = (long) some * size;
            read(found, row + done, some, values, 0);
            requireFinite(found.file(), found.name(), values, 0, count);
            requireExact(found.file(), found.name(), parameters.dtype(place), values, count);
            parameters.write(to + (long) done * size, values, 0, count);
        }
    }

    /** Refuses numbers that rounding would change. */
    static void requireExact(SafetensorsFile file, String name, Dtype dtype, Floats values, long count) {
        if (!dtype.holds(values, 0, count)) {
            throw new IllegalArgumentException(file.file() + ": tensor " + name
                    + " has numbers that are not " + dtype.torchName() + ", and load rounds none: write the model"
                    + " rounded with save(load(folder)).dtype(\"" + dtype.torchName()
                    + "\").huggingFace(another), and load that, or leave out the dtype");
        }
    }

    /** Refuses numbers that were read from a tensor. */
    static void requireFinite(SafetensorsFile file, String name, Floats values, long from, long count) {
        if (!Float.isFinite(Vectors.largest(values, from, from + count))) {
            throw new IllegalArgumentException(file.file() + ": tensor " + name
                    + " has numbers that are not finite; the file is damaged, or the training that wrote it diverged");
        }
    }
}
