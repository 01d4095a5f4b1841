package dev.capstan.agent;

import dev.capstan.agent.api.Complaints;
import dev.capstan.agent.proof.HostDirectoryProofs;
import dev.capstan.agent.proof.Subject;
import dev.capstan.proof.Endpoint;
import dev.capstan.proof.ImageEndpoint;
import dev.capstan.resources.NodeRuntime;
import dev.capstan.resources.NodeTrust;
import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.HostDirectory;
import dev.capstan.runtime.LaneChoice;
import dev.capstan.runtime.Loaded;
import dev.capstan.runtime.NamedCertificate;
import dev.capstan.runtime.OtherDaemon;
import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.StoreWrite;
import dev.capstan.truststore.Wanted;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The node's container runtime: shown the set where its lane has a way for it, restarted where nothing else helps and the
 * NodeTrust permits it, and measured.
 */
final class RuntimePart {

    /** Where Go looks for the system's bundle on Linux, in this order (crypto/x509, root_linux.go): the first that is there. */
    private static final List<String> BUNDLES = List.of(
            "etc/ssl/certs/ca-certificates.crt",
            "etc/pki/tls/certs/ca-bundle.crt",
            "etc/ssl/ca-bundle.pem",
            "etc/pki/tls/cacert.pem",
            "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "etc/ssl/cert.pem");

    private final Path root;
    private final ContainerRuntime runtime;
    private final RuntimeRestarts restarts;
    private final HostDirectoryProofs directories;
    private final JoinedDirectories joined;
    private final Complaints complaints = new Complaints();

    RuntimePart(
            Path root, Path proc, RuntimeRestarts restarts, HostDirectoryProofs directories, JoinedDirectories joined) {
        this.root = root;
        this.runtime = ContainerRuntime.at(root, proc);
        this.restarts = restarts;
        this.directories = directories;
        this.joined = joined;
    }

    /** The folders in which a change may break the runtime's lane. */
    Set<Path> watched() {
        return runtime.watched();
    }

    /** Before the store is brought to this: what comes and leaves is recorded by name. */
    void beforeStore(List<StoreWrite> history, Wanted wanted) throws ContainerRuntimeException {
        runtime.beforeStore(history, wanted.certificates(), wanted.distrusted());
    }

    /** After the store was brought there. */
    void afterStore() throws ContainerRuntimeException {
        runtime.afterStore();
    }

    /**
     * Gives the runtime what its lane needs: its roots, and the set that it reads at every pull.
     *
     * @param withoutOurs the store's certificates without our set
     * @return whether anything was written
     */
    boolean show(Wanted wanted, Path withoutOurs) throws ContainerRuntimeException {
        boolean kept = runtime.keepRoots(withoutOurs);
        return runtime.show(wanted.certificates()) || kept;
    }

    /** Has host directories that hide the set read the trust store where that can be done with a link, or takes that back. */
    void joinHostDirectories(boolean wanted) {
        joined.bring(runtime, wanted);
    }

    /**
     * How far this set has come.
     *
     * @param withoutOurs the store's certificates without our set
     */
    Measured.Reach measure(Wanted wanted, List<StoreWrite> history, Path withoutOurs, boolean mayRestart) {
        LaneChoice choice = null;
        try {
            ContainerRuntime vouching = vouching(withoutOurs);
            choice = vouching.lane();
            return reach(wanted, choice, vouching.loaded(history, wanted.distrusted()), mayRestart);
        } catch (ContainerRuntimeException failed) {
            return unreached(choice, failed);
        }
    }

    /** The runtime, where host directories whose servers verify without the set are no obstacle. */
    private ContainerRuntime vouching(Path withoutOurs) throws ContainerRuntimeException {
        List<HostDirectory> hiding = runtime.hostDirectories().stream()
                .filter(directory -> directory.hides().isPresent())
                .toList();
        RuntimeProcess process = hiding.isEmpty() ? null : runtime.lane().process();
        directories.about(
                process == null ? List.of() : hiding,
                withoutOurs,
                process == null ? Map.of() : process.proxyEnvironment());
        return runtime.vouching(directories.vouched());
    }

    /** What is known of the runtime where it could not be brought to the set. */
    Measured.Reach unreached(@Nullable LaneChoice choice, Exception failed) {
        RuntimeProcess process = choice == null ? null : choice.process();
        return new Measured.Reach(
                null,
                lane(choice),
                process,
                process == null ? null : facts(process, null),
                null,
                new NodeTrust.Problem(NodeTrust.Problem.RUNTIME_STALE, failed.getMessage() + ""));
    }

    private Measured.Reach reach(Wanted wanted, LaneChoice choice, Loaded loaded, boolean mayRestart) {
        RuntimeProcess process = choice.process();
        String known = null;
        Loaded.Stale stale = null;
        NodeTrust.Problem problem = null;
        switch (loaded) {
            case Loaded.Known(var fingerprint, var evidence) -> {
                known = fingerprint.toString();
                if (fingerprint.equals(wanted.fingerprint())) {
                    restarts.over();
                } else {
                    problem = new NodeTrust.Problem(
                            NodeTrust.Problem.RUNTIME_STALE, "the runtime reads another set: " + evidence);
                }
            }
            case Loaded.Stale found -> {
                stale = found;
                String more = process == null
                        ? ""
                        : restarts.words(wanted.fingerprint().toString(), found, process, mayRestart);
                problem = new NodeTrust.Problem(
                        NodeTrust.Problem.RUNTIME_STALE,
                        more.isEmpty() ? found.reason() : found.reason() + ". " + more);
            }
            case Loaded.Unknown(var reason) -> {
                String more = directories.words();
                problem = new NodeTrust.Problem(
                        NodeTrust.Problem.RUNTIME_UNKNOWN, more.isEmpty() ? reason : reason + ". " + more);
            }
        }
        return new Measured.Reach(
                known, lane(choice), process, process == null ? null : facts(process, stale), stale, problem);
    }

    private static NodeTrust.@Nullable Lane lane(@Nullable LaneChoice choice) {
        return choice == null ? null : new NodeTrust.Lane(choice.lane().word(), choice.reason());
    }

    private NodeRuntime facts(RuntimeProcess process, Loaded.@Nullable Stale stale) {
        return new NodeRuntime(
                process.kind().word(),
                tried(runtime::version, Optional.<String>empty()).orElse(null),
                process.pid(),
                process.startedAt().toString(),
                process.startedBootNanos() / 1_000_000,
                stale == null ? List.of() : named(stale.stillTrusted()),
                stale == null ? List.of() : named(stale.notYetKnown()),
                restarts.count(),
                restarts.last(),
                otherDaemons());
    }

    private static List<NodeRuntime.NamedCertificate> named(List<NamedCertificate> certificates) {
        return certificates.stream()
                .map(certificate -> new NodeRuntime.NamedCertificate(
                        certificate.subject(), certificate.identity().hex()))
                .toList();
    }

    private List<NodeRuntime.OtherDaemon> otherDaemons() {
        return tried(runtime::otherDaemons, List.<OtherDaemon>of()).stream()
                .map(daemon -> new NodeRuntime.OtherDaemon(daemon.name(), daemon.pid(), daemon.words()))
                .toList();
    }

    private interface Question<T> {
        T ask() throws ContainerRuntimeException;
    }

    /** What is told beside the levels is worth a line in the log where it cannot be had, and no more. */
    private <T> T tried(Question<T> question, T otherwise) {
        try {
            return question.ask();
        } catch (ContainerRuntimeException failed) {
            complaints.say(Level.WARNING, failed.getMessage() + "");
            return otherwise;
        }
    }

    /**
     * Restarts the runtime, if it is stale and that may help; not while host directories are being proven, which may show
     * that none is needed.
     *
     * @return whether that was tried, so that it has to be measured again
     */
    boolean restart(Wanted wanted, Measured.Reach reach, RuntimeRestarts.Permission permission) {
        Loaded.Stale stale = reach.stale();
        RuntimeProcess process = reach.process();
        return stale != null
                && process != null
                && !directories.isUndecided()
                && restarts.restart(runtime, process, wanted.fingerprint().toString(), stale, permission);
    }

    /** In how many milliseconds a restart that failed is to be tried again; {@link Long#MAX_VALUE} where none is. */
    long restartDueInMillis(Wanted wanted, Measured.Reach reach) {
        Loaded.Stale stale = reach.stale();
        RuntimeProcess process = reach.process();
        return stale == null || process == null || directories.isUndecided()
                ? Long.MAX_VALUE
                : restarts.dueInMillis(wanted.fingerprint().toString(), stale, process);
    }

    /** What is to be proven now: that these endpoints are trusted with the set that the process has loaded. */
    Subject subject(String loaded, RuntimeProcess process, List<Endpoint> endpoints) {
        boolean asksRuntime = endpoints.stream().anyMatch(ImageEndpoint.class::isInstance);
        return new Subject(
                loaded,
                process.pid() + " " + process.startedBootNanos(),
                endpoints,
                bundle(),
                asksRuntime ? tried(runtime::socket, Optional.<Path>empty()) : Optional.empty(),
                process.proxyEnvironment());
    }

    private List<Path> bundle() {
        for (String place : BUNDLES) {
            Path bundle = root.resolve(place);
            if (Files.isRegularFile(bundle)) {
                return List.of(bundle);
            }
        }
        return List.of();
    }
}
