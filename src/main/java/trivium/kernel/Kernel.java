package trivium.kernel;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.JupyterSocket;
import io.github.spencerpark.jupyter.channels.ShellReplyEnvironment;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.JupyterIO;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.kernel.LanguageInfo;
import io.github.spencerpark.jupyter.kernel.ReplacementOptions;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.github.spencerpark.jupyter.messages.Message;
import io.github.spencerpark.jupyter.messages.MessageType;
import io.github.spencerpark.jupyter.messages.publish.PublishClearOutput;
import io.github.spencerpark.jupyter.messages.publish.PublishDisplayData;
import io.github.spencerpark.jupyter.messages.publish.PublishError;
import io.github.spencerpark.jupyter.messages.publish.PublishExecuteInput;
import io.github.spencerpark.jupyter.messages.publish.PublishExecuteResult;
import io.github.spencerpark.jupyter.messages.publish.PublishStream;
import io.github.spencerpark.jupyter.messages.reply.ErrorReply;
import io.github.spencerpark.jupyter.messages.reply.ExecuteReply;
import io.github.spencerpark.jupyter.messages.request.ExecuteRequest;
import io.github.spencerpark.jupyter.messages.request.HistoryRequest;
import io.github.spencerpark.jupyter.messages.request.InterruptRequest;
import io.github.spencerpark.jupyter.messages.request.KernelInfoRequest;
import io.github.spencerpark.jupyter.messages.request.ShutdownRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import tech.tablesaw.api.Table;
import trivium.notebook.Notebook;
import trivium.widget.Widgets;

/**
 * Trivium's Jupyter kernel: Java cells evaluated by JShell in the process that holds the library. It understands what
 * IJava's cells use (last-expression results, {@code display}, {@code updateDisplay}, {@code render}, the same
 * imports), stops a cell when asked, points at the line that failed and loses no output.
 *
 * <p>Started by Jupyter with one argument, the connection file; its kernel.json says {@code "interrupt_mode":
 * "message"}.
 */
public final class Kernel extends BaseKernel {

    private static volatile Kernel running;

    /** How long a stopped cell may go on before the kernel says that the cell does not end. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final CompletableFuture<Cells> cells;
    private final History history = new History();
    private final CellIO io = new CellIO();
    private final Outbox outbox = new Outbox(this::print);
    private volatile ShellReplyEnvironment environment;
    private Connection connection;
    private WidgetComms controls;
    /** An interrupt came while JShell was starting; it stops the cell that waits for JShell. */
    private volatile boolean stopFirst;

    private Kernel(CompletableFuture<Cells> cells) {
        this.cells = cells;
        setShouldReplaceStdStreams(false);
    }

