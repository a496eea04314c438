package trivium.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import trivium.text.AddedTokens.Section;
import trivium.text.Pipeline.Place;

/**
 * Byte-pair encoding. Trained here it is byte-level as in GPT-2 (Radford et al. 2019): text is cut into words, numbers,
 * punctuation and spaces, and inside each piece the learned merges are applied to its UTF-8 bytes, the earliest learned
 * first. Read from a {@code tokenizer.json} it does what the file says, and answers the ids that Hugging Face's library
 * answers.
 *
 * <p>Byte-level and with all 256 bytes, every text can be represented. Half a surrogate pair is not text in UTF-8 and
 * becomes {@code ?}; ids that are not valid UTF-8 decode to the replacement character U+FFFD. Safe for use from several
 * threads.
 */
public final class BytePairTokenizer implements Tokenizer {

    /** Of how many characters sections are encoded by one core. */
    private static final int GROUP = 1 << 17;

    private final BytePairModel model;
    private final AddedTokens added;
    private final Pipeline pipeline;
    private final PreTokenizer cut;
    private final List<Finder> finders;
    private final Map<Integer, AddedToken> addedById = new HashMap<>();
    private final int size;

    /** The searches for added tokens, in text as it is and in normalised text. */
    private record Finder(AddedTokens.Finder raw, AddedTokens.Finder normalized) {}

    BytePairTokenizer(BytePairModel model, AddedTokens added, Pipeline pipeline) {
        this.model = model;
        this.added = added;
        this.pipeline = pipeline;
        this.cut = Objects.requireNonNullElse(pipeline.cut(), PreTokenizers.NONE);
        this.finders = List.of(finder(false), finder(true));
        added.all().forEach(token -> addedById.put(token.id(), token));
        this.size = Math.max(
                model.tokens().size(),
                1 + addedById.keySet().stream().mapToInt(id -> id).max().orElse(-1));
        pipeline.frame().check(size);
    }

    /** Byte-level, with special tokens behind {@code tokens}, the bytes of each token in id order. */
    static BytePairTokenizer byteLevel(
            List<byte[]> tokens, List<Merge> merges, PreTokenizer cut, List<String> specials) {
        var written = tokens.stream().map(ByteAlphabet::write).toList();
        var model = new BytePairModel(true, written, merges, MergeRules.NONE);
        return new BytePairTokenizer(model, new AddedTokens(List.of()), Pipeline.byteLevel(cut))
                .withSpecials(specials.toArray(String[]::new));
    }

    private Finder finder(boolean special) {
        return new Finder(
                added.raw(special),
                added.normalized(special, text -> pipeline.normalizer().apply(text, Place.START)));
    }

    @Override
    public int size() {
        return size;
    }

    /**
     * {@inheritDoc} Added tokens that are not special are found. Hugging Face's library answers the same ids with
     * {@code encode_special_tokens} set and {@code add_special_tokens=False}.
     */
    @Override
    public int[] encode(String text) {
        var ids = new Ids(text.length() / 2);
        encode(text, finders.get(0), Place.START, ids);
        return ids.toArray();
    }

    /** {@inheritDoc} Hugging Face's library answers the same ids with {@code add_special_tokens=False}. */
    @Override
    public int[] encodeWithSpecials(String text) {
        var ids = new Ids(text.length() / 2);
        encode(text, finders.get(1), Place.START, ids);
        return ids.toArray();
    }

    /** The sections between added tokens, in groups of which several are encoded on all cores. */
    private void encode(String text, Finder finder, Place place, Ids ids) {
        var groups = new ArrayList<List<Section>>();
        var group = new ArrayList<Section>();
        for (var section : finder.raw().cut(text)) {
            if (!group.isEmpty() && section.start() - group.getFirst().start() > GROUP) {
                groups.add(group);
                group = new ArrayList<>();
            }
            group.add(section);
        }
        groups.add(group);
        try {
            groups.parallelStream()
                    .map(each -> encode(each, finder, place))
                    .toList()
                    .forEach(ids::addAll);
        } catch (RuntimeException e) {
            throw ParallelErrors.unwrapped(e);
        }
    }

