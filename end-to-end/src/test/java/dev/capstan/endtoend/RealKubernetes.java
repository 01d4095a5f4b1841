package dev.capstan.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * Kubernetes' own API server and etcd on loopback, with everything they write in one folder.
 *
 * @param folder theirs alone
 */
record RealKubernetes(Path folder) implements AutoCloseable {

    /** Starts both and returns when the API server is ready. */
    static RealKubernetes up(Path folder) {
        RealKubernetes kubernetes = new RealKubernetes(folder);
        Program.Output started = kubernetes.lab("up");
        if (!started.held()) {
            kubernetes.close();
        }
        started.orFail();
        return kubernetes;
    }

    /** The administrator's. */
    Path kubeconfig() {
        return folder.resolve("admin.kubeconfig");
    }

    /** How a program reaches it as administrator: lines {@code SERVER=}, {@code TOKEN=} and {@code AUTHORITY=}, a file. */
    Path access() {
        return folder.resolve("env");
    }

    /** The lines of such a file. */
    static Properties readAccess(Path file) throws IOException {
        Properties access = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            access.load(reader);
        }
        return access;
    }

    /** Ends both; returns when they are gone. */
    @Override
    public void close() {
        try {
            Path file = folder.resolve("pids");
            List<Long> pids = Files.exists(file)
                    ? Files.readAllLines(file).stream().map(Long::valueOf).toList()
                    : List.of();
            lab("down").orFail();
            Await.until(
                    "the real API server and etcd are gone",
                    () -> pids.stream().allMatch(pid -> ProcessHandle.of(pid).isEmpty()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Program.Output lab(String name) {
        return Program.clean()
                .with("HOME", System.getProperty("user.home"))
                .run(Repository.lab("kubernetes/" + name).toString(), folder.toString());
    }
}
