package trivium.text.jinja;

import java.util.AbstractList;
import java.util.List;

/** Python's range. */
record Range(long start, long stop, long step) {

    /** As in Jinja's sandbox. */
    private static final int LONGEST = 100_000;

    Range {
        if (step == 0) {
            throw new Failure("the step of a range is 0");
        }
        long span = step > 0 ? saturated(stop, start) : saturated(start, stop);
        if (span > 0 && (span - 1) / Math.abs(step == Long.MIN_VALUE ? Long.MAX_VALUE : step) + 1 > LONGEST) {
            throw new Failure("a range has more than " + LONGEST + " numbers");
        }
    }

    private static long saturated(long high, long low) {
        long span = high - low;
        return high > low && span < 0 ? Long.MAX_VALUE : span;
    }

    int size() {
        long span = step > 0 ? stop - start : start - stop;
        return span <= 0 ? 0 : (int) ((span - 1) / Math.abs(step) + 1);
    }

    List<Object> items() {
        return new AbstractList<>() {
            @Override
            public Object get(int index) {
                return start + index * step;
            }

            @Override
            public int size() {
                return Range.this.size();
            }
        };
    }
}
