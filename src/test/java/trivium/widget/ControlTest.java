package trivium.widget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ControlTest {

    /** Once in a state it would keep the states of all controls from every page that is loaded anew. */
    @Test
    void whatIsNoNumberIsRefused() {
        var share = Controls.progress("share", 10);
        share.set(4.0);
        var refused = assertThrows(IllegalArgumentException.class, () -> share.set(0.0 / 0));
        assertEquals("the control \"share\" cannot show NaN: expected a finite number", refused.getMessage());
        assertEquals(4.0, share.value());
        assertThrows(IllegalArgumentException.class, () -> Controls.number("n", Double.POSITIVE_INFINITY));
    }
}