    private int[] encode(List<Section> sections, Finder finder, Place place) {
        var ids = new Ids(sections.size());
        for (var raw : sections) {
            if (raw.isToken()) {
                ids.add(raw.id());
                continue;
            }
            var where = raw.start() > 0 && place == Place.START ? Place.AFTER_TOKEN : place;
            for (var section : finder.normalized().cut(pipeline.normalizer().apply(raw.text(), where))) {
                if (section.isToken()) {
                    ids.add(section.id());
                } else {
                    var prefixed =
                            pipeline.prefix().apply(section.text(), section.start() > 0 ? Place.AFTER_TOKEN : where);
                    model.encode(prefixed.toCharArray(), cut, ids);
                }
            }
        }
        return ids.toArray();
    }

    /**
     * {@inheritDoc} Valid UTF-8 becomes the tokens of its text, each other byte the token of that byte: with a token
     * for every byte, {@link #bytes} gives back the very same bytes.
     */
    @Override
    public int[] encodeBytes(byte[] bytes) {
        var ids = new Ids(bytes.length / 2);
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var place = Place.START;
        while (true) {
            var result = decoder.reset().decode(in, out.clear(), true);
            encode(out.flip().toString(), finders.get(0), place, ids);
            if (!result.isError()) {
                return ids.toArray();
            }
            byte[] broken = new byte[result.length()];
            in.get(broken);
            ids.addAll(model.encodeBytes(broken));
            place = Place.AFTER_BYTE;
        }
    }

    @Override
    public int[] framed(int... ids) {
        var all = new Ids(ids.length + 2);
        pipeline.frame().before().forEach(all::add);
        all.addAll(ids);
        pipeline.frame().after().forEach(all::add);
        return all.toArray();
    }

    @Override
    public long unknown(String text) {
        return model.unknown(pipeline.prefix().apply(pipeline.normalizer().apply(text, Place.START), Place.START));
    }

    @Override
    public String decode(int... ids) {
        return pipeline.decoder() == Decoder.BYTES
                ? new String(bytes(ids), StandardCharsets.UTF_8)
                : Decoder.text(decoded(ids));
    }

    private String decoded(int... ids) {
        return String.join(
                "",
                pipeline.decoder()
                        .apply(IntStream.of(ids).mapToObj(this::written).toList()));
    }

    /** A token as the vocabulary writes it. */
    private String written(int id) {
        Specials.check(id, size);
        var special = addedById.get(id);
        return special == null ? Objects.requireNonNullElse(model.written(id), "") : special.content();
    }

    @Override
    public byte[] bytes(int... ids) {
        if (pipeline.decoder() != Decoder.BYTES) {
            return Decoder.bytes(decoded(ids));
        }
        var out = new ByteArrayOutputStream(ids.length * 4);
        for (int id : ids) {
            out.writeBytes(token(id));
        }
        return out.toByteArray();
    }

    private byte[] token(int id) {
        Specials.check(id, size);
        var special = addedById.get(id);
        return special == null ? model.bytes(id) : special.content().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String show(int id) {
        return Visible.show(token(id));
    }

    @Override
    public List<String> specials() {
        return added.special().map(AddedToken::content).toList();
    }

    @Override
    public OptionalInt special(String name) {
        return added.special()
                .filter(token -> token.content().equals(name))
                .mapToInt(AddedToken::id)
                .findFirst();
    }

    /**
     * {@inheritDoc} A name that the vocabulary has as a token which no text becomes, such as {@code </s>} in many
     * files, keeps its id.
     */
    @Override
    public BytePairTokenizer withSpecials(String... names) {
        var all = new ArrayList<>(added.all());
        int next = size;
        for (var name : names) {
            Specials.checkName(name);
            if (all.stream().noneMatch(token -> token.content().equals(name))) {
                int known = model.idOfSpare(name);
                all.add(new AddedToken(known >= 0 ? known : next++, name, EnumSet.of(AddedToken.Flag.SPECIAL)));
            }
        }
        return new BytePairTokenizer(model, new AddedTokens(Collections.unmodifiableList(all)), pipeline);
    }

    BytePairModel model() {
        return model;
    }

    AddedTokens added() {
        return added;
    }

    Pipeline pipeline() {
        return pipeline;
    }

    /** The {@code tokenizer.json} of Hugging Face's tokenizers library, which reads it too. */
    @Override
    public String toJson() {
        return HuggingFaceJson.write(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytePairTokenizer that
                && model.equals(that.model)
                && added.equals(that.added)
                && pipeline.equals(that.pipeline);
    }

    @Override
    public int hashCode() {
        return 31 * model.hashCode() + added.hashCode();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "byte-pair tokenizer, %,d entries with %,d merges%s",
                size(),
                model.merges().size(),
                Tokenizers.listed(specials()));
    }
}