    /** Runs the kernel until its front end shuts it down. */
    public static void main(String[] arguments) throws GeneralSecurityException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException(
                    "The kernel takes one argument, the connection file that Jupyter writes; it got " + arguments.length
                            + ". Start it through Jupyter.");
        }
        quietLogs();
        // Tablesaw takes half a second to look for its readers when it is first touched; here no cell waits for that.
        Thread.ofPlatform().name("tablesaw").daemon().start(Table::create);
        var kernel = new Kernel(CompletableFuture.supplyAsync(
                () -> new Cells(Kernel::meanwhile), command -> new Thread(command, "jshell").start()));
        kernel.serve(Path.of(arguments[0]));
        System.exit(0); // threads that cells have started do not keep the process
    }

    static Kernel running() {
        return running;
    }

    private static void quietLogs() {
        var root = Logger.getLogger("");
        root.setLevel(Level.WARNING);
        root.getHandlers(); // its console handler is to hold the real System.err
        JupyterSocket.JUPYTER_LOGGER.setLevel(Level.WARNING);
    }

    private void serve(Path connectionFile) throws GeneralSecurityException {
        try {
            connection = new Connection(KernelConnectionProperties.parse(Files.readString(connectionFile)), outbox);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The connection file " + connectionFile + " cannot be read; start the kernel through Jupyter.", e);
        }
        running = this;
        Notebook.adopt(this);
        controls = new WidgetComms(connection, outbox);
        Widgets.attach(controls);
        System.setOut(printing(outbox.stream(Outbox.Stream.OUT)));
        System.setErr(printing(outbox.stream(Outbox.Stream.ERR)));
        System.setIn(io.in);
        becomeHandlerForConnection(connection);
        connection.connect();
        exitWithJupyter();
        connection.waitUntilClose();
    }

    /**
     * A stream that a cell may close, as {@code try (var out = new PrintWriter(System.out))} does: the next goes on.
     */
    private static PrintStream printing(OutputStream stream) {
        return new PrintStream(stream, false, StandardCharsets.UTF_8) {
            @Override
            public void close() {
                flush();
            }
        };
    }

    /** Ends the kernel when its Jupyter server is gone: a server that is killed sends no shutdown request. */
    private static void exitWithJupyter() {
        var parent = System.getenv("JPY_PARENT_PID");
        if (parent != null && parent.matches("\\d{2,18}")) {
            ProcessHandle.of(Long.parseLong(parent))
                    .ifPresent(server -> server.onExit().thenRun(() -> System.exit(0)));
        }
    }

    private void print(Outbox.Stream stream, String text) {
        var cell = environment;
        if (cell != null) {
            var type = stream == Outbox.Stream.OUT ? PublishStream.StreamType.OUT : PublishStream.StreamType.ERR;
            cell.getIopub()
                    .sendMessage(new Message<>(
                            cell.getContext(), PublishStream.MESSAGE_TYPE, new PublishStream(type, text)));
        }
    }

    @Override
    public void becomeHandlerForConnection(JupyterConnection connection) {
        super.becomeHandlerForConnection(connection);
        connection.setHandler(MessageType.EXECUTE_REQUEST, this::execute);
        connection.setHandler(MessageType.KERNEL_INFO_REQUEST, this::introduce);
        connection.setHandler(MessageType.HISTORY_REQUEST, this::remember);
        connection.setHandler(MessageType.INTERRUPT_REQUEST, this::interrupt);
        connection.setHandler(MessageType.SHUTDOWN_REQUEST, this::shutDown);
        controls.handle(connection);
    }

    private void introduce(ShellReplyEnvironment env, Message<KernelInfoRequest> message) {
        env.setBusyDeferIdle();
        env.reply(new Replies.KernelInfo(getLanguageInfo(), getBanner()));
    }

    private void remember(ShellReplyEnvironment env, Message<HistoryRequest> message) {
        env.setBusyDeferIdle();
        env.reply(new Replies.Remembered(history.find(message.getContent())));
    }

    private void interrupt(ShellReplyEnvironment env, Message<InterruptRequest> message) {
        env.setBusyDeferIdle();
        interrupt();
        env.reply(new Replies.Interrupted());
    }

    private void shutDown(ShellReplyEnvironment env, Message<ShutdownRequest> message) {
        boolean restarting = message.getContent().isRestart();
        env.setBusyDeferIdle();
        env.defer().reply(new Replies.Shutdown(restarting));
        onShutdown(restarting);
        env.resolveDeferrals();
        env.markForShutdown();
    }

    private synchronized void execute(ShellReplyEnvironment env, Message<ExecuteRequest> message) {
        var request = message.getContent();
        boolean counts = request.shouldStoreHistory() && !request.isSilent();
        int count = counts ? executionCount.getAndIncrement() : executionCount.get();
        env.setBusyDeferIdle();
        environment = env;
        controls.cell(message);
        Widgets.runByProgram(!request.isStdinEnabled());
        io.attach(env, request.isStdinEnabled());
        if (!request.isSilent()) {
            env.publish(new PublishExecuteInput(request.getCode(), count));
        }
        DisplayData result = null;
        try {
            result = result(request.getCode(), count);
            if (result != null && !request.isSilent()) {
                publish(env, count, result);
            }
            outbox.flush();
            env.reply(new ExecuteReply(count, Map.of()));
        } catch (CellError error) {
            env.publish(new PublishError(error.name(), error.getMessage(), error.lines()));
            outbox.flush();
            var reply = new ErrorReply(error.name(), error.getMessage(), error.lines());
            reply.setExecutionCount(count);
            env.replyError(ExecuteReply.MESSAGE_TYPE.error(), reply);
            if (request.shouldStopOnError()) {
                abortWaiting();
            }
        } finally {
            if (counts) {
                history.add(count, request.getCode(), result == null ? null : text(result));
            }
        }
    }

    /** A control without a number beside it: pages that cannot show it would have a number beside nothing. */
    private static void publish(ShellReplyEnvironment env, int count, DisplayData result) {
        if (WidgetComms.isControl(result)) {
            env.publish(new PublishDisplayData(result));
        } else {
            env.publish(new PublishExecuteResult(count, result));
        }
    }

    private static String text(DisplayData shown) {
        return shown.getData(MIMEType.TEXT_PLAIN) instanceof String text ? text : null;
    }

    /**
     * What reaches the kernel while a cell runs: controls are answered, all else waits for the end of the cell. Each
     * answer ends with "idle", after which front ends are told that the cell still runs.
     */
    private static void meanwhile() {
        var kernel = running;
        if (kernel != null
                && kernel.connection.requests().loop().isCurrent()
                && kernel.connection.requests().takeEarly(WidgetComms::concerns)) {
            kernel.environment.setStatusBusy();
        }
    }

    private DisplayData result(String code, int count) throws CellError {
        boolean waited = !cells.isDone();
        var ready = cells.join();
        if (waited && stopFirst) {
            throw Tracebacks.interrupted();
        }
        return ready.evaluate(code, count, this::shown).orElse(null);
    }

    private DisplayData shown(Object value) {
        return value instanceof DisplayData data ? data : getRenderer().render(value);
    }

    @Override
    public DisplayData eval(String code) throws CellError {
        return result(code, executionCount.get());
    }

    /** After a failed cell, cells that "run all" has sent already are not run: they build on the failed one. */
    private void abortWaiting() {
        connection.requests().drain((env, message) -> {
            if (message.getHeader().getType().equals(MessageType.EXECUTE_REQUEST)) {
                env.setBusyDeferIdle();
                var reply = new ErrorReply("Aborted", "not run, because a cell before it failed", List.of());
                reply.setExecutionCount(executionCount.get());
                env.replyError(ExecuteReply.MESSAGE_TYPE.error(), reply);
            } else {
                connection.requests().handle(env, message);
            }
        });
    }

    @Override
    public JupyterIO getIO() {
        return io;
    }

    @Override
    public void display(DisplayData data) {
        io.display.display(data);
    }

    /** Has the front end take away what the cell has shown: now, or when the next output comes. */
    void clearOutput(boolean wait) {
        environment.publish(wait ? PublishClearOutput.BEFORE_NEXT_OUTPUT : PublishClearOutput.NOW);
    }

    /** Asks who runs the cell for a line; hidden while it is typed where that is wanted. */
    String ask(String prompt, boolean hidden) {
        if (!io.asks()) {
            throw new IllegalStateException("nobody can be asked \"" + prompt.strip()
                    + "\": this front end runs the cell without input (allow_stdin is false)");
        }
        outbox.flush();
        return environment.readFromStdIn(prompt, hidden).stripTrailing();
    }

    /** Ends the cell that runs, or the one that waits for JShell to start; tells the user if the cell does not end. */
    @Override
    public void interrupt() {
        stopFirst = true;
        Widgets.interrupt();
        if (cells.isDone()) {
            cells.join().stop(PATIENCE, this::offerRestart);
        }
    }

    private void offerRestart(StackTraceElement place) {
        outbox.print(
                Outbox.Stream.ERR,
                "The cell was asked to stop " + PATIENCE.toSeconds() + " seconds ago and goes on in "
                        + place.getClassName() + "." + place.getMethodName()
                        + ", which does not look for interrupts. If it does not end by itself, restart the kernel"
                        + " (Kernel > Restart): variables are lost then, and runs kept in folders stay.\n");
    }

    /** A place in code points as one in chars; a place outside of the code is its nearest end. */
    private static int place(String code, int at) {
        return code.offsetByCodePoints(0, Math.clamp(at, 0, code.codePointCount(0, code.length())));
    }

    @Override
    public ReplacementOptions complete(String code, int at) {
        var completion = cells.join().complete(code, place(code, at));
        return new ReplacementOptions(completion.words(), code.codePointCount(0, completion.from()), at);
    }

    @Override
    public DisplayData inspect(String code, int at, boolean detailed) {
        var found = cells.join().document(code, place(code, at));
        return found.isEmpty() ? null : new DisplayData(String.join("\n\n", found));
    }

    @Override
    public String isComplete(String code) {
        return switch (cells.join().completeness(code)) {
            case COMPLETE -> IS_COMPLETE_YES;
            case INVALID -> IS_COMPLETE_BAD;
            case INCOMPLETE -> CellText.of(code).indent();
        };
    }

    @Override
    public LanguageInfo getLanguageInfo() {
        return new LanguageInfo.Builder("Java")
                .version(Runtime.version().toString())
                .mimetype("text/x-java-source")
                .fileExtension(".java")
                .pygments("java")
                .codemirror("text/x-java")
                .build();
    }

    @Override
    public String getBanner() {
        return "Trivium on Java " + Runtime.version();
    }

    @Override
    public void onShutdown(boolean restarting) {
        interrupt();
        outbox.close();
    }

    /**
     * The base library's streams, attachable from this package; they stay attached, so that late updates still reach
     * their cell.
     */
    private static final class CellIO extends JupyterIO {

        private volatile boolean asks;

        void attach(ShellReplyEnvironment env, boolean input) {
            asks = input;
            setEnv(env);
            setJupyterInEnabled(input);
        }

        /** Whether the cell that runs may ask. */
        boolean asks() {
            return asks;
        }
    }
}
