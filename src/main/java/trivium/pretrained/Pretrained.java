package trivium.pretrained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import trivium.model.Architecture;
import trivium.model.Transformer;
import trivium.run.Fingerprint;
import trivium.run.Origin;
import trivium.run.Outcome;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;
import trivium.tensor.Dtype;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.TokenizerConfig;
import trivium.text.Tokenizers;

/** Reads a Hugging Face folder as a run whose training was elsewhere. */
public final class Pretrained {

    /** The {@link RunCard#kind} of such runs. */
    public static final String KIND = "pretrained";

    /**
     * The longest context that is taken unasked: rotary tables, keys and values of decoding take memory for all of it.
     */
    static final int CONTEXT = 4_096;

    private static final String TOKENIZER = "tokenizer.json";

    private Pretrained() {}

    /**
     * Reads a folder: config.json, the weights, tokenizer.json. The context is what the model was made for, up to
     * {@value #CONTEXT} tokens.
     *
     * @throws IllegalArgumentException in one sentence: what in the folder is missing, damaged or not supported
     */
    public static Run load(Path folder) {
        return load(folder, OptionalInt.empty(), Dtype.F32);
    }

    /**
     * The same with matrices and embeddings in memory in this type. {@link Dtype#BF16} takes half the memory and is for
     * a folder in bfloat16 of which adapters are trained ({@code lora(…)}) or that only scores and generates; all that
     * is computed is the same to the last bit. A training without an adapter begins with a copy in float32.
     *
     * @throws IllegalArgumentException also if numbers of the folder are not of this type
     */
    public static Run load(Path folder, Dtype dtype) {
        return load(folder, OptionalInt.empty(), dtype);
    }

    /** The same with this context, in tokens, at most what the model was made for. */
    public static Run load(Path folder, int context) {
        return load(folder, OptionalInt.of(context), Dtype.F32);
    }

    /** The same with this context and in this type. */
    public static Run load(Path folder, int context, Dtype dtype) {
        return load(folder, OptionalInt.of(context), dtype);
    }

    /** The same with the adapter that PEFT wrote into another folder beside it. */
    public static Run load(Path folder, Path adapter) {
        return load(folder, adapter, Dtype.F32);
    }

    /** The same with matrices and embeddings of the model beneath in memory in this type. */
    public static Run load(Path folder, Path adapter, Dtype dtype) {
        var run = load(folder, dtype);
        var base = (Transformer) run.model();
        var family = HuggingFaceFolder.family(Export.of(run));
        var tokenizer = adaptersTokenizer(folder, adapter).orElse(run.tokenizer());
        var adapted = PeftFolder.read(adapter, family, base, tokenizer.size());
        var recipe = new LinkedHashMap<>(run.card().recipe());
        recipe.put("adapter", adapter.toString());
        recipe.put(
                "adapter_files",
                hashes(Stream.of(PeftConfig.FILE, PeftFolder.WEIGHTS).map(adapter::resolve)));
        var card = run.card();
        return new Run(
                        new RunCard(
                                id(folder) + "-" + id(adapter),
                                KIND,
                                null,
                                recipe,
                                card.outcome(),
                                card.origin(),
                                card.name()),
                        adapted,
                        tokenizer,
                        Map.of())
                .with(tokenizer == run.tokenizer() ? run.template() : template(adapter, tokenizer, run));
    }

    /**
     * Whether a model that was loaded, or that started from one, had learned to answer there. Its chat template does
     * not say so, which bases bring along, too; that what it writes ends where an answer does, or an adapter, does.
     */
    public static boolean answers(Run run) {
        var source = Source.of(run);
        if (source.isEmpty() || run.template().missing(run.tokenizer()).isPresent()) {
            return false;
        }
        int stop = run.template().stop(run.tokenizer());
        var named = source.get().names().get("eos_token");
        return run.card().recipe().containsKey("adapter")
                || named != null && run.tokenizer().special(named).equals(OptionalInt.of(stop))
                || run.endOfSequence().contains(stop) && !source.get().isOurs();
    }

