package dev.capstan.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the agent's class archive (AppCDS) at build time: runs the agent against a server of its own through everything
 * that its steady path knows (first contact, list, Secret, a quarantined key, status, Lease, a new token, a repaired
 * store, a reconnect, a stop), records which classes that takes, and has the JVM archive them.
 *
 * <pre>AgentTraining CLASS_PATH ARCHIVE [JAVA]</pre>
 *
 * <p>CLASS_PATH is the very class path, jar by jar, that the agent is started with later: the JVM uses an archive only
 * with jars of the same names, sizes and times, though their folder may be another. JAVA is the run-time image's
 * {@code bin/java}; without it this JVM's.
 */
final class AgentTraining {

    private AgentTraining() {}

    public static void main(String[] arguments) throws Exception {
        String classPath = arguments[0];
        Path archive = Path.of(arguments[1]).toAbsolutePath();
        String java = arguments.length > 2
                ? arguments[2]
                : Path.of(System.getProperty("java.home"), "bin/java").toString();
        Path folder = Files.createTempDirectory("capstan-agent-training");
        try {
            Path classes = folder.resolve("classes");
            train(java, classPath, classes, folder);
            run(List.of(
                    java,
                    "-Xshare:dump",
                    "-XX:+UseSerialGC",
                    "-XX:SharedClassListFile=" + classes,
                    "-XX:SharedArchiveFile=" + archive,
                    "-cp",
                    classPath));
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static void train(String java, String classPath, Path classes, Path folder) throws Exception {
        NodeRoot root = new NodeRoot(folder.resolve("root"));
        try (FakeApi server = new FakeApi()) {
            Path properties = root.properties(server.url());
            server.certificateSet(NodeRoot.fingerprint(0), TestPki.root(0));
            server.secret(Map.of("good", TestPki.root(1), "bad", "no certificate"));
            server.trust(NodeRoot.fingerprint(0), true);
            String old = jwt(-3000, 600);
            server.token(old);
            server.renewedToken(jwt(0, 3600));
            Files.writeString(root.path().resolve("run/capstan/token"), old);
            Process agent = start(List.of(
                    java,
                    "-Xshare:off",
                    "-XX:+UseSerialGC",
                    "-XX:DumpLoadedClassList=" + classes,
                    "-cp",
                    classPath,
                    Agent.class.getName(),
                    properties.toString()));
            try {
                live(server, root);
                agent.destroy();
                if (!agent.waitFor(10, TimeUnit.SECONDS) || agent.exitValue() != 0) {
                    throw new IOException("the training run did not end well");
                }
            } finally {
                agent.destroyForcibly();
            }
        }
    }

    private static void live(FakeApi server, NodeRoot root) throws Exception {
        server.awaitStatus("both certificates", status -> status.contains(NodeRoot.fingerprint(0, 1)));
        server.await(
                "a new token", () -> server.count(request -> request.method().equals("POST")) > 0);
        server.secret(Map.of("other", TestPki.root(2)));
        server.awaitStatus("a change", status -> status.contains(NodeRoot.fingerprint(0, 2)));
        Path anchor = root.path()
                .resolve("usr/local/share/ca-certificates")
                .resolve(root.anchors().iterator().next());
        Files.delete(anchor);
        server.await("the repair", () -> Files.exists(anchor));
        server.cut();
        server.deleteSecret();
        server.awaitStatus("a removal", status -> status.contains(NodeRoot.fingerprint(0)));
    }

    private static String jwt(long issued, long expires) {
        long now = System.currentTimeMillis() / 1000;
        return HeartbeatTest.jwt(now + issued, now + expires);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        if (start(command).waitFor() != 0) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(new ArrayList<>(command)).inheritIO().start();
    }
}
