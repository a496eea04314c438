package trivium.text;

/** One rule of byte-pair encoding: tokens {@code left} and {@code right} side by side become token {@code result}. */
record Merge(int left, int right, int result) {}
