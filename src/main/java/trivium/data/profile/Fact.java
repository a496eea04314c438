package trivium.data.profile;

import trivium.text.Numbers;

/** One more thing worth knowing: "chosen answers that are the longer one", "62.0 %". */
public record Fact(String label, String value) {

    /** A share, out of so many. */
    static Fact share(String label, long times, long of) {
        return new Fact(label, Numbers.percent(of == 0 ? 0 : (double) times / of));
    }
}
