package dev.capstan.server;

import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.Settings;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code capstan up}. */
@Command(
        name = "capstan up",
        description = {
            "Starts the control plane: the Kubernetes API, the controller and the machine provider of this host.",
            "Runs until it is told to end, by 'capstan down', Ctrl-C or SIGTERM; machines then stop and keep their disks. "
                    + "The next 'capstan up' on the same home finds everything again, also after kill -9."
        },
        footerHeading = "%nEnvironment, exit codes and examples:%n",
        footer = {
            "  CAPSTAN_HOME   where all state is kept; default ~/.local/state/capstan",
            "  0 ended as told (with --detach: it answers), 1 failed, 2 wrong command line",
            "  capstan up --detach",
            "  CAPSTAN_HOME=/tmp/second capstan up --detach --listen 127.0.0.1:0"
        })
public final class Server implements Callable<Integer> {

    private static final int OK = 0;

    @Option(
            names = {"-d", "--detach"},
            description = "Return when the API answers, and leave the control plane running.")
    private boolean detach;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where to listen. Kept for the next start; at first 127.0.0.1:7443. Port 0 takes a free one, "
                    + "once: the next start takes the same.")
    private @Nullable String listen;

    @Option(names = "--listen-beyond-loopback", description = "Agree to a host that other computers can reach.")
    private boolean beyondLoopback;

    @Option(
            names = "--machines",
            paramLabel = "KIND",
            converter = MachineWord.class,
            description = "What new machines are made of: 'systems' (Linux namespaces with a container runtime), "
                    + "'directories' (only a root with a trust store and an agent: needs no rights, reaches level Written "
                    + "at most) or 'best' (systems where this host lets them be made, else directories). Kept for the "
                    + "next start; at first 'best'.")
    private Settings.@Nullable MachineChoice machines;

    @Option(
            names = "--rate-limits",
            paramLabel = "LIMITS",
            description =
                    "How many requests a service principal may send: 'azure' (its own limits: 250 reads at once and 25 "
                            + "a second, 200 writes at once and 10 a second), 'none', or BURST/PER_SECOND for both. The administrator "
                            + "has no limit. Kept for the next start; at first 'azure'.")
    private @Nullable String rateLimits;

    @Option(names = "--debug", description = "Show the stack trace of an error; log more.")
    private boolean debug;

    // Read by picocli, through its own model of the option.
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    /** Runs the control plane and ends with its exit code. */
    public static void main(String[] arguments) {
        // One more than processors, so that one of them looks for connections that wait where others have enough to
        // do (decision 0030). Java reads it with its first virtual thread.
        System.getProperties()
                .putIfAbsent(
                        "jdk.virtualThreadScheduler.parallelism",
                        Integer.toString(Runtime.getRuntime().availableProcessors() + 1));
        var server = new Server();
        var line = new CommandLine(server)
                .setParameterExceptionHandler((e, given) -> FailedStart.misused("capstan up", e))
                .setExecutionExceptionHandler((e, command, result) -> FailedStart.failed(
                        e,
                        "The control plane",
                        "Run it again with --debug and see CAPSTAN_HOME/log/server.log.",
                        server.debug));
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws IOException, StartException, InterruptedException {
        var home = HomeFolder.open(HomeFolder.locate(System.getenv()));
        home.makeFolder("log");
        if (detach) {
            System.out.print(new Detached(home).start().words());
            return OK;
        }
        Logs.write(home, debug);
        var running = new Running();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(running::end));
        running.begin(
                home,
                new ControlPlane.Options(
                        listen, beyondLoopback, machines, rateLimits, Distributions.ofProcess(), List.of()));
        new CountDownLatch(1).await();
        return OK;
    }

    /** Reads the kind of machines as a user writes it. */
    static final class MachineWord implements CommandLine.ITypeConverter<Settings.MachineChoice> {
        @Override
        public Settings.MachineChoice convert(String word) {
            return Settings.MachineChoice.of(word)
                    .orElseThrow(() -> new CommandLine.TypeConversionException(
                            "'" + word + "' is none of systems, directories, best"));
        }
    }

    /**
     * The control plane between the main thread, which starts it, and the hook that ends it on SIGTERM and SIGINT. A start
     * that is under way is waited for: ended half-way it would leave word of itself, and machines running.
     */
    private static final class Running {

        private static final long PATIENCE_SECONDS = 20;

        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable ControlPlane plane;

        void begin(HomeFolder home, ControlPlane.Options options) throws IOException, StartException {
            lock.lock();
            try {
                plane = ControlPlane.start(home, options);
                System.out.print(plane.state().words());
                System.out.flush();
            } finally {
                lock.unlock();
            }
        }

        void end() {
            try {
                if (lock.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS) && plane != null) {
                    plane.close();
                    // Java would end with 143 or 130; 0 says that all of it was stopped.
                    Runtime.getRuntime().halt(OK);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
