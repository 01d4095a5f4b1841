package dev.capstan.agent;

import dev.capstan.resources.NodeTrust;
import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.Lane;
import dev.capstan.runtime.LaneChoice;
import dev.capstan.runtime.Loaded;
import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.StoreWrite;
import dev.capstan.truststore.Applied;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import dev.capstan.truststore.UnsupportedRootException;
import dev.capstan.truststore.Wanted;
import java.nio.file.Path;
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

    private static final NodeTrust.Lane NO_RUNTIME =
            new NodeTrust.Lane(Lane.NONE.word(), "this machine is only a directory, without a container runtime");

    private final Path root;
    private final boolean hasRuntime;
    private final @Nullable Path program;
    private final ContainerRuntime runtime;
    private @Nullable TrustStore store;

    /**
     * The node of these settings.
     *
     * @param proc the proc file system to look the runtime up in
     */
    Node(Settings settings, Path proc) {
        this.root = settings.root();
        this.hasRuntime = settings.hasRuntime();
        this.program = settings.program();
        this.runtime = ContainerRuntime.at(root, proc);
    }

    /** Brings the node to exactly this. Nothing is written where it is there already. */
    Measured bring(Wanted wanted) {
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
            applied = opened.apply(wanted);
        } catch (TrustStoreException failed) {
            return storeFailed(STORE_FAILED, failed, readBack(opened));
        }
        return hasRuntime
                ? show(wanted, opened, applied)
                : new Measured(
                        applied.fingerprint().toString(), null, NO_RUNTIME, null, applied.written(), null, null, true);
    }

    /** The folders in which a foreign change may have damaged the store; none while they cannot be found. */
    Set<Path> watched() {
        try {
            return store().watched();
        } catch (TrustStoreException failed) {
            // The round says that the store fails; the slow look goes on without a watch.
            return Set.of();
        }
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

    private Measured show(Wanted wanted, TrustStore store, Applied applied) {
        String written = applied.fingerprint().toString();
        boolean changed = applied.written();
        LaneChoice choice = null;
        try {
            choice = runtime.lane();
            if (choice.lane() == Lane.ISOLATED) {
                changed |= runtime.keepRoots(store.withoutOurs());
                changed |= runtime.show(wanted.certificates());
            }
            List<StoreWrite> history = store.history().stream()
                    .map(write -> new StoreWrite(write.fingerprint(), write.bootId(), write.bootNanos()))
                    .toList();
            return loaded(written, choice, changed, runtime.loaded(history, wanted.distrusted()), wanted);
        } catch (ContainerRuntimeException | TrustStoreException failed) {
            NodeTrust.Problem problem = new NodeTrust.Problem(RUNTIME_STALE, failed.getMessage() + "");
            return new Measured(written, null, lane(choice), process(choice), changed, null, problem, false);
        }
    }

    private static Measured loaded(String written, LaneChoice choice, boolean changed, Loaded loaded, Wanted wanted) {
        String known = null;
        NodeTrust.Problem problem = null;
        switch (loaded) {
            case Loaded.Known(var fingerprint, var evidence) -> {
                known = fingerprint.toString();
                if (!fingerprint.equals(wanted.fingerprint())) {
                    problem = new NodeTrust.Problem(RUNTIME_STALE, "the runtime reads another set: " + evidence);
                }
            }
            case Loaded.Stale stale -> problem = new NodeTrust.Problem(RUNTIME_STALE, stale.reason());
            case Loaded.Unknown unknown -> problem = new NodeTrust.Problem(RUNTIME_UNKNOWN, unknown.reason());
        }
        boolean settled = problem == null || choice.process() != null;
        return new Measured(written, known, lane(choice), choice.process(), changed, null, problem, settled);
    }

    private static NodeTrust.@Nullable Lane lane(@Nullable LaneChoice choice) {
        return choice == null ? null : new NodeTrust.Lane(choice.lane().word(), choice.reason());
    }

    private static @Nullable RuntimeProcess process(@Nullable LaneChoice choice) {
        return choice == null ? null : choice.process();
    }

    private static Measured storeFailed(String reason, TrustStoreException failed, @Nullable String written) {
        NodeTrust.Problem problem = new NodeTrust.Problem(reason, failed.getMessage() + "");
        return new Measured(written, null, null, null, false, problem, null, false);
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
