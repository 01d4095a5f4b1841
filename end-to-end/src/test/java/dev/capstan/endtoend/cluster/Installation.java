package dev.capstan.endtoend.cluster;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Capstan in a cluster, installed as docs/install.md says: the images put on the nodes beforehand, then {@code kubectl apply -k}.
 *
 * @param real the cluster
 * @param manifests folder of the kustomization
 */
record Installation(RealCluster real, Path manifests) {

    static final String NAMESPACE = "capstan-system";

    private static final List<String> NAMES = List.of("capstan-agent", "capstan-controller");

    /** The version that the manifests of this repository name. */
    static String version() {
        try {
            return Files.readAllLines(Repository.ROOT.resolve("deploy/kustomization.yaml")).stream()
                    .filter(line -> line.strip().startsWith("newTag:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the images of what is tested, in this folder, unless {@code -Dcapstan.images=FOLDER} says where they are. */
    static Path images(Path folder) {
        String made = System.getProperty("capstan.images");
        if (made != null) {
            return Path.of(made);
        }
        Program.clean()
                .run(
                        Repository.ROOT.resolve("script/images").toString(),
                        "--built",
                        Repository.DISTRIBUTION.toString(),
                        folder.toString())
                .orFail();
        return folder;
    }

    /** Imports the images on every node and installs; returns when all its pods are ready. */
    static Installation install(RealCluster real, Path images) {
        for (String node : real.cluster().nodes()) {
            NAMES.forEach(name -> real.importImages(node, images.resolve(name + "-" + version() + ".tar")));
        }
        Installation installed = new Installation(real, Repository.ROOT.resolve("deploy"));
        installed.apply();
        return installed;
    }

    /** Applies the manifests and returns when every pod is of them and ready. */
    void apply() {
        kubectl("apply", "-k", manifests.toString()).orFail();
        rolledOut("daemonset/capstan-agent");
        rolledOut("deployment/capstan-controller");
    }

    /** Gives the controllers this configuration, as docs/controller-configuration.md says; returns when none has another. */
    void configure(String properties) {
        String deployment = "deployment/capstan-controller";
        kubectl(
                        "-n",
                        NAMESPACE,
                        "patch",
                        "configmap",
                        "capstan-controller",
                        "--type=merge",
                        "-p",
                        "{\"data\":{\"controller.properties\":\"" + properties + "\"}}")
                .orFail();
        kubectl("-n", NAMESPACE, "rollout", "restart", deployment).orFail();
        rolledOut(deployment);
        // Who leads leads on until it is told to end, which a busy kubelet may do later.
        Await.until(
                "only the two new controllers are there",
                () -> kubectl(
                                        "-n",
                                        NAMESPACE,
                                        "get",
                                        "pods",
                                        "-l",
                                        "app.kubernetes.io/name=capstan-controller",
                                        "-o",
                                        "name")
                                .text()
                                .lines()
                                .count()
                        == 2);
    }

    /**
     * The same code as another version: its images under another tag, and manifests that name it. All nodes get it at once, as who
     * has few may choose, since each takes its time.
     */
    Installation as(String version) {
        for (String node : real.cluster().nodes()) {
            for (String name : version.equals(version()) ? List.<String>of() : NAMES) {
                String image = "capstan.dev/" + name + ":";
                real.node(node)
                        .on("ctr", "-n", "k8s.io", "images", "tag", image + version(), image + version)
                        .orFail();
            }
        }
        Path folder =
                real.file("version-" + version + "/kustomization.yaml", "").getParent();
        List<String> lines = new ArrayList<>(List.of("bases:", "- " + folder.relativize(manifests), "images:"));
        for (String name : NAMES) {
            lines.add("- name: capstan.dev/" + name);
            lines.add("  newTag: '" + version + "'");
        }
        lines.addAll(List.of("patchesStrategicMerge:", "- at-once.yaml"));
        real.file("version-" + version + "/at-once.yaml", """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata:
                  name: capstan-agent
                  namespace: %s
                spec:
                  updateStrategy:
                    rollingUpdate:
                      maxUnavailable: 100%%
                """.formatted(NAMESPACE));
        real.file("version-" + version + "/kustomization.yaml", String.join("\n", lines) + "\n");
        return new Installation(real, folder);
    }

    /** Takes it away as its documentation says: first from the nodes, then out of the cluster. */
    void uninstall() {
        patch("daemonset", "capstan-agent", "uninstall.yaml");
        patch("deployment", "capstan-controller", "uninstall-controller.yaml");
        kubectl("delete", "-k", manifests.toString(), "--timeout=900s").orFail();
    }

    private void patch(String kind, String workload, String file) {
        try {
            String patch = Files.readString(Repository.ROOT.resolve("deploy").resolve(file));
            kubectl("-n", NAMESPACE, "patch", kind, workload, "--patch", patch).orFail();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        rolledOut(kind + "/" + workload);
    }

    private void rolledOut(String workload) {
        Program.Output rolled = kubectl("-n", NAMESPACE, "rollout", "status", workload, "--timeout=900s");
        if (!rolled.held()) {
            throw new AssertionError(rolled.text()
                    + kubectl("-n", NAMESPACE, "describe", "pods").text()
                    + kubectl("-n", NAMESPACE, "logs", workload).text());
        }
    }

    /** The images that its pods run of. */
    List<String> running() {
        return kubectl("-n", NAMESPACE, "get", "pods", "-o", "jsonpath={.items[*].spec.containers[*].image}")
                .orFail()
                .text()
                .strip()
                .lines()
                .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                .distinct()
                .sorted()
                .toList();
    }

    /** Runs a command in the agent's pod of a node, as its administrator does. */
    Program.Output inAgent(RealNode node, String... command) {
        String pod = kubectl(
                        "-n",
                        NAMESPACE,
                        "get",
                        "pods",
                        "-l",
                        "app.kubernetes.io/name=capstan-agent",
                        "--field-selector=spec.nodeName=" + node.name(),
                        "-o",
                        "jsonpath={.items[0].metadata.name}")
                .orFail()
                .text()
                .strip();
        List<String> words = new ArrayList<>(List.of("-n", NAMESPACE, "exec", pod, "--"));
        words.addAll(List.of(command));
        return kubectl(words.toArray(String[]::new));
    }

    private Program.Output kubectl(String... words) {
        return real.cluster().kubectl(words);
    }
}
