package elsewhere;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;

/** Of a library, as it were: an object that does something merely because somebody reads it. */
public final class Gadget implements Serializable {

    /** Whether one was read. */
    public static volatile boolean ran;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        ran = true;
    }
}
