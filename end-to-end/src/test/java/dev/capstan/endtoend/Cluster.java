package dev.capstan.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A cluster as its user sees it: an unmodified kubectl with the cluster's kubeconfig, and a way to run outside programs
 * on its nodes.
 */
public final class Cluster {

    /** What containerd says of a registry whose CA it does not trust. */
    public static final String UNTRUSTED = "x509: certificate signed by unknown authority";

    /** The resource group of every test. */
    static final String GROUP = "lab";

    private final String kubectl;
    private final Path kubeconfig;
    private final Path machines;

    /** Of this kubectl and kubeconfig; {@code machines/NODE/enter} runs a command on a node. */
    public Cluster(String kubectl, Path kubeconfig, Path machines) {
        this.kubectl = kubectl;
        this.kubeconfig = kubeconfig;
        this.machines = machines;
    }

    /** Makes a cluster in this home whose first pool follows the Secret, and waits until it is ready. */
    static Cluster create(CapstanHome home, String name, int nodes) {
        home.run("feature", "register", "--namespace", "Microsoft.ContainerService", "--name", "CustomCATrustPreview")
                .orFail();
        return create(home, name, nodes, "--enable-custom-ca-trust");
    }

    /** Makes a cluster in this home with {@code capstan aks create} and these options, and waits until it is ready. */
    static Cluster create(CapstanHome home, String name, int nodes, String... options) {
        home.run("group", "create", "--name", GROUP, "--location", "local").orFail();
        List<String> create = new ArrayList<>(List.of(
                "aks",
                "create",
                "--resource-group",
                GROUP,
                "--name",
                name,
                "--node-count",
                Integer.toString(nodes),
                "--generate-ssh-keys"));
        create.addAll(List.of(options));
        home.run(create.toArray(String[]::new)).orFail();
        Path kubeconfig = home.folder().resolve(name + ".kubeconfig");
        home.run("aks", "get-credentials", "-g", GROUP, "-n", name, "--file", kubeconfig.toString())
                .orFail();
        return new Cluster(kubectlOf("bookworm"), kubeconfig, home.folder().resolve("machines"));
    }

    public static String kubectlOf(String suite) {
        return Program.clean()
                .with("HOME", System.getProperty("user.home"))
                .run(Repository.lab("kubectl").toString(), suite)
                .orFail()
                .text()
                .strip();
    }

    public Program.Output kubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of(kubectl, "--kubeconfig", kubeconfig.toString()));
        command.addAll(List.of(arguments));
        return Program.clean().with("HOME", kubeconfig.getParent().toString()).run(command, "");
    }

    /** Makes Capstan's definitions, as an installation does, and returns when the API serves them. */
    public void define() {
        kubectl(
                        "apply",
                        "-k",
                        Repository.ROOT
                                .resolve("resources/src/main/resources/dev/capstan/resources/crds")
                                .toString())
                .orFail();
        kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
                .orFail();
    }

    /** The cluster's API with the token of its kubeconfig, by a client that has nothing to do with kubectl. */
    public Api api() {
        try {
            String token = kubectl("config", "view", "--raw", "-o", "jsonpath={.users[0].user.token}")
                    .orFail()
                    .text()
                    .strip();
            return Api.of(this, token);
        } catch (Exception e) {
            throw new AssertionError("the kubeconfig cannot be used", e);
        }
    }

    /** Sets the status of an object, as a kubelet would; kubectl 1.20 cannot. */
    public void patchStatus(String path, String patch) {
        try {
            api().patch(path + "/status", patch);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("the status of " + path + " cannot be set", e);
        }
    }

    public List<String> nodes() {
        return kubectl("get", "nodes", "-o", "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}")
                .orFail()
                .text()
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** The Events of {@code kube-system}, each its reason, a blank, and its message. */
    public Stream<String> events() {
        return kubectl(
                        "get",
                        "events",
                        "-n",
                        "kube-system",
                        "-o",
                        "jsonpath={range .items[*]}{.reason}{\" \"}{.message}{\"\\n\"}{end}")
                .text()
                .lines();
    }

    /** Applies the manifest of the seed page with these keys, each the base64 of its file in block form. */
    public Program.Output applySecret(Map<String, byte[]> data) {
        StringBuilder manifest = new StringBuilder("""
                apiVersion: v1
                kind: Secret
                metadata:\s
                    name: custom-ca-trust-secret
                    namespace: kube-system
                type: Opaque
                data:
                """);
        if (data.isEmpty()) {
            manifest.append("    {}\n");
        }
        data.forEach((key, value) -> manifest.append("    ")
                .append(key)
                .append(": |\n      ")
                .append(Base64.getEncoder().encodeToString(value))
                .append('\n'));
        return apply(manifest.toString());
    }

    /** Applies a manifest. */
    public Program.Output apply(String manifest) {
        List<String> command = List.of(kubectl, "--kubeconfig", kubeconfig.toString(), "apply", "-f", "-");
        return Program.clean()
                .with("HOME", kubeconfig.getParent().toString())
                .run(command, manifest)
                .orFail();
    }

    /** Runs a program inside the node, as a shell on that computer would. */
    public Program.Output on(String node, String... command) {
        return given(node, "", command);
    }

    /** The same, with this text on its standard input. */
    public Program.Output given(String node, String input, String... command) {
        List<String> all =
                new ArrayList<>(List.of(machines.resolve(node).resolve("enter").toString()));
        all.addAll(List.of(command));
        return Program.clean().run(all, input);
    }

    /** A CRI pull by containerd itself, on the node. */
    public Program.Output pull(String node, String image) {
        try {
            List<String> command =
                    List.of(machines.resolve(node).resolve("enter").toString(), "bash", "-s", "--", image);
            return Program.clean().run(command, Files.readString(Repository.lab("cri-pull")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets every node find these registries by name. */
    public void resolve(Registry... registries) {
        for (String node : nodes()) {
            for (Registry registry : registries) {
                on(node, "sh", "-c", "echo " + registry.hostsLine() + " >> /etc/hosts")
                        .orFail();
            }
        }
    }

    /** Process id and start time of the node's containerd, from /proc. */
    public String containerd(String node) {
        return on(node, "sh", "-c", "pid=$(pgrep -x containerd) && echo $pid $(cut -d' ' -f22 /proc/$pid/stat)")
                .orFail()
                .text()
                .strip();
    }
}
