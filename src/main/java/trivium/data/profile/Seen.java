package trivium.data.profile;

/**
 * How much of something was met before.
 *
 * @param times how often it was
 * @param of out of how many
 */
public record Seen(long times, long of) {

    /** In [0, 1]; 0 out of none. */
    public double share() {
        return of == 0 ? 0 : (double) times / of;
    }
}
