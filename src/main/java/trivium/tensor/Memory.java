package trivium.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** How much memory there is for {@link Floats}, which live outside of Java's heap. */
public final class Memory {

    private static final String LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

    private Memory() {}

    /** Bytes of memory of this machine, or of the container. */
    public static long machineBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** Bytes this program may use, heap included: seven eighths of the machine's. */
    public static long usableBytes() {
        return machineBytes() / 8 * 7;
    }

    /**
     * JavaCPP collects garbage, and if that does not help refuses memory, once the process is larger than four times
     * Java's heap (docs/log.md). The heap says nothing about models; what the machine has does. Before JavaCPP is
     * touched, and unless the user has chosen.
     */
    static void letNativeMemoryGrow() {
        if (System.getProperty(LIMIT) == null && System.getProperty(LIMIT.toLowerCase(Locale.ROOT)) == null) {
            System.setProperty(LIMIT, Long.toString(usableBytes()));
        }
    }
}
