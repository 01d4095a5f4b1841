package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identities;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.agent.proof.Prover;
import dev.capstan.proof.ProofProcess;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A node for each test: a root, a proc file system in which nothing runs, an API server, and an agent that may be started. */
final class NodeUnderTest implements BeforeEachCallback, AfterEachCallback {

    /** Longer than any test: the agent never looks by itself. */
    static final long AN_HOUR = 3_600_000;

    private Path folder;
    private FakeApi server;
    private NodeRoot root;
    private Path proc;
    private NodeLoop loop;

    @Override
    public void beforeEach(ExtensionContext test) throws IOException {
        folder = Files.createTempDirectory("capstan-node");
        server = new FakeApi();
        root = new NodeRoot(folder.resolve("root"));
        proc = NodeRoot.proc(root.path().resolve("proc"));
    }

    @Override
    public void afterEach(ExtensionContext test) throws IOException {
        try {
            stop();
        } finally {
            server.close();
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path emptied, IOException failed) throws IOException {
                Files.delete(emptied);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** A folder for what a test needs beside the node. */
    Path folder() {
        return folder;
    }

    FakeApi server() {
        return server;
    }

    NodeRoot root() {
        return root;
    }

    Path proc() {
        return proc;
    }

    /** Starts the agent, looking at the node every second. */
    void start() throws IOException {
        start(1000, ProofProcess::run);
    }

    /** Starts the agent with another pace and other proofs. */
    void start(long lookMillis, Prover prover, String... properties) throws IOException {
        start(root.properties(server.url(), properties), lookMillis, prover);
    }

    /** Starts the agent with these properties. */
    void start(Path properties, long lookMillis, Prover prover) throws IOException {
        loop = new NodeLoop(Settings.parse(properties), proc, InstantSource.system(), "test", lookMillis, prover);
        Thread.ofPlatform().start(loop::run);
    }

    void stop() {
        if (loop != null) {
            assertThat(loop.stop(5000)).isTrue();
            loop = null;
        }
    }

    /** A Secret's data with these roots. */
    static Map<String, String> secret(int... roots) {
        Map<String, String> data = new LinkedHashMap<>();
        for (int number : roots) {
            data.put("ca" + number + ".crt", TestPki.root(number));
        }
        return data;
    }

    /** Waits until the store is said to hold exactly these roots, and sees that it does. */
    void awaitHeld(int... roots) throws InterruptedException {
        server.awaitStatus(
                "written " + fingerprint(roots),
                status -> status.contains("\"written\":\"" + fingerprint(roots) + "\""));
        assertThat(root.held()).isEqualTo(identities(roots));
    }

    /** Waits until the runtime is said to have loaded exactly these roots. */
    void awaitLoaded(int... roots) throws InterruptedException {
        server.awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(roots) + "\""));
    }
}
