package trivium.tensor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
     * Bytes of Java's heap that the threads now alive have asked for until now, given back or not: what lies between
     * two calls was allocated between them. 0 where the virtual machine does not count.
     */
    public static long heapAllocatedBytes() {
        return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                ? Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                        .filter(bytes -> bytes > 0)
                        .sum()
                : 0;
    }

    /** Bytes of memory that this process has in use, Java's heap included, as Linux counts them; 0 elsewhere. */
    public static long residentBytes() {
        return status("VmRSS:");
    }

    /** The most bytes that this process had in use at once since it began, as Linux counts them; 0 elsewhere. */
    public static long mostResidentBytes() {
        return status("VmHWM:");
    }

    private static long status(String name) {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Collects garbage and gives free pages back to the system, so that {@link #residentBytes} says what is in use,
     * without garbage. Takes some 50 milliseconds; never needed by a training, which asks for it when it is due.
     */
    public static void giveBack() {
        NativeMemory.giveBack();
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
