package trivium.pretrained;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import trivium.data.catalogue.Content;

/**
 * A model on Hugging Face, and which of its files are wanted.
 *
 * @param name owner and name
 * @param revision a branch, a tag or a commit
 * @param folder what its folder in the cache is called
 * @param wanted in the order in which they are fetched: small ones first, which say soon that there is no such model
 */
record Repository(String name, String revision, String folder, List<Wanted> wanted) {

    private static final String PART = "[A-Za-z0-9][A-Za-z0-9._-]*";

    static final String WEIGHTS = "model.safetensors";
    static final String SHARDS = "model.safetensors.index.json";

    private static final List<String> NEEDED = List.of("config.json", "tokenizer.json");

    /** What not every repository has; the last two say what it is and under which terms it may be used. */
    private static final List<String> WELCOME = List.of(
            "generation_config.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "LICENSE",
            "README.md");

    /**
     * A file that is wanted.
     *
     * @param file its name in the folder
     * @param from its path in the repository, or an address elsewhere
     * @param sha256 of its content, where it is known; else empty
     * @param needed whether a repository without it is refused
     */
    record Wanted(String file, String from, String sha256, boolean needed) {

        Wanted(String file, boolean needed) {
            this(file, file, "", needed);
        }

        Content known() {
            return new Content(Content.UNKNOWN, sha256);
        }

        /** Where it is, in a repository of this revision. */
        URI address(URI endpoint, String repository, String revision) {
            return from.startsWith("https:")
                    ? URI.create(from)
                    : URI.create(endpoint + "/" + repository + "/resolve/" + revision + "/" + from);
        }
    }

    /**
     * The commits and the SHA-256 of the weights of those models for which several people have published the same. The
     * others are taken from where the branch {@code main} is, and the server says what they should be.
     */
    private static final Map<String, List<String>> PINNED = Map.of(
            "distilgpt2",
                    List.of(
                            "2290a62682d06624634c1f46a6ad5be0f47f38aa",
                            "e1ff18884359fe8beb795a5f414feb85a6ce3d929ad019c0d958c039d2b94a1b"),
            "gpt2",
                    List.of(
                            "607a30d783dfa663caf39e06633721c8d4cfcd7e",
                            "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707"),
            "SmolLM2-135M",
                    List.of(
                            "93efa2f097d58c2a74874c7e644dbc9b0cee75a2",
                            "80521b40281d6ce74e35c9282c22539e75aa0ac8578892b2a59955ef78d55da1"),
            "SmolLM2-135M-Instruct",
                    List.of(
                            "12fd25f77366fa6b3b4b768ec3050bf629380bac",
                            "5af571cbf074e6d21a03528d2330792e532ca608f24ac70a143f6b369968ab8c"),
            "SmolLM2-360M",
                    List.of(
                            "f8027fd0eaeea54caa13c31d31b9fdc459c38b49",
                            "7aaff6661428bed033abba9522bec81938678642cca3181fe752b6ca9e1e540f"),
            "SmolLM2-360M-Instruct",
                    List.of(
                            "a10cc1512eabd3dde888204e902eca88bddb4951",
                            "e6bffe7435d7ddc10fd3b9a9efd429dafbacb1cb17015fb5562664e7532bf86e"),
            "Qwen3-0.6B",
                    List.of(
                            "c1899de289a04d12100db370d81485cdf75e47ca",
                            "f47f71177f32bcd101b7573ec9171e6a57f4f4d31148d38e382306f42996874b"),
            "stories15M", List.of("main", "cd590644d963867a2b6e5a1107f51fad663c41d79c149fbecbbb1f95fa81f49a"),
            "stories42M", List.of("main", "9f65a1000e17d0bc167dd6332e0ce5119a0222a3d920cead5bce413bfab2ee7b"),
            "stories110M", List.of("main", "515267168726a1ed1317a64a408492e6af3b67c1f71c5bd98c01d9d721803a24"));

    /** The tokenizer of all stories models but the smallest; it is in the repository of llama2.c. */
    private static final Wanted LLAMA_TOKENIZER = new Wanted(
            "tokenizer.bin",
            "https://raw.githubusercontent.com/karpathy/llama2.c/350e04fe35433e6d2941dce5a1f53308f87058eb/tokenizer.bin",
            "50a52ef822ee9e83de5ce9d0be0a025a773d019437f58b5ff9dcafb063ece361",
            true);

    Repository {
        wanted = List.copyOf(wanted);
    }

    /**
     * By a name of the catalogue, or {@code OWNER/NAME} or {@code OWNER/NAME@REVISION}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static Repository of(String name) {
        if (name.matches(PART + "/" + PART + "(@" + PART + ")?")) {
            var parts = name.split("@", 2);
            var revision = parts.length > 1 ? parts[1] : "main";
            return new Repository(parts[0], revision, name.replace("/", "--"), folderFormat(""));
        }
        var model = PretrainedModels.named(name);
        var pin = PINNED.getOrDefault(name, List.of("main", ""));
        var wanted = model.format().equals(PretrainedModel.LLAMA2C)
                ? llama2c(name, pin.getLast())
                : folderFormat(pin.getLast());
        return new Repository(model.repository(), pin.getFirst(), name, wanted);
    }

    private static List<Wanted> folderFormat(String sha256) {
        return Stream.of(
                        NEEDED.stream().map(file -> new Wanted(file, true)),
                        WELCOME.stream().map(file -> new Wanted(file, false)),
                        Stream.of(new Wanted(WEIGHTS, WEIGHTS, sha256, false)))
                .flatMap(each -> each)
                .toList();
    }

    private static List<Wanted> llama2c(String name, String sha256) {
        var readme = new Wanted("README.md", false);
        return name.equals("stories260K")
                ? List.of(
                        new Wanted("tokenizer.bin", "stories260K/tok512.bin", "", true),
                        readme,
                        new Wanted(name + ".bin", "stories260K/" + name + ".bin", sha256, true))
                : List.of(LLAMA_TOKENIZER, readme, new Wanted(name + ".bin", name + ".bin", sha256, true));
    }
}
