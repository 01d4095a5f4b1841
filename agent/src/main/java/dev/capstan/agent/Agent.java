package dev.capstan.agent;

import dev.capstan.agent.proof.HostDirectoryProofs;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agent's main class. Standard output stays empty; standard error is its log.
 *
 * <pre>
 * Agent PROPERTIES                 follow the API until SIGTERM
 * Agent --in-cluster               the same in a pod, see {@link Settings#inCluster(Map)}
 * Agent --offline PROPERTIES       apply the last good set, without any contact, and exit
 * Agent --birth FILE PROPERTIES    apply the PEM certificates of FILE as the list, record them as last good, and exit
 * </pre>
 *
 * <p>{@code --in-cluster} may stand for PROPERTIES in the last one, too: brought to the certificates of an empty file, a node
 * has none of Capstan's left.
 *
 * <p>Exit codes: 0 done (after SIGTERM too), 1 the node could not be brought to the set, or another agent runs, 2 wrong
 * arguments or properties, 3 done, but something of FILE was left out, 4 the last good set is damaged and was not used.
 * With 3 and 4 the node is fit to start.
 */
public final class Agent {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int LEFT_OUT = 3;
    private static final int DAMAGED = 4;

    /** How long a stop waits for a write to end; a write that takes longer is completed at the next start. */
    private static final long STOP_MILLIS = 800;

    private Agent() {}

    /** Runs an agent; see the class for its arguments. */
    public static void main(String[] arguments) {
        // Threads of the agent are daemons, but the JVM would still wait for its own clean-up; there is none to wait
        // for.
        Runtime.getRuntime().halt(run(arguments));
    }

    static int run(String... arguments) {
        try {
            if (arguments.length == 1) {
                Settings settings = settings(arguments[0]);
                return AgentLock.holding(settings.folder(), () -> follow(settings));
            }
            if (arguments.length == 2 && arguments[0].equals("--offline")) {
                Settings settings = Settings.parse(Path.of(arguments[1]));
                return AgentLock.holding(settings.folder(), () -> offline(settings));
            }
            if (arguments.length == 3 && arguments[0].equals("--birth")) {
                Settings settings = settings(arguments[2]);
                return AgentLock.holding(settings.folder(), () -> birth(settings, Path.of(arguments[1])));
            }
        } catch (IllegalArgumentException wrong) {
            LOG.log(Level.ERROR, wrong.getMessage() + "");
            return USAGE;
        } catch (IOException failed) {
            LOG.log(Level.ERROR, "the agent cannot run: " + failed);
            return FAILED;
        }
        LOG.log(
                Level.ERROR,
                "usage: Agent PROPERTIES | Agent --in-cluster | Agent --offline PROPERTIES |"
                        + " Agent --birth FILE PROPERTIES");
        return USAGE;
    }

    private static Settings settings(String source) {
        return source.equals("--in-cluster") ? Settings.inCluster(System.getenv()) : Settings.parse(Path.of(source));
    }

    private static int follow(Settings settings) {
        LOG.log(Level.INFO, "agent of node " + settings.node() + " at " + settings.server());
        NodeLoop loop = new NodeLoop(settings, settings.proc(), InstantSource.system(), version());
        // An agent that lost one of its threads would go on half deaf: it ends instead, and is started again.
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> {
            LOG.log(Level.ERROR, "thread " + thread.getName() + " of the agent died", fault);
            Runtime.getRuntime().halt(FAILED);
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!loop.stop(STOP_MILLIS)) {
                LOG.log(Level.WARNING, "stopped during a change; the next start completes it");
            }
            Runtime.getRuntime().halt(DONE);
        }));
        loop.run();
        return DONE;
    }

    private static int offline(Settings settings) {
        LastGood lastGood = new LastGood(settings.folder(), new CertificateReader(InstantSource.system()));
        return switch (lastGood.read()) {
            case LastGood.Content.Good(NodeSet set) -> bring(settings, set);
            case LastGood.Content.Missing missing -> {
                LOG.log(Level.INFO, "no last good set: the trust store stays as it is");
                yield DONE;
            }
            case LastGood.Content.Damaged(String words) -> {
                LOG.log(Level.ERROR, words);
                yield DAMAGED;
            }
        };
    }

    private static int birth(Settings settings, Path file) throws IOException {
        CertificateReader reader = new CertificateReader(InstantSource.system());
        byte[] list = Files.readAllBytes(file);
        // A machine without a list gets a file with nothing in it, which is no mistake of anybody's.
        Reading reading = new String(list, StandardCharsets.ISO_8859_1).isBlank()
                ? new Reading(List.of(), List.of())
                : reader.readPem(list, Place.of(NodeSet.LIST));
        for (Finding finding : reading.findings()) {
            LOG.log(Level.WARNING, finding.toString());
        }
        LastGood lastGood = new LastGood(settings.folder(), reader);
        NodeSet set = NodeSet.ofList(reading);
        if (lastGood.read() instanceof LastGood.Content.Good(NodeSet known)) {
            set = set.union(known.secret());
        }
        lastGood.record(set);
        int brought = bring(settings, set);
        return brought == DONE && reading.hasErrors() ? LEFT_OUT : brought;
    }

    private static int bring(Settings settings, NodeSet set) {
        Measured measured = new Node(
                        settings,
                        settings.proc(),
                        InstantSource.system(),
                        HostDirectoryProofs.remembered(settings.folder()))
                .bring(set.wanted(), false);
        if (measured.store() != null) {
            LOG.log(
                    Level.ERROR,
                    measured.store().reason() + ": " + measured.store().message());
            return FAILED;
        }
        LOG.log(Level.INFO, "the trust store holds " + set);
        return DONE;
    }

    /** This program's version, from its jar; absent where it does not run from one. */
    private static @Nullable String version() {
        return Agent.class.getPackage().getImplementationVersion();
    }
}
