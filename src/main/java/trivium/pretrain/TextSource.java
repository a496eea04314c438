package trivium.pretrain;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import trivium.data.Corpus;
import trivium.data.DocumentEncoder;
import trivium.data.TokenFile;
import trivium.data.Tokens;
import trivium.data.files.ContentHash;
import trivium.run.TrainingData;
import trivium.text.Tokenizer;

/** What is read in pre-training: a corpus in memory, or token files, which are mapped and may be larger than that. */
public sealed interface TextSource {

    /** Documents in memory, split by their content. */
    record Documents(Corpus corpus) implements TextSource {

        @Override
        public String toString() {
            return corpus.toString();
        }
    }

    /** One token file; the documents at its end validate. */
    record OneFile(TokenFile file) implements TextSource {

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** Two token files; all of the second validates, as it stands. */
    record TwoFiles(TokenFile train, TokenFile validation) implements TextSource {

        @Override
        public String toString() {
            return train + "; validation " + validation;
        }
    }

    /**
     * A text as tokens.
     *
     * @param train what is learned from
     * @param validation what validates, as it stands
     * @param heldBack the documents of {@code validation}
     */
    record TokenSplit(Tokens train, Tokens validation, Supplier<Stream<String>> heldBack) {}

    /** SHA-256 of the text; of two files, of both hashes. */
    default String sha256() {
        return switch (this) {
            case Documents(var corpus) -> corpus.sha256();
            case OneFile(var file) -> file.dataHash();
            case TwoFiles(var train, var validation) ->
                ContentHash.of(Stream.of(train.dataHash(), validation.dataHash()));
        };
    }

    /** Where it comes from. */
    default String name() {
        return this instanceof Documents(var corpus) ? corpus.name() : String.join("; ", paths());
    }

    /** The token files; none for documents in memory. */
    default List<String> paths() {
        return switch (this) {
            case Documents _ -> List.of();
            case OneFile(var file) -> List.of(file.path().toString());
            case TwoFiles(var train, var validation) ->
                List.of(train.path().toString(), validation.path().toString());
        };
    }

    /** The opposite of {@link #paths}. */
    static TextSource open(List<String> paths) {
        var files = paths.stream().map(path -> TokenFile.open(Path.of(path))).toList();
        return files.size() == 1 ? new OneFile(files.getFirst()) : new TwoFiles(files.getFirst(), files.getLast());
    }

    /** What is kept beside the run to train it again; token files stay where they are. */
    default TrainingData toKeep(Tokenizer tokenizer) {
        return this instanceof Documents(var corpus)
                ? TrainingData.of(corpus, tokenizer)
                : new TrainingData(Stream::empty, tokenizer);
    }

    /** Whether a share of it is set aside for validation; two files are split already. */
    default boolean isShared() {
        return !(this instanceof TwoFiles);
    }

    /** The seed with which documents were rearranged when the file was built; 0 unless there is such a file. */
    default long middleSeed() {
        return this instanceof TwoFiles files ? files.train.middles().seed() : 0;
    }

    /** The task that fits best: what a file was built for, or what the architecture can learn. */
    default Task task(boolean looksAhead) {
        var built = this instanceof TwoFiles files ? built(files.train) : Task.nextToken();
        return built instanceof Task.MissingMiddle || !looksAhead ? built : Task.maskedTokens();
    }

    /** Missing middles where a file has them, otherwise the next token of documents as they stand. */
    private static Task built(TokenFile file) {
        var middles = file.middles();
        return middles.rate() > 0 ? new Task.MissingMiddle(middles.rate(), middles.between()) : Task.nextToken();
    }

    /**
     * Refuses what the task cannot be learned from.
     *
     * @throws IllegalArgumentException if files were built with another tokenizer or for another task, or there is one
     *     document only and middles are to be moved between its parts
     */
    default void check(Tokenizer tokenizer, Task task) {
        switch (this) {
            case Documents(var corpus) -> {
                if (task instanceof Task.MissingMiddle && corpus.documents().size() < 2) {
                    throw new IllegalArgumentException(corpus.name() + " is one document, whose prefix, suffix and"
                            + " middle would hardly ever be seen together; cut it into short ones, such as"
                            + " Corpus.read(Format.text(Cut.BLANK_LINES), path)");
                }
            }
            case OneFile(var file) -> {
                file.check(tokenizer);
                if (task instanceof Task.MissingMiddle) {
                    throw new IllegalArgumentException("middles are moved when a token file is built, and validation"
                            + " needs text as it stands; build two: TokenFile.build(path, documents, tokenizer,"
                            + " FillInTheMiddle.of(tokenizer, seed), listener), and a plain one to validate");
                }
                checkBuilt(file, Task.nextToken());
            }
            case TwoFiles(var train, var validation) -> {
                train.check(tokenizer);
                validation.check(tokenizer);
                checkBuilt(train, task instanceof Task.MissingMiddle ? task : Task.nextToken());
                checkBuilt(validation, Task.nextToken());
            }
        }
    }

    private static void checkBuilt(TokenFile file, Task wanted) {
        var built = built(file);
        if (!built.equals(wanted)) {
            throw new IllegalArgumentException(file.path() + " was built for " + said(built) + ", but is wanted for "
                    + said(wanted) + "; build it again, or take the task it was built for");
        }
    }

    private static String said(Task task) {
        return task instanceof Task.MissingMiddle(double rate, var between)
                ? "missing middles in " + rate + " of its documents, cut between " + between
                : "documents as they stand";
    }

    /**
     * The text as tokens.
     *
     * @param tokenizer with the special tokens of the task
     * @param share of the text that validates, where it {@link #isShared}
     * @param seed where documents are rearranged now
     */
    default TokenSplit sides(Tokenizer tokenizer, Task task, double share, long seed) {
        return switch (this) {
            case Documents(var corpus) -> {
                var split = corpus.split(share);
                DocumentEncoder encoder = task instanceof Task.MissingMiddle middle
                        ? middle.with(tokenizer, seed)
                        : DocumentEncoder.plain(tokenizer);
                yield new TokenSplit(
                        Tokens.encode(split.train(), tokenizer, encoder),
                        Tokens.encode(split.validation(), tokenizer),
                        split.validation().documents()::stream);
            }
            case OneFile(var file) -> {
                var split = file.tokens().split(share, tokenizer);
                yield new TokenSplit(
                        split.train(),
                        split.validation(),
                        () -> split.validation().documents(tokenizer));
            }
            case TwoFiles(var train, var validation) ->
                new TokenSplit(
                        train.tokens(),
                        validation.tokens(),
                        () -> validation.tokens().documents(tokenizer));
        };
    }
}
