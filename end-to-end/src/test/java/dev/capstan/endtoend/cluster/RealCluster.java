package dev.capstan.endtoend.cluster;

import dev.capstan.endtoend.Cluster;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.RealKubernetes;
import dev.capstan.endtoend.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A whole Kubernetes (lab/kubernetes): its own control plane, and nodes with systemd, containerd, kubelet and kube-proxy. */
final class RealCluster implements AutoCloseable {

    private final Path folder;
    private final RealKubernetes kubernetes;
    private final Cluster cluster;
    private final List<Registry> registries = new ArrayList<>();

    private RealCluster(Path folder, RealKubernetes kubernetes) {
        this.folder = folder;
        this.kubernetes = kubernetes;
        this.cluster = new Cluster(
                Cluster.kubectlOf("bookworm"),
                kubernetes.kubeconfig(),
                kubernetes.folder().resolve("nodes"));
    }

    /** Starts it with these nodes; everything is written into the folder. Returns when all are ready. */
    static RealCluster up(Path folder, String... nodes) {
        RealKubernetes kubernetes = RealKubernetes.upForNodes(folder.resolve("kubernetes"));
        RealCluster up = new RealCluster(folder, kubernetes);
        try {
            up.boot(nodes);
            return up;
        } catch (RuntimeException | Error failed) {
            up.close();
            throw failed;
        }
    }

    /** Boots nodes that are new or off. */
    void boot(String... nodes) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Program.Output>> booting = new ArrayList<>();
            for (String node : nodes) {
                booting.add(threads.submit(() -> RealKubernetes.lab(
                        List.of("node", "up", kubernetes.folder().toString(), node))));
            }
            for (Future<Program.Output> one : booting) {
                one.get().orFail();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a node could not be booted", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while nodes were booting", e);
        }
    }

    /** As its user sees it. */
    Cluster cluster() {
        return cluster;
    }

    RealNode node(String name) {
        return new RealNode(cluster, name);
    }

    /** A private registry whose CA nobody trusts, in the nodes' network and known to all by name; ends with the cluster. */
    Registry registry(String name) {
        try {
            String server = RealKubernetes.readAccess(kubernetes.access()).getProperty("SERVER");
            Registry started = Registry.start(folder, name, URI.create(server).getHost());
            registries.add(started);
            cluster.resolve(started);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the images of an archive on a node, as an administrator does beforehand. */
    void importImages(String node, Path archive) {
        List<String> command = List.of(
                "sh",
                "-c",
                "exec \"$0\" ctr -n k8s.io images import - <\"$1\"",
                kubernetes
                        .folder()
                        .resolve("nodes")
                        .resolve(node)
                        .resolve("enter")
                        .toString(),
                archive.toString());
        Program.clean().run(command, "").orFail();
    }

    /** A file of this name beside what the cluster has written. */
    Path file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends everything, the registries too. */
    @Override
    public void close() {
        try (RealKubernetes _ = kubernetes) {
            registries.forEach(Registry::close);
        }
    }
}
