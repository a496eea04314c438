package trivium.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import trivium.data.files.ContentHash;

/** Data to learn from and data to judge by; nothing is on both sides. */
public record Split<T>(T train, T validation) {

    /**
     * Cuts a list by the hash of each item's content: an item's side depends on nothing but its content and the share,
     * so copies stay together and adding items moves none across.
     *
     * <p>Only where one side would stay empty does the item with the nearest hash (and its copies) go there after all.
     *
     * @param what names the items in error messages, in the plural
     */
    public static <T> Split<List<T>> byContent(List<T> items, Function<T, String> content, double share, String what) {
        checkShare(share);
        double[] places = items.stream()
                .mapToDouble(item -> ContentHash.place(content.apply(item)))
                .toArray();
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double place : places) {
            least = Math.min(least, place);
            most = Math.max(most, place);
        }
        if (!(least < most)) {
            throw new IllegalArgumentException("a split needs at least two different " + what + ", but there are only "
                    + (items.isEmpty() ? "none" : items.size() + (items.size() == 1 ? "" : ", all alike")));
        }
        double threshold = Math.clamp(share, Math.nextUp(least), most);
        var train = new ArrayList<T>();
        var validation = new ArrayList<T>();
        for (int i = 0; i < places.length; i++) {
            (places[i] < threshold ? validation : train).add(items.get(i));
        }
        return new Split<>(train, validation);
    }

    static void checkShare(double share) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException(
                    "the share for validation must lie between 0 and 1, such as 0.1, not " + share);
        }
    }
}
