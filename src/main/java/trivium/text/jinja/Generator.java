package trivium.text.jinja;

import java.util.Iterator;
import java.util.List;

/** Items that can be had once, such as those a filter lets through. */
final class Generator implements Iterator<Object> {

    private final Iterator<Object> items;

    Generator(List<Object> items) {
        this.items = items.iterator();
    }

    @Override
    public boolean hasNext() {
        return items.hasNext();
    }

    @Override
    public Object next() {
        return items.next();
    }
}
