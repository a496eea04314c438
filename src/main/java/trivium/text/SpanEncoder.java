package trivium.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import trivium.text.jinja.Rendering.Span;

/** Encodes a text of which some spans are learned, each beginning and ending with a token. */
final class SpanEncoder {

    private final Tokenizer tokenizer;
    private final ForgeryProofMarkers markers;

    SpanEncoder(Tokenizer tokenizer, ForgeryProofMarkers markers) {
        this.tokenizer = tokenizer;
        this.markers = markers;
    }

    Chat encode(List<Span> learned) {
        int length = markers.text().length();
        var cuts = new TreeSet<Integer>();
        learned.forEach(span -> {
            cuts.add(span.from());
            cuts.add(span.to());
        });
        cuts.add(length);
        var ids = new Ids(length / 2);
        var trained = new BitSet();
        int base = 0; // up to here everything is encoded
        int done = 0; // tokens up to the last cut, from the base on
        int before = 0; // the last cut
        int[] rest = encode(0, length);
        for (int cut : cuts) {
            int[] until = encode(base, cut);
            boolean begins = until.length <= rest.length
                    && Arrays.equals(until, 0, until.length, rest, 0, until.length)
                    && until.length >= done;
            if (!begins) {
                until = joined(Arrays.copyOf(rest, done), encode(before, cut));
            }
            int from = ids.size() + done;
            if (isLearned(learned, before, cut)) {
                trained.set(from, ids.size() + until.length);
            }
            done = until.length;
            if (!begins) {
                ids.addAll(until);
                base = cut;
                done = 0;
                rest = encode(cut, length);
            }
            before = cut;
        }
        ids.addAll(rest);
        var marks = new boolean[ids.size()];
        trained.stream().forEach(token -> marks[token] = true);
        return new Chat(ids.toArray(), marks);
    }

    private static boolean isLearned(List<Span> learned, int from, int to) {
        return learned.stream().anyMatch(span -> span.from() <= from && to <= span.to());
    }

    private static int[] joined(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The ids of a part of the text, in which the template's markers are tokens and no others are. */
    private int[] encode(int from, int to) {
        var text = markers.text().substring(from, to);
        if (markers.areAll(from, to)) {
            return tokenizer.encodeWithSpecials(text);
        }
        var ids = new Ids(text.length() / 2);
        int done = from;
        for (var marker : markers.between(from, to)) {
            ids.addAll(tokenizer.encode(markers.text().substring(done, marker.start())));
            ids.addAll(new int[] {tokenizer.special(marker.text()).orElseThrow()});
            done = marker.start() + marker.text().length();
        }
        ids.addAll(tokenizer.encode(markers.text().substring(done, to)));
        return ids.toArray();
    }
}
