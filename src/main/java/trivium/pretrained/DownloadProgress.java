package trivium.pretrained;

import java.util.Map;
import trivium.data.catalogue.Content;
import trivium.data.catalogue.Listener;
import trivium.run.Progress;
import trivium.text.Numbers;

/** Shows how a large file is getting on, in megabytes (10⁶ bytes); small ones are here before anybody can read that. */
final class DownloadProgress implements Listener {

    private static final long MEGABYTE = 1_000_000;
    private static final long WORTH_SHOWING = 8 * MEGABYTE;

    private final String model;
    private final Progress progress;
    private String shown = "";
    private long start;
    private long newest;

    DownloadProgress(String model, Progress progress) {
        this.model = model;
        this.progress = progress;
    }

    @Override
    public void at(String file, long done, long total) {
        if (total == Content.UNKNOWN || total < WORTH_SHOWING) {
            return;
        }
        if (!shown.equals(file) || done < newest) {
            begin(file, done, total);
        }
        newest = done;
        progress.step((done - start) / MEGABYTE, Map.of());
    }

    /** What an earlier download left takes no time, so the pace is that of the rest. */
    private void begin(String file, long done, long total) {
        finish("once more from the start");
        shown = file;
        start = done < MEGABYTE ? 0 : done;
        var rest = start == 0 ? "" : ", going on after " + Numbers.count(start / MEGABYTE) + " MB";
        progress.start("downloading " + model + ", MB of " + file + rest, (total - start) / MEGABYTE);
    }

    /** The end of a file, if one is being shown. */
    void finish(String outcome) {
        if (!shown.isEmpty()) {
            progress.finish(outcome);
            shown = "";
            newest = 0;
        }
    }
}
