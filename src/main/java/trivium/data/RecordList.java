package trivium.data;

import java.util.Iterator;
import java.util.List;

/** A data set whose records are in memory, in order. */
public interface RecordList<T> extends Texts, Iterable<T> {

    /** The records. */
    List<T> list();

    @Override
    default int size() {
        return list().size();
    }

    default T get(int index) {
        return list().get(index);
    }

    @Override
    default Iterator<T> iterator() {
        return list().iterator();
    }
}
