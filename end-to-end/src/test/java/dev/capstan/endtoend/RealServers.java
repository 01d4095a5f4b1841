package dev.capstan.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Kills the servers of Kubernetes' own and starts them as they were.
 *
 * @param kubernetes whose they are
 */
record RealServers(RealKubernetes kubernetes) {

    private static final int ETCD = 0;
    private static final int API_SERVER = 1;

    /**
     * Kills the API server and starts it again; returns when it is ready. It knows nothing then of what came before, so that a
     * watch of an older version is answered with 410.
     */
    void restartApiServer() throws IOException {
        List<String> pids = pids();
        List<String> command = commandOf(pids.get(API_SERVER));
        kill(pids.get(API_SERVER));
        start(API_SERVER, "kube-apiserver", command);
        awaitReady();
    }

    /** Kills both, has etcd's folder changed, and starts them again; returns when the API server is ready. */
    void restartWithEtcd(Runnable changed) throws IOException {
        List<String> pids = pids();
        List<String> etcd = commandOf(pids.get(ETCD));
        List<String> server = commandOf(pids.get(API_SERVER));
        kill(pids.get(API_SERVER));
        kill(pids.get(ETCD));
        changed.run();
        start(ETCD, "etcd", etcd);
        start(API_SERVER, "kube-apiserver", server);
        awaitReady();
    }

    /** The folder of its etcd. */
    Path etcd() {
        return kubernetes.folder().resolve("etcd");
    }

    private List<String> pids() throws IOException {
        return Files.readAllLines(kubernetes.folder().resolve("pids"));
    }

    private static List<String> commandOf(String pid) throws IOException {
        return List.of(Files.readString(Path.of("/proc", pid, "cmdline")).split("\0"));
    }

    private static void kill(String pid) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        Await.until("it is gone", () -> ProcessHandle.of(Long.parseLong(pid)).isEmpty());
    }

    private void start(int number, String name, List<String> command) throws IOException {
        Path folder = kubernetes.folder();
        List<String> within =
                new ArrayList<>(List.of("sh", "-c", "cd \"$0\" && exec setsid \"$@\"", folder.toString()));
        within.addAll(command);
        Process started = Program.clean().start(within, Path.of("/dev/null"), folder.resolve("log/" + name + ".log"));
        List<String> pids = new ArrayList<>(pids());
        pids.set(number, Long.toString(started.pid()));
        Files.write(folder.resolve("pids"), pids);
    }

    private void awaitReady() {
        Await.until("the API server is ready again", () -> {
            try {
                Properties access = RealKubernetes.readAccess(kubernetes.access());
                return Program.clean()
                        .run(
                                "curl",
                                "-s",
                                "-m2",
                                "--cacert",
                                access.getProperty("AUTHORITY"),
                                "-H",
                                "Authorization: Bearer " + access.getProperty("TOKEN"),
                                access.getProperty("SERVER") + "/readyz")
                        .text()
                        .equals("ok");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