    /** That of the adapter's folder, where it is another than the model's: with the tokens that were added to it. */
    private static Optional<Tokenizer> adaptersTokenizer(Path folder, Path adapter) {
        var file = adapter.resolve(TOKENIZER);
        var model = folder.resolve(TOKENIZER);
        try {
            boolean other = Files.exists(file) && (!Files.exists(model) || Files.mismatch(file, model) >= 0);
            return other ? Optional.of(Tokenizers.load(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static ChatTemplate template(Path adapter, Tokenizer tokenizer, Run run) {
        return ChatTemplate.jinja(TokenizerConfig.read(adapter), tokenizer).orElse(run.template());
    }

    private static Run load(Path folder, OptionalInt context, Dtype dtype) {
        var begun = Instant.now();
        var single = Llama2c.in(folder);
        if (single.isPresent()) {
            if (dtype != Dtype.F32) {
                throw new IllegalArgumentException(
                        single.get() + " is a file of llama2.c, whose numbers are float32: leave out the dtype");
            }
            return llama2c(folder, single.get(), context, begun);
        }
        if (!Files.exists(folder.resolve(HuggingFaceConfig.FILE))) {
            throw new IllegalArgumentException(noModel(folder));
        }
        var file = folder.resolve(HuggingFaceConfig.FILE);
        var read = HuggingFaceConfig.read(file);
        var weights = WeightFiles.open(folder);
        var config = weights.dtype().map(stored -> read.typed(stored, file)).orElse(read);
        // on a thread of its own: what a cell left behind may keep the common pool's busy
        var hashes = CompletableFuture.supplyAsync(
                () -> hashes(saying(folder, weights.files())),
                task -> Thread.ofPlatform().daemon().start(task));
        var architecture = config.architecture().context(context(config, folder, context));
        var reading = WeightReading.of(weights, config, architecture.context());
        var model = Transformer.blank(architecture, config.vocabulary(), config.vocabulary(), dtype);
        reading.fill(model.parameters());
        var tokenizer = tokenizer(folder, config.vocabulary());
        var source = Source.of(folder, config, reading.dtypes());
        var card = card(folder, source, joined(hashes), architecture, begun);
        var beyond =
                source.ends().stream().filter(id -> id >= config.vocabulary()).toList();
        if (!beyond.isEmpty()) {
            card = card.noting("its " + Run.END_OF_SEQUENCE + " names " + beyond + ", but the model has tokens 0 to "
                    + (config.vocabulary() - 1) + ": nothing ends there");
        }
        if (architecture.context() < config.longest()) {
            boolean window = architecture.context() == config.architecture().context();
            card = card.noting("the context is " + architecture.context() + " of the " + config.longest()
                    + " tokens that the model was made for"
                    + (window
                            ? ": layers of it see a window of that many, within which they see everything"
                            : "; load(folder, context) takes another"));
        }
        return withTemplate(card, model, tokenizer, folder);
    }

    /** What a place is that is no folder of a model. */
    private static String noModel(Path place) {
        if (Files.isRegularFile(place)) {
            var other = WeightFiles.other(place.getFileName().toString());
            return place + " is a file; give the folder with " + HuggingFaceConfig.FILE + ", the weights and "
                    + TOKENIZER + other.map(why -> "; it " + why).orElse("");
        }
        if (!Files.isDirectory(place)) {
            return "there is no folder " + place;
        }
        return place.toAbsolutePath() + " is no folder of a model: it has no " + HuggingFaceConfig.FILE
                + (Files.exists(place.resolve(PeftConfig.FILE))
                        ? "; with its " + PeftConfig.FILE
                                + " it is the folder of an adapter: load(model, adapter) loads"
                                + " the folder of the model that it was trained beside, and this"
                        : WeightFiles.others(place));
    }

    private static RunCard card(
            Path folder, Source source, Map<String, String> hashes, Architecture architecture, Instant begun) {
        var recipe = new LinkedHashMap<String, Object>();
        recipe.put("folder", folder.toString());
        recipe.put(Run.PRETRAINED, source.values());
        recipe.put("licence", licence(folder));
        recipe.put("files", unharmed(folder, hashes));
        recipe.put("architecture", architecture.settings());
        return new RunCard(
                id(folder), KIND, null, recipe, Outcome.now(new Status.Finished(), begun), Origin.here(0, ""));
    }

    /** With the chat template of the folder, or a note why it is not used. */
    private static Run withTemplate(RunCard card, Transformer model, Tokenizer tokenizer, Path folder) {
        try {
            var run = new Run(card, model, tokenizer, Map.of());
            return ChatTemplate.jinja(TokenizerConfig.read(folder), tokenizer)
                    .map(run::with)
                    .orElse(run);
        } catch (IllegalArgumentException e) {
            return new Run(card.noting("its chat template is not used: " + e.getMessage()), model, tokenizer, Map.of());
        }
    }

    /** A folder of llama2.c: the model's file and tokenizer.bin. */
    private static Run llama2c(Path folder, Path file, OptionalInt context, Instant begun) {
        try {
            var whole = Llama2c.read(file);
            int most = whole.architecture().context();
            if (context.isPresent() && context.getAsInt() != most) {
                throw new IllegalArgumentException(
                        "a context of " + context.getAsInt() + " tokens; the model in " + file + " has " + most);
            }
            var tokens = folder.resolve(Llama2cTokenizer.FILE);
            if (!Files.exists(tokens)) {
                throw new IllegalArgumentException(folder + " has no " + Llama2cTokenizer.FILE
                        + ", which says how text becomes tokens of " + file.getFileName());
            }
            var tokenizer = Llama2cTokenizer.read(tokens, whole.vocabulary());
            var json = HuggingFaceConfig.write(LlamaFamily.LLAMA, whole.architecture(), whole.vocabulary());
            json.addProperty("bos_token_id", 1);
            json.addProperty("eos_token_id", 2);
            var names = Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>");
            var source = new Source(json.toString(), "", names, Dtype.F32, Map.of(), folder.toString());
            var card = card(folder, source, hashes(Stream.of(file, tokens)), whole.architecture(), begun);
            return new Run(card, whole.model(file), tokenizer, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static int context(HuggingFaceConfig config, Path folder, OptionalInt asked) {
        int most = config.architecture().context();
        if (asked.isEmpty()) {
            return Math.min(most, CONTEXT);
        }
        if (asked.getAsInt() < 1 || asked.getAsInt() > most) {
            throw new IllegalArgumentException("a context of " + asked.getAsInt() + " tokens; the model in " + folder
                    + " takes 1 to " + most
                    + (most < config.longest() ? ", which is its sliding window" : ""));
        }
        return asked.getAsInt();
    }

    private static Tokenizer tokenizer(Path folder, int vocabulary) {
        var file = folder.resolve(TOKENIZER);
        boolean two = Files.exists(folder.resolve("vocab.json")) && Files.exists(folder.resolve("merges.txt"));
        if (!Files.exists(file) && !two) {
            throw new IllegalArgumentException(folder + " has no tokenizer.json"
                    + (Files.exists(folder.resolve("tokenizer.model"))
                            ? "; tokenizer.model is not read: write tokenizer.json with transformers'"
                                    + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)"
                            : ", which says how text becomes tokens"));
        }
        var tokenizer = Files.exists(file)
                ? Tokenizers.load(file)
                : Tokenizers.loadGpt2(folder.resolve("vocab.json"), folder.resolve("merges.txt"));
        if (tokenizer.size() > vocabulary) {
            throw new IllegalArgumentException(file + " has " + tokenizer.size() + " tokens, but the model in " + folder
                    + " has embeddings of " + vocabulary + " (vocab_size)");
        }
        return tokenizer;
    }

    /** The folder's files that say what the model is. */
    private static Stream<Path> saying(Path folder, List<Path> weights) {
        return Stream.concat(
                Stream.of(
                                HuggingFaceConfig.FILE,
                                "generation_config.json",
                                TOKENIZER,
                                "tokenizer_config.json",
                                "chat_template.jinja")
                        .map(folder::resolve)
                        .filter(Files::exists),
                weights.stream());
    }

    /** SHA-256 of files, by name. */
    private static Map<String, String> hashes(Stream<Path> files) {
        var hashes = new LinkedHashMap<String, String>();
        files.forEach(file -> {
            try {
                hashes.put(file.getFileName().toString(), Fingerprint.of(file));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
            }
        });
        return hashes;
    }

    /** Refuses a file that is not what was downloaded, where the folder has a list of that. */
    private static Map<String, String> unharmed(Path folder, Map<String, String> hashes) {
        try {
            DownloadManifest.in(folder)
                    .ifPresent(manifest -> hashes.forEach((name, hash) -> manifest.check(folder.resolve(name), hash)));
            return hashes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    private static <T> T joined(CompletableFuture<T> work) {
        try {
            return work.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The name of the file with the licence, or an empty text. */
    private static String licence(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("(?i)(licen[cs]e|copying|usage_policy)([._-].*)?"))
                    .sorted()
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * The folder's name as the id of a run; in Hugging Face's cache, where folders are called by commits, the model's.
     */
    private static String id(Path folder) {
        var place = folder.toAbsolutePath().normalize();
        var above = place.getParent();
        var name = String.valueOf(place.getFileName());
        if (above != null && above.endsWith("snapshots") && above.getParent() != null) {
            name = above.getParent().getFileName().toString().replaceFirst("^models--(.*--)?", "");
        }
        var id = name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[._-]+", "");
        return id.isEmpty() ? KIND : id;
    }
}
