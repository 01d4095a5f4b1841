package dev.capstan.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Kubernetes' own API server and etcd, with everything they write in one folder: on loopback, or with controller-manager and
 * scheduler on a network of the cluster's own, where nodes can be hung on it.
 *
 * @param folder theirs alone
 */
public record RealKubernetes(Path folder) implements AutoCloseable {

    /** Starts both and returns when the API server is ready. */
    public static RealKubernetes up(Path folder) {
        return start(folder, List.of("up", folder.toString()));
    }

    /** Starts them all, for nodes to come, and returns when pods can be made. */
    public static RealKubernetes upForNodes(Path folder) {
        return start(folder, List.of("up", folder.toString(), "nodes"));
    }

    private static RealKubernetes start(Path folder, List<String> command) {
        RealKubernetes kubernetes = new RealKubernetes(folder);
        Program.Output started = lab(command);
        if (!started.held()) {
            kubernetes.close();
        }
        started.orFail();
        return kubernetes;
    }

    /** The administrator's. */
    public Path kubeconfig() {
        return folder.resolve("admin.kubeconfig");
    }

    /** How a program reaches it as administrator: lines {@code SERVER=}, {@code TOKEN=} and {@code AUTHORITY=}, a file. */
    public Path access() {
        return folder.resolve("env");
    }

    /** The lines of such a file. */
    public static Properties readAccess(Path file) throws IOException {
        Properties access = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            access.load(reader);
        }
        return access;
    }

    /** Ends them, and all nodes; returns when they are gone. */
    @Override
    public void close() {
        try {
            Path file = folder.resolve("pids");
            List<Long> pids = Files.exists(file)
                    ? Files.readAllLines(file).stream().map(Long::valueOf).toList()
                    : List.of();
            lab(List.of("down", folder.toString())).orFail();
            Await.until(
                    "the real Kubernetes is gone",
                    () -> pids.stream().allMatch(pid -> ProcessHandle.of(pid).isEmpty()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one of the programs of lab/kubernetes, named by the first word. */
    public static Program.Output lab(List<String> command) {
        List<String> whole = new ArrayList<>(command);
        whole.set(0, Repository.lab("kubernetes/" + command.getFirst()).toString());
        return Program.clean().with("HOME", System.getProperty("user.home")).run(whole, "");
    }
}
