package trivium.widget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Optional;
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

    /** As of a front end's comm_close and comm_msg without a comm_id: the kernel's log had a NullPointerException. */
    @Test
    void aMessageWithoutAnIdOrAStateChangesNothing() {
        Widgets.closed(null);
        Widgets.pressed(null);
        Widgets.entered(null);
        Widgets.changed(null, Map.of("value", 1));
        assertEquals(Optional.empty(), Widgets.state(null));
        var slider = Controls.slider("t", 0, 2, 0.5, 1);
        Widgets.register(Model.layout(Map.of()), slider);
        Widgets.changed(slider.id(), null);
        assertEquals(1.0, slider.value());
    }
}
