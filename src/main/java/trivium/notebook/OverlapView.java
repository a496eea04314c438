package trivium.notebook;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToLongFunction;
import trivium.data.files.FileNames;
import trivium.data.profile.Overlap;
import trivium.data.profile.Part;
import trivium.data.profile.Profile;

/** How two data sets show in a cell: what they have in common, and how they compare. */
final class OverlapView {

    private OverlapView() {}

    /** The card of both. */
    static Html card(Overlap overlap) {
        var rows = new LinkedHashMap<String, String>();
        overlap.facts().forEach(fact -> rows.put(fact.label(), fact.value()));
        var train = overlap.train();
        var heldOut = overlap.heldOut();
        var names = FileNames.shown(train.data().name()) + " and "
                + FileNames.shown(heldOut.data().name());
        return new Html(
                "<div>" + DataView.title("Overlap", names) + DataView.BESIDE + RunView.table(rows)
                        + "<div style=\"margin-top:10px\">" + sideBySide(train, heldOut) + "</div></div>"
                        + (areAlike(train, heldOut) ? lengths(train.learned(), heldOut.learned()) : "")
                        + "</div>",
                FileNames.shown(
                        overlap.toString(),
                        List.of(train.data().name(), heldOut.data().name())));
    }

    /** Whether documents are compared with documents, not with paragraphs of the few there are. */
    private static boolean areAlike(Profile train, Profile heldOut) {
        return train.learned().name().equals(heldOut.learned().name());
    }

    private static String lengths(Part train, Part heldOut) {
        var both = new LinkedHashMap<String, Part>();
        both.put("training", train);
        both.put("held out", heldOut);
        return DataView.image(
                DataView.lengths("Length of training and held-out " + DataView.plural(train.name()), both));
    }

    private static String sideBySide(Profile train, Profile heldOut) {
        var figures = new LinkedHashMap<String, ToLongFunction<Profile>>();
        figures.put(train.data().noun() + "s", profile -> profile.extent().records());
        figures.put("characters", profile -> profile.extent().characters());
        figures.put("copies of an earlier one", profile -> profile.extent().copies());
        if (areAlike(train, heldOut)) {
            var name = train.learned().name();
            var unit = Part.unit(List.of(train.learned(), heldOut.learned()));
            figures.put(
                    unit + " in " + DataView.plural(name) + ", median",
                    profile -> profile.learned().in(unit).median());
            figures.put(
                    "different words in " + DataView.plural(name),
                    profile -> profile.learned().vocabulary().different());
        }
        var rows = new ArrayList<List<String>>();
        figures.forEach((label, figure) -> rows.add(List.of(
                label, DataView.number(figure.applyAsLong(train)), DataView.number(figure.applyAsLong(heldOut)))));
        return DataView.table(List.of("", "training", "held out"), 1, rows);
    }
}
