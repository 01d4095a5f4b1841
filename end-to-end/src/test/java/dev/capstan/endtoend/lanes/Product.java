package dev.capstan.endtoend.lanes;

import dev.capstan.agent.proof.HostDirectoryProofs;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import dev.capstan.endtoend.Program;
import dev.capstan.proof.ProofProcess;
import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.HostDirectory;
import dev.capstan.runtime.IsolatedLane;
import dev.capstan.runtime.LaneChoice;
import dev.capstan.runtime.Loaded;
import dev.capstan.runtime.Restarted;
import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.StoreWrite;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import dev.capstan.truststore.Wanted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The product's own parts on a node, without its agent: the trust store and the runtime, called in the order in which an agent
 * calls them. It also plays the node's service manager.
 */
final class Product {

    private static final String SYSTEMCTL = """
            #!/bin/sh
            # Asks the test to restart containerd and waits until it has.
            [ "$1" = restart ] || exit 0
            rm -f /run/restarted
            : >/run/restart
            while [ ! -e /run/restarted ]; do sleep 0.01; done
            """;

    private final Node node;
    private final TrustStore store;
    private final ContainerRuntime runtime;

    private Product(Node node, TrustStore store) {
        this.node = node;
        this.store = store;
        this.runtime = ContainerRuntime.at(node.root(), Path.of("/proc"));
    }

    static Product on(Node node) throws TrustStoreException {
        return new Product(node, TrustStore.at(node.root()));
    }

    /** What containerd must be started with in lane Isolated, once all else of it is in the node's root. */
    static Map<String, String> isolated(Node node) throws ContainerRuntimeException {
        return IsolatedLane.prepare(node.root()).environment();
    }

    ContainerRuntime runtime() {
        return runtime;
    }

    LaneChoice lane() throws ContainerRuntimeException {
        return runtime.lane();
    }

    /** Brings store and runtime to the set of these authorities. */
    void bring(Authority... authorities) throws TrustStoreException, ContainerRuntimeException {
        bring(set(authorities));
    }

    void bring(CertificateSet set) throws TrustStoreException, ContainerRuntimeException {
        runtime.beforeStore(history(), set, new TreeSet<>());
        store.apply(Wanted.of(set));
        runtime.afterStore();
        runtime.keepRoots(store.withoutOurs());
        runtime.show(set);
    }

    /** The host directories that need no set, as the agent has them proven: by the process of proofs, once. */
    Set<HostDirectory> vouched() throws Exception {
        BlockingQueue<HostDirectoryProofs.Round> rounds = new LinkedBlockingQueue<>();
        Path folder = Files.createTempDirectory("capstan-vouched");
        try (HostDirectoryProofs proofs = new HostDirectoryProofs(folder, ProofProcess::run, rounds::add, () -> 0)) {
            proofs.about(
                    runtime.hostDirectories().stream()
                            .filter(directory -> directory.hides().isPresent())
                            .toList(),
                    store.withoutOurs(),
                    Map.of());
            proofs.begin();
            proofs.take(rounds.take());
            return proofs.vouched();
        } finally {
            Program.clean().run("rm", "-rf", folder.toString());
        }
    }

    Loaded loaded() throws TrustStoreException, ContainerRuntimeException {
        return runtime.loaded(history(), new TreeSet<>());
    }

    /** Restarts containerd as the agent does, through the node's systemctl, which this test answers. */
    Restarted restart(Map<String, String> environment) throws ContainerRuntimeException, InterruptedException {
        node.writeProgram("/usr/local/bin/systemctl", SYSTEMCTL);
        Thread manager = Thread.ofPlatform().start(() -> {
            dev.capstan.endtoend.Await.until("systemctl is called", () -> Files.exists(node.path("/run/restart")));
            node.remove("/run/restart");
            node.containerd(environment);
            node.write("/run/restarted", "");
        });
        try {
            RuntimeProcess running = Objects.requireNonNull(runtime.lane().process());
            return runtime.restart(running, socket -> {
                        if (!Files.exists(node.path("/run/restarted"))) {
                            throw new IOException("not yet");
                        }
                    })
                    .orElseThrow();
        } finally {
            manager.join();
        }
    }

    static CertificateSet set(Authority... authorities) {
        return new CertificateReader(Clock.systemUTC())
                .readPem(Node.pem(authorities).getBytes(StandardCharsets.US_ASCII), Place.of("lab"))
                .set();
    }

    private List<StoreWrite> history() throws TrustStoreException {
        List<StoreWrite> history = new ArrayList<>();
        store.history()
                .forEach(write -> history.add(new StoreWrite(write.fingerprint(), write.bootId(), write.bootNanos())));
        return history;
    }
}
