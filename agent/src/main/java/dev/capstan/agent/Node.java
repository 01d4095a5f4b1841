package dev.capstan.agent;

import dev.capstan.agent.proof.Subject;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The node itself: its trust store, then its runtime, brought to a set and measured. The store comes first; where it
 * fails the runtime is shown nothing, so that no level is ever skipped.
 */
final class Node {

    static final String STORE_FAILED = "StoreFailed";
    static final String UNSUPPORTED = "Unsupported";
    static final String RUNTIME_STALE = "RuntimeStale";
    static final String RUNTIME_UNKNOWN = "RuntimeUnknown";

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
    private @Nullable TrustStore store;

    /**
     * The node of these settings.
     *
     * @param proc the proc file system to look the runtime up in
     * @param clock tells when a restart was
     */
    Node(Settings settings, Path proc, InstantSource clock) {
        this.root = settings.root();
        this.hasRuntime = settings.hasRuntime();
        this.program = settings.program();
        this.runtime = new RuntimePart(root, proc, new RuntimeRestarts(settings.folder(), clock));
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
            return storeFailed(UNSUPPORTED, unsupported, null);
        } catch (TrustStoreException failed) {
            return storeFailed(STORE_FAILED, failed, null);
        }
        Applied applied;
        try {
            if (hasRuntime) {
                runtime.beforeStore(history(opened), wanted);
            }
            applied = opened.apply(wanted);
        } catch (TrustStoreException | ContainerRuntimeException failed) {
            return storeFailed(STORE_FAILED, failed, readBack(opened));
        }
        return hasRuntime
                ? show(wanted, opened, applied, mayRestart)
                : new Measured(applied.fingerprint().toString(), applied.written(), null, NO_RUNTIME, true);
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
        boolean changed = applied.written();
        Measured.Reach reach;
        try {
            runtime.afterStore();
            changed |= runtime.show(wanted, store.withoutOurs());
            reach = runtime.measure(wanted, history(store), mayRestart);
        } catch (ContainerRuntimeException | TrustStoreException failed) {
            return new Measured(written, changed, null, runtime.unreached(null, failed), false);
        }
        boolean settled = reach.problem() == null || reach.process() != null;
        return new Measured(written, changed, null, reach, settled);
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
        return new Measured(written, false, problem, Measured.Reach.UNKNOWN, false);
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
