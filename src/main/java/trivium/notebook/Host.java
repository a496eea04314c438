package trivium.notebook;

import java.util.Optional;

/** The running kernel, whichever it is, as far as the library needs it. */
interface Host {

    /** Has the kernel render values of this type by {@link Views}. */
    void register(Class<?> type);

    /** Shows the value and answers the display's id. */
    String display(Object value);

    /** Replaces what a display shows. */
    void update(String id, Object value);

    /** The kernel that runs in this process, if one does. */
    static Optional<Host> find() {
        return BaseKernelHost.find().or(RapaioHost::find);
    }
}
