package trivium.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How much memory there is for {@link Floats}, which live outside of Java's heap. */
public final class Memory {

    private Memory() {}

    /** Bytes of memory of this machine, or of the container. */
    public static long machineBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** Bytes this program may use, heap included: seven eighths of the machine's. */
    public static long usableBytes() {
        return machineBytes() / 8 * 7;
    }
}
