package dev.capstan.agent;

import dev.capstan.agent.proof.HostDirectoryProofs;
import dev.capstan.agent.proof.Subject;
import dev.capstan.certificates.Identity;
import dev.capstan.proof.Endpoint;
import dev.capstan.resources.NodeTrust;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.Lane;
import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.StoreWrite;
import dev.capstan.truststore.Applied;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import dev.capstan.truststore.UnsupportedRootException;
import dev.capstan.truststore.Wanted;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The node itself: its trust store, then its runtime, brought to a set and measured. The store comes first; where it
 * fails the runtime is shown nothing, so that no level is ever skipped.
 */
final class Node {

    private static final Measured.Reach NO_RUNTIME = new Measured.Reach(
            null,
            new NodeTrust.Lane(Lane.NONE.word(), "this machine is only a directory, without a container runtime"),
            null,
            null,
            null,
            null);

    private final Path root;
    private final boolean hasRuntime;
    private final @Nullable Path program;
    private final RuntimePart runtime;
    private final WithoutOurs withoutOurs = new WithoutOurs();
    private @Nullable TrustStore store;

    /**
     * The node of these settings.
     *
     * @param proc the proc file system to look the runtime up in
     * @param clock tells when a restart was
     * @param directories what is proven of the runtime's host directories
     */
    Node(Settings settings, Path proc, InstantSource clock, HostDirectoryProofs directories) {
        this.root = settings.root();
        this.hasRuntime = settings.hasRuntime();
        this.program = settings.program();
        this.runtime = new RuntimePart(
                root,
                proc,
                new RuntimeRestarts(settings.folder(), clock),
                directories,
                new JoinedDirectories(settings.folder()));
    }

    /**
     * Brings the node to exactly this. Nothing is written where it is there already.
     *
     * @param mayRestart whether the runtime may be restarted afterwards; it is only told here, not done
     */
    Measured bring(Wanted wanted, boolean mayRestart) {
        TrustStore opened;
        try {
            opened = store();
        } catch (UnsupportedRootException unsupported) {
            return storeFailed(NodeTrust.Problem.UNSUPPORTED, unsupported, null);
        } catch (TrustStoreException failed) {
            return storeFailed(NodeTrust.Problem.STORE_FAILED, failed, null);
        }
        Applied applied;
        try {
            if (hasRuntime) {
                runtime.beforeStore(history(opened), wanted);
            }
            applied = opened.apply(wanted);
        } catch (TrustStoreException | ContainerRuntimeException failed) {
            return storeFailed(NodeTrust.Problem.STORE_FAILED, failed, readBack(opened));
        }
        return hasRuntime
                ? show(wanted, opened, applied, mayRestart)
                : new Measured(applied.fingerprint().toString(), words(applied), null, NO_RUNTIME, true);
    }

    /** What of this the node would trust without it, as its distribution's own tool makes its store. */
    Set<Identity> trustedAnyway(Wanted wanted) {
        try {
            return withoutOurs.trustedAnyway(store().withoutOurs(), wanted.certificates());
        } catch (TrustStoreException failed) {
            // The round says that the store fails.
            return Set.of();
        }
    }

    /** Has host directories that hide the set read the trust store, or takes that back, see {@link JoinedDirectories}. */
    void joinHostDirectories(boolean wanted) {
        if (hasRuntime) {
            runtime.joinHostDirectories(wanted);
        }
    }

    /** The folders in which a foreign change may have damaged the store, or may break the runtime's lane. */
    Set<Path> watched() {
        Set<Path> watched = new LinkedHashSet<>();
        try {
            watched.addAll(store().watched());
        } catch (TrustStoreException failed) {
            // The round says that the store fails; the slow look goes on without a watch.
        }
        if (hasRuntime) {
            watched.addAll(runtime.watched());
        }
        return watched;
    }

    /** The store, opened once: it remembers what it has read, so that a look at an unchanged one costs little. */
    private TrustStore store() throws TrustStoreException {
        TrustStore opened = store;
        if (opened == null) {
            opened = TrustStore.at(root);
            if (program != null) {
                opened = opened.hookedBy(program);
            }
            store = opened;
        }
        return opened;
    }

    private Measured show(Wanted wanted, TrustStore store, Applied applied, boolean mayRestart) {
        String written = applied.fingerprint().toString();
        String changes = words(applied);
        Measured.Reach reach;
        try {
            runtime.afterStore();
            if (runtime.show(wanted, store.withoutOurs())) {
                changes += (changes.isEmpty() ? "" : "; ") + "files of the runtime's lane";
            }
            reach = runtime.measure(wanted, history(store), store.withoutOurs(), mayRestart);
        } catch (ContainerRuntimeException | TrustStoreException failed) {
            return new Measured(written, changes, null, runtime.unreached(null, failed), false);
        }
        boolean settled = reach.problem() == null || reach.process() != null;
        return new Measured(written, changes, null, reach, settled);
    }

    /** What of the store was written; empty where it held the set and was intact. */
    private static String words(Applied applied) {
        if (!applied.written()) {
            return "";
        }
        List<String> found = new ArrayList<>();
        add(found, applied.added(), "missing");
        add(found, applied.removed(), "there that had left");
        add(found, applied.distrusted(), "there that is distrusted");
        return "trust store: " + (found.isEmpty() ? "files damaged" : String.join(", ", found));
    }

    private static void add(List<String> found, List<Identity> identities, String words) {
        if (!identities.isEmpty()) {
            found.add((identities.size() == 1 ? "1 certificate " : identities.size() + " certificates ") + words);
        }
    }

    private static List<StoreWrite> history(TrustStore store) throws TrustStoreException {
        return store.history().stream()
                .map(write -> new StoreWrite(write.fingerprint(), write.bootId(), write.bootNanos()))
                .toList();
    }

    /** What is to be proven now; absent where the runtime does not read the set, so that a proof would prove nothing. */
    @Nullable
    Subject subject(Wanted wanted, Measured measured, List<Endpoint> endpoints) {
        String set = wanted.fingerprint().toString();
        RuntimeProcess process = measured.process();
        boolean loaded = set.equals(measured.written()) && set.equals(measured.loaded());
        return loaded && process != null && !endpoints.isEmpty() ? runtime.subject(set, process, endpoints) : null;
    }

    /**
     * Restarts the runtime, if it is stale, that may help, and the permission stands.
     *
     * @return whether that was tried, so that the node has to be measured again
     */
    boolean restartRuntime(Wanted wanted, Measured measured, RuntimeRestarts.Permission permission) {
        return hasRuntime && measured.store() == null && runtime.restart(wanted, measured.reach(), permission);
    }

    /** In how many milliseconds a restart that failed is to be tried again; {@link Long#MAX_VALUE} where none is. */
    long restartDueInMillis(Wanted wanted, Measured measured) {
        return hasRuntime && measured.store() == null
                ? runtime.restartDueInMillis(wanted, measured.reach())
                : Long.MAX_VALUE;
    }

    private static Measured storeFailed(String reason, Exception failed, @Nullable String written) {
        NodeTrust.Problem problem = new NodeTrust.Problem(reason, failed.getMessage() + "");
        return new Measured(written, "", problem, Measured.Reach.UNKNOWN, false);
    }

    private static @Nullable String readBack(TrustStore store) {
        try {
            return store.read().fingerprint().toString();
        } catch (TrustStoreException unreadable) {
            // That the store fails is already being reported; what it holds is then simply not known.
            return null;
        }
    }
}
