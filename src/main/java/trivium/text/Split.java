package trivium.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts where an expression matches, as Hugging Face's Split: what becomes of the matches says {@code behaviour}
 * (tokenizers, {@code normalizer.rs}, {@code NormalizedString::split}).
 *
 * @param invert what is between matches counts as the matches
 */
record Split(Expression delimiter, Behaviour behaviour, boolean invert) implements PreTokenizer {

    /** What becomes of a match. */
    enum Behaviour {
        /** It belongs to no piece. */
        REMOVED,
        /** It is a piece. */
        ISOLATED,
        /** It ends the piece before it. */
        MERGED_WITH_PREVIOUS,
        /** It begins the piece after it. */
        MERGED_WITH_NEXT,
        /** Matches in a row are one piece. */
        CONTIGUOUS
    }

    private record Stretch(int start, int end, boolean match) {}

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        if (behaviour == Behaviour.ISOLATED) {
            delimiter.cut(text, from, to, pieces);
            return;
        }
        var stretches = stretches(text, from, to);
        var merged = switch (behaviour) {
            case REMOVED -> stretches.stream().filter(s -> !s.match).toList();
            case ISOLATED -> stretches;
            case MERGED_WITH_PREVIOUS -> merged(stretches);
            case MERGED_WITH_NEXT -> merged(stretches.reversed()).reversed();
            case CONTIGUOUS -> contiguous(stretches);
        };
        for (var piece : merged) {
            if (piece.start < piece.end) {
                pieces.add(piece.start, piece.end);
            }
        }
    }

    private List<Stretch> stretches(char[] text, int from, int to) {
        var all = new ArrayList<Stretch>();
        int[] done = {from};
        delimiter.find(new String(text, from, to - from), (first, last) -> {
            if (done[0] < from + first) {
                all.add(new Stretch(done[0], from + first, invert));
            }
            all.add(new Stretch(from + first, from + last, !invert));
            done[0] = from + last;
        });
        if (done[0] < to) {
            all.add(new Stretch(done[0], to, invert));
        }
        return all;
    }

    /** A match joins the stretch before it in the list, the second of two matches in a row does not. */
    private static List<Stretch> merged(List<Stretch> stretches) {
        var merged = new ArrayList<Stretch>();
        boolean afterMatch = false;
        for (var next : stretches) {
            if (next.match && !afterMatch && !merged.isEmpty()) {
                merged.add(joined(merged.removeLast(), next));
            } else {
                merged.add(next);
            }
            afterMatch = next.match;
        }
        return merged;
    }

    private static List<Stretch> contiguous(List<Stretch> stretches) {
        var merged = new ArrayList<Stretch>();
        for (var next : stretches) {
            if (!merged.isEmpty() && merged.getLast().match == next.match) {
                merged.add(joined(merged.removeLast(), next));
            } else {
                merged.add(next);
            }
        }
        return merged;
    }

    private static Stretch joined(Stretch one, Stretch other) {
        return new Stretch(Math.min(one.start, other.start), Math.max(one.end, other.end), other.match);
    }

    @Override
    public String expression() {
        throw new UnsupportedOperationException("a Split has more than an expression");
    }
}
