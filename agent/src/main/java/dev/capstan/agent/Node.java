package dev.capstan.agent;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.resources.NodeTrust;
import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.ContainerdProcess;
import dev.capstan.runtime.Lane;
import dev.capstan.runtime.LaneChoice;
import dev.capstan.runtime.Loaded;
import dev.capstan.runtime.StoreWrite;
import dev.capstan.truststore.Applied;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import dev.capstan.truststore.UnsupportedRootException;
import dev.capstan.truststore.Wanted;
import java.nio.file.Path;
import java.util.List;
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

    private final Path root;
    private final ContainerRuntime runtime;

    /**
     * The node under this root.
     *
     * @param proc the proc file system to look the runtime up in
     */
    Node(Path root, Path proc) {
        this.root = root;
        this.runtime = ContainerRuntime.at(root, proc);
    }

    /** Brings the node to exactly this set. Nothing is written where it is there already. */
    Measured bring(CertificateSet wanted) {
        TrustStore store;
        try {
            store = TrustStore.at(root);
        } catch (UnsupportedRootException unsupported) {
            return storeFailed(UNSUPPORTED, unsupported, null);
        } catch (TrustStoreException failed) {
            return storeFailed(STORE_FAILED, failed, null);
        }
        Applied applied;
        try {
            applied = store.apply(Wanted.of(wanted));
        } catch (TrustStoreException failed) {
            return storeFailed(STORE_FAILED, failed, readBack(store));
        }
        return show(wanted, store, applied);
    }

    private Measured show(CertificateSet wanted, TrustStore store, Applied applied) {
        String written = applied.fingerprint().toString();
        boolean changed = applied.written();
        LaneChoice choice = null;
        try {
            choice = runtime.lane();
            if (choice.lane() == Lane.ISOLATED) {
                changed |= runtime.show(wanted);
            }
            List<StoreWrite> history = store.history().stream()
                    .map(write -> new StoreWrite(write.fingerprint(), write.bootId(), write.bootNanos()))
                    .toList();
            return loaded(written, choice, changed, runtime.loaded(history), wanted);
        } catch (ContainerRuntimeException | TrustStoreException failed) {
            NodeTrust.Problem problem = new NodeTrust.Problem(RUNTIME_STALE, failed.getMessage() + "");
            return new Measured(written, null, lane(choice), process(choice), changed, null, problem, false);
        }
    }

    private static Measured loaded(
            String written, LaneChoice choice, boolean changed, Loaded loaded, CertificateSet wanted) {
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

    private static @Nullable ContainerdProcess process(@Nullable LaneChoice choice) {
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
