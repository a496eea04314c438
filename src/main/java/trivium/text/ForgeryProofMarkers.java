package trivium.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import trivium.text.AddedTokens.Section;
import trivium.text.jinja.Rendering;

/** The special tokens that a template wrote itself; what a message spells is none. */
final class ForgeryProofMarkers {

    private final Rendering rendering;
    private final AddedTokens.Finder finder;
    private final List<Section> markers = new ArrayList<>();

    ForgeryProofMarkers(Rendering rendering, List<String> names) {
        this.rendering = rendering;
        this.finder = new AddedTokens(IntStream.range(0, names.size())
                        .mapToObj(i -> new AddedToken(i, names.get(i), Set.of()))
                        .toList())
                .raw(false);
        var text = rendering.text();
        for (int from = 0; from < text.length(); ) {
            int to = from + 1;
            while (to < text.length() && rendering.isTemplates(to - 1, to) == rendering.isTemplates(to, to + 1)) {
                to++;
            }
            if (rendering.isTemplates(from, from + 1)) {
                for (var section : finder.cut(text.substring(from, to))) {
                    if (section.isToken()) {
                        markers.add(new Section(section.id(), section.text(), from + section.start()));
                    }
                }
            }
            from = to;
        }
    }

    String text() {
        return rendering.text();
    }

    Optional<Section> firstFrom(int place) {
        return markers.stream().filter(marker -> marker.start() >= place).findFirst();
    }

    /** The markers that begin between these places. */
    List<Section> between(int from, int to) {
        return markers.stream()
                .filter(marker -> marker.start() >= from && marker.start() < to)
                .toList();
    }

    /** Whether whoever looks for special tokens between these places finds no others. */
    boolean areAll(int from, int to) {
        var found = finder.cut(text().substring(from, to)).stream()
                .filter(Section::isToken)
                .map(section -> section.start() + from)
                .toList();
        return found.equals(between(from, to).stream().map(Section::start).toList());
    }
}
