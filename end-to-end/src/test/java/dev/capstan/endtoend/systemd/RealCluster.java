package dev.capstan.endtoend.systemd;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.RealKubernetes;
import dev.capstan.endtoend.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Kubernetes' own API server with Capstan's resources and its controller beside it, and an administrator with kubectl. The API
 * server can be taken away and comes back at its place.
 */
final class RealCluster implements AutoCloseable {

    private static final int STOP_SECONDS = 300;

    private final RealKubernetes kubernetes;
    private final Path folder;
    private final String kubectl;
    private final Process controller;
    private Process server;
    private List<String> command = List.of();

    private RealCluster(RealKubernetes kubernetes, Path folder, String kubectl) throws IOException {
        this.kubernetes = kubernetes;
        this.folder = folder;
        this.kubectl = kubectl;
        kubectl(
                        "apply",
                        "-k",
                        Repository.ROOT
                                .resolve("resources/src/main/resources/dev/capstan/resources/crds")
                                .toString())
                .orFail();
        kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
                .orFail();
        kubectl("create", "namespace", "capstan-system").orFail();
        Path configuration = Files.writeString(folder.resolve("controller.properties"), "metrics=none\nhealth=none\n");
        controller = Program.clean()
                .start(
                        List.of(
                                Repository.DISTRIBUTION.resolve("bin/capstan").toString(),
                                "controller",
                                "--kubeconfig",
                                kubernetes.kubeconfig().toString(),
                                configuration.toString()),
                        Path.of("/dev/null"),
                        folder.resolve("controller.log"));
    }

    static RealCluster up(Path folder) {
        String kubectl = Program.clean()
                .with("HOME", System.getProperty("user.home"))
                .run(Repository.lab("kubectl").toString(), "bookworm")
                .orFail()
                .text()
                .strip();
        RealKubernetes kubernetes = RealKubernetes.up(folder.resolve("kubernetes"));
        try {
            return new RealCluster(kubernetes, folder, kubectl);
        } catch (IOException | RuntimeException | Error failed) {
            kubernetes.close();
            throw new AssertionError("the cluster cannot be made", failed);
        }
    }

    Path kubeconfig() {
        return kubernetes.kubeconfig();
    }

    /** Signs as its API server does. */
    TokenSigner signer() {
        return new TokenSigner(kubernetes.folder().resolve("pki/sa.key"));
    }

    /** What its API server wrote of itself. */
    String apiLog() {
        return read(kubernetes.folder().resolve("log/kube-apiserver.log"));
    }

    Program.Output kubectl(String... arguments) {
        List<String> words = new ArrayList<>(
                List.of(kubectl, "--kubeconfig", kubernetes.kubeconfig().toString()));
        words.addAll(Arrays.asList(arguments));
        return Program.clean().with("HOME", folder.toString()).run(words, "");
    }

    /** kubectl with another credential. */
    Program.Output kubectlWith(Path credential, String... arguments) {
        List<String> words = new ArrayList<>(List.of(kubectl, "--kubeconfig", credential.toString()));
        words.addAll(Arrays.asList(arguments));
        return Program.clean().with("HOME", folder.toString()).run(words, "");
    }

    /** A Node as a kubelet would make it and keep it ready, of a pool that follows the Secret. */
    void addNode(String name) {
        apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: %s, labels: {kubernetes.io/os: linux, kubernetes.azure.com/custom-ca-trust-enabled: "true"}}
                """.formatted(name));
        // kubectl 1.20 writes no status.
        try {
            Properties access = RealKubernetes.readAccess(kubernetes.access());
            Program.clean()
                    .run(
                            "curl",
                            "-sS",
                            "--fail",
                            "-o",
                            "/dev/null",
                            "--cacert",
                            access.getProperty("AUTHORITY"),
                            "-H",
                            "Authorization: Bearer " + access.getProperty("TOKEN"),
                            "-H",
                            "Content-Type: application/merge-patch+json",
                            "-X",
                            "PATCH",
                            "-d",
                            "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}",
                            access.getProperty("SERVER") + "/api/v1/nodes/" + name + "/status")
                    .orFail();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Secret with this one key, or with none. */
    void secret(Path... certificate) {
        List<String> words = new ArrayList<>(List.of(
                "create",
                "secret",
                "generic",
                "custom-ca-trust-secret",
                "-n",
                "kube-system",
                "--dry-run=client",
                "-o",
                "yaml"));
        for (Path file : certificate) {
            words.add("--from-file=corp.crt=" + file);
        }
        apply(kubectl(words.toArray(String[]::new)).orFail().text());
    }

    private void apply(String manifest) {
        Program.clean()
                .with("HOME", folder.toString())
                .run(List.of(kubectl, "--kubeconfig", kubernetes.kubeconfig().toString(), "apply", "-f", "-"), manifest)
                .orFail();
    }

    String controllerLog() {
        return read(folder.resolve("controller.log"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the API server, at once. */
    void takeApiAway() {
        try {
            for (String pid : Files.readAllLines(kubernetes.folder().resolve("pids"))) {
                List<String> words = Arrays.asList(
                        new String(Files.readAllBytes(Path.of("/proc", pid, "cmdline")), StandardCharsets.UTF_8)
                                .split("\0", -1));
                if (words.getFirst().endsWith("/kube-apiserver")) {
                    command = words.subList(0, words.size() - 1);
                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
                    Await.until("the API server is gone", () -> !Files.exists(Path.of("/proc", pid, "cwd", ".")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (command.isEmpty()) {
            throw new AssertionError("no API server runs");
        }
    }

    /** Starts it again at its place. */
    void bringApiBack() {
        try {
            List<String> words =
                    new ArrayList<>(List.of("env", "-C", kubernetes.folder().toString()));
            words.addAll(command);
            server = Program.clean()
                    .start(words, Path.of("/dev/null"), kubernetes.folder().resolve("log/kube-apiserver.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until(
                "the API server is ready again",
                () -> kubectl("get", "--raw", "/readyz").held());
    }

    @Override
    public void close() {
        try (kubernetes) {
            end(controller);
            if (server != null) {
                end(server);
            }
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
