package trivium.spark;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;

/** A standalone Spark master and workers of one core each, as processes of their own on the loopback address. */
final class Machines implements AutoCloseable {

    /** Libraries of ours that a cluster does not have; the workers must be sent them. */
    private static final List<String> OURS =
            List.of("nd4j", "openblas", "javacpp", "deeplearning4j", "tablesaw", "xchart", "junit", "archunit");

    private static final String HOST = "127.0.0.1";
    private static final long PATIENCE_SECONDS = 60;

    private final Path home;
    private final String address;
    private final List<Process> workers = new ArrayList<>();
    private Process master;

    private Machines(Path home, int port) {
        this.home = home;
        address = "spark://" + HOST + ":" + port;
    }

    /** Starts them in a folder, which becomes their SPARK_HOME. */
    static Machines start(Path home, int workers) throws Exception {
        var jars = Files.createDirectories(home.resolve("jars"));
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            var jar = Path.of(entry);
            var name = jar.getFileName().toString();
            if (name.endsWith(".jar") && OURS.stream().noneMatch(name::startsWith)) {
                Files.createSymbolicLink(jars.resolve(name), jar.toAbsolutePath());
            }
        }
        int port = freePort();
        var machines = new Machines(home, port);
        machines.site(); // which makes the secret
        try {
            machines.master = machines.process(
                    "master",
                    "org.apache.spark.deploy.master.Master",
                    "--host",
                    HOST,
                    "--port",
                    Integer.toString(port),
                    "--webui-port",
                    "0");
            machines.await(port);
            for (int i = 0; i < workers; i++) {
                var name = "worker-" + i;
                machines.workers.add(machines.process(
                        name,
                        "org.apache.spark.deploy.worker.Worker",
                        "--host",
                        HOST,
                        "--cores",
                        "1",
                        "--memory",
                        "1g",
                        "--webui-port",
                        "0",
                        "--work-dir",
                        home.resolve(name).toString(),
                        machines.address));
            }
            return machines;
        } catch (IOException | InterruptedException | RuntimeException e) {
            machines.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void await(int port) throws InterruptedException, IOException {
        long start = System.nanoTime();
        while (true) {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (!master.isAlive() || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    throw new IOException(
                            "the master did not start: " + Files.readString(home.resolve("master.log")), e);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private Process process(String name, String... words) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptions().split(" ", -1)));
        command.add("-Dspark.authenticate=true");
        command.add("-Dspark.authenticate.secret=" + Files.readString(secret()).strip());
        command.add("-Dspark.network.crypto.enabled=true");
        command.add("-cp");
        command.add(home.resolve("jars") + File.separator + "*");
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(name + ".log").toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", HOST);
        builder.environment()
                .put("SPARK_LOCAL_DIRS", home.resolve(name + "-files").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    /** The file of what they share. */
    private Path secret() {
        return home.resolve("secret");
    }

    /** The master, to one who does not know the secret. */
    Spark withoutSecret() {
        return Spark.master(address).set("spark.driver.host", HOST).set("spark.driver.bindAddress", HOST);
    }

    /** How to have sweeps run here. */
    Spark site() {
        return Spark.master(address)
                .secret(secret())
                .set("spark.driver.host", HOST)
                .set("spark.driver.bindAddress", HOST)
                .set("spark.executor.memory", "512m");
    }

    /** Kills, with SIGKILL, the worker that this process belongs to, and all that it started. */
    void kill(long process) {
        for (var worker : workers) {
            var all = worker.descendants().toList();
            if (all.stream().anyMatch(each -> each.pid() == process)) {
                worker.destroyForcibly();
                all.forEach(ProcessHandle::destroyForcibly);
                return;
            }
        }
        throw new IllegalArgumentException("no worker has process " + process);
    }

    @Override
    public void close() {
        var all = new ArrayList<>(workers);
        if (master != null) {
            all.add(master);
        }
        for (var each : all) {
            var started = each.descendants().toList();
            each.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
        }
        for (var each : all) {
            each.onExit().join();
        }
    }
}
