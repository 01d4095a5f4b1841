package dev.capstan.endtoend.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Cluster;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Registry;
import dev.capstan.endtoend.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job where somebody else runs the nodes: a whole Kubernetes with kubelets, Capstan installed by {@code kubectl apply -k},
 * pods whose image lies in a private registry. One node was prepared, two were not, and one is none of Capstan's. Verdicts are
 * kubectl, CRI pulls, /proc and systemd's journal; Capstan's own status is never asked for one.
 */
@Order(1)
final class RealNodesTest {

    private static final String LABEL = "kubernetes.azure.com/custom-ca-trust-enabled";

    @TempDir
    private static Path folder;

    private static @Nullable RealCluster real;
    private static Installation installed;
    private static RealNode prepared;
    private static List<RealNode> unprepared = List.of();
    private static RealNode other;

    private static Registry registry;
    private static final Map<RealNode, Map<String, String>> FOUND = new LinkedHashMap<>();

    @BeforeAll
    static void up() {
        Requirements.realNodes();
        Path images = Installation.images(folder.resolve("images"));
        real = RealCluster.up(folder, "prepared", "one", "two", "other");
        prepared = real.node("prepared");
        unprepared = List.of(real.node("one"), real.node("two"));
        other = real.node("other");
        registry = real.registry("corp");
        real.cluster()
                .nodes()
                .forEach(name -> FOUND.put(real.node(name), real.node(name).administered()));
        installed = Installation.install(real, images);
        prepare();
        label(prepared, "=true");
    }

    @AfterAll
    static void down() {
        if (real != null) {
            real.close();
        }
    }

    @AfterEach
    void theNodeWithoutTheLabelIsUntouchedByteForByte() {
        assertThat(other.administered()).isEqualTo(FOUND.get(other));
        assertThat(other.pull(registry.image()).text()).contains(Cluster.UNTRUSTED);
    }

    @AfterEach
    void noSecretIsLeft() {
        kubectl("delete", "secret", "-n", "kube-system", "custom-ca-trust-secret", "--ignore-not-found");
        refuses(prepared);
    }

    @Test
    void podsOfAPrivateRegistryRunOnceTheSecretIsThereAndNothingIsRestarted() throws IOException {
        try (RealPod kept = RealPod.make(prepared, "kept", "localhost/busybox:1");
                RealPod first = RealPod.make(prepared, "first", registry.image())) {
            kept.runs();
            first.isRefused();
            String containerd = prepared.containerd();
            String kubelet = prepared.kubelet();
            String running = kept.process();

            applySecret();
            first.runs();
            assertThat(first.restarts()).isEqualTo("0");
            String started = first.process();
            try (RealPod second = RealPod.make(prepared, "second", registry.image())) {
                second.runs();
            }

            removeKey();
            refuses(prepared);
            try (RealPod third = RealPod.make(prepared, "third", registry.image())) {
                third.isRefused();
            }
            assertThat(prepared.containerd()).isEqualTo(containerd);
            assertThat(prepared.kubelet()).isEqualTo(kubelet);
            assertThat(kept.process()).isEqualTo(running);
            assertThat(first.process()).isEqualTo(started);
        }
    }

    @Test
    void unpreparedNodesRestartContainerdOneAfterTheOtherAndNoContainerNotices() throws IOException {
        Map<RealNode, RealPod> kept = new LinkedHashMap<>();
        Map<RealNode, RealPod> waiting = new LinkedHashMap<>();
        Map<RealNode, String> before = new LinkedHashMap<>();
        Map<RealNode, Integer> starts = new LinkedHashMap<>();
        try {
            for (RealNode node : unprepared) {
                kept.put(node, RealPod.make(node, "kept-" + node.name(), "localhost/busybox:1"));
                waiting.put(node, RealPod.make(node, "waiting-" + node.name(), registry.image()));
            }
            waiting.values().forEach(RealPod::isRefused);
            for (RealNode node : unprepared) {
                kept.get(node).runs();
                before.put(node, kept.get(node).process() + " " + node.kubelet());
                starts.put(node, node.restarts().size());
                label(node, "=true");
            }

            applySecret();
            waiting.values().forEach(RealPod::runs);
            assertRestartedOnceInTurn(starts);
            for (RealNode node : unprepared) {
                assertThat(kept.get(node).process() + " " + node.kubelet()).isEqualTo(before.get(node));
                assertThat(kept.get(node).restarts()).isEqualTo("0");
                starts.put(node, node.restarts().size());
                label(node, "-");
            }
            unprepared.forEach(RealNodesTest::refuses);
            assertRestartedOnceInTurn(starts);
            for (RealNode node : unprepared) {
                assertThat(kept.get(node).process() + " " + node.kubelet()).isEqualTo(before.get(node));
                assertThat(waiting.get(node).restarts()).isEqualTo("0");
            }
        } finally {
            unprepared.forEach(node -> label(node, "-"));
            kept.values().forEach(RealPod::close);
            waiting.values().forEach(RealPod::close);
        }
    }

    /** systemd leaves a unit down that is started more than five times within ten seconds. */
    @Test
    void secretThatComesAndGoesQuicklyNeverBringsARuntimeDown() throws IOException {
        RealNode node = unprepared.getFirst();
        try {
            label(node, "=true");
            for (int times = 0; times < 4; times++) {
                applySecret();
                pulls(node);
                kubectl("delete", "secret", "-n", "kube-system", "custom-ca-trust-secret")
                        .orFail();
                refuses(node);
            }
        } finally {
            label(node, "-");
        }
    }

    @Test
    void whereRestartsAreForbiddenTheNodeSaysSoAndNothingIsRestarted() throws IOException {
        RealNode stale = unprepared.getFirst();
        String containerd = stale.containerd();
        try {
            installed.configure("restart=never");
            label(stale, "=true");
            applySecret();
            saysThatItsRuntimeIsStaleAndRestartsAreForbidden(stale);
            pulls(prepared);
            real.cluster().applySecret(Map.of("renamed.crt", Files.readAllBytes(registry.certificateAuthority())));
            Await.until(
                    "the agent has looked again",
                    () -> kubectl("get", "nodetrust", stale.name(), "-o", "yaml")
                            .text()
                            .contains("secret/renamed.crt"));
            saysThatItsRuntimeIsStaleAndRestartsAreForbidden(stale);
            refuses(stale);
            assertThat(stale.containerd()).isEqualTo(containerd);

            installed.configure("");
            pulls(stale);
            assertThat(stale.containerd()).isNotEqualTo(containerd);
        } finally {
            label(stale, "-");
            installed.configure("");
        }
        refuses(stale);
    }

    /** In the words of its condition and of an Event. */
    private static void saysThatItsRuntimeIsStaleAndRestartsAreForbidden(RealNode node) {
        String forbidden = "is forbidden by the controller's configuration; systemctl restart containerd by hand";
        String condition =
                "{range .status.conditions[?(@.type==\"CustomCATrusted\")]}{.status} {.reason} {.message}{end}";
        Await.until(node.name() + " says RuntimeStale and why", () -> {
            String said = kubectl("get", "node", node.name(), "-o", "jsonpath=" + condition)
                    .text();
            return said.startsWith("False RuntimeStale ") && said.contains(forbidden);
        });
        String events = "--field-selector=reason=CustomCATrustRuntimeStale,involvedObject.name=" + node.name();
        assertThat(kubectl("get", "events", "-A", events, "-o", "jsonpath={.items[*].message}")
                        .text())
                .contains(forbidden);
    }

    @Test
    void anotherVersionChangesNoStoreAndRestartsNoRuntime() throws IOException {
        RealNode unpreparedOne = unprepared.getFirst();
        List<RealNode> nodes = List.of(prepared, unpreparedOne);
        Installation next = installed.as("9.9.9");
        try {
            label(unpreparedOne, "=true");
            applySecret();
            nodes.forEach(RealNodesTest::pulls);
            Map<RealNode, String> before = new LinkedHashMap<>();
            nodes.forEach(node -> before.put(node, node.administered() + node.containerd() + node.kubelet()));

            next.apply();
            Await.until(
                    "only the other version's pods are there",
                    () -> next.running()
                            .equals(List.of(
                                    "capstan.dev/capstan-agent:9.9.9", "capstan.dev/capstan-controller:9.9.9")));
            // The new agents have looked at everything once they know the certificate by its new name.
            real.cluster().applySecret(Map.of("renamed.crt", Files.readAllBytes(registry.certificateAuthority())));
            for (RealNode node : nodes) {
                Await.until(
                        node.name() + " has seen the new name",
                        () -> kubectl("get", "nodetrust", node.name(), "-o", "yaml")
                                .text()
                                .contains("secret/renamed.crt"));
                assertThat(node.administered() + node.containerd() + node.kubelet())
                        .isEqualTo(before.get(node));
            }
        } finally {
            label(unpreparedOne, "-");
            installed.as(Installation.version()).apply();
        }
        refuses(unpreparedOne);
    }

    @Test
    void uninstallLeavesEveryNodeAsItWasFound() throws IOException {
        RealNode unpreparedOne = unprepared.getFirst();
        try {
            label(unpreparedOne, "=true");
            applySecret();
            pulls(prepared);
            pulls(unpreparedOne);

            installed.uninstall();

            FOUND.forEach((node, found) -> {
                assertThat(RealNode.withoutTimes(node.administered()))
                        .as(node.name())
                        .isEqualTo(RealNode.withoutTimes(found));
                assertThat(node.shell("ls -d /var/lib/capstan /run/capstan 2>/dev/null || true"))
                        .as(node.name())
                        .isEmpty();
            });
            assertThat(prepared.shell("systemctl show -P DropInPaths containerd"))
                    .isEmpty();
            refuses(prepared);
            assertThat(kubectl("get", "crd,clusterrole,clusterrolebinding,namespace", "-o", "name")
                            .text())
                    .doesNotContain("capstan");
            assertThat(kubectl("get", "nodes", "-o", "jsonpath={.items[*].status.conditions[*].type}")
                            .text())
                    .contains("Ready")
                    .doesNotContain("CustomCATrusted");
        } finally {
            label(unpreparedOne, "-");
            // What it had loaded it trusts until it is started again.
            unpreparedOne.shell("systemctl restart containerd");
            installed.apply();
            prepare();
        }
    }

    @Test
    void pemTextUnderDataIsRefusedByTheApiServerWithTheReason() throws IOException {
        mistakes().pemTextUnderDataIsRefusedByTheApiServerWithTheReason();
    }

    @Test
    void windowsLineEndsAreRead() throws IOException {
        mistakes().windowsLineEndsAreRead();
    }

    @Test
    void valuesThatWereEncodedTwiceAreReadAndSaid() throws IOException {
        mistakes().valuesThatWereEncodedTwiceAreReadAndSaid();
    }

    @Test
    void badKeyIsNamedAndTheGoodOneCounts() throws IOException {
        mistakes().badKeyIsNamedAndTheGoodOneCounts();
    }

    @Test
    void secretInAnotherNamespaceIsToldWhereItBelongs() throws IOException {
        mistakes().secretInAnotherNamespaceIsToldWhereItBelongs();
    }

    @Test
    void secretOfAnotherNameLeavesTheConditionThatSaysWhichIsMissing() throws IOException {
        mistakes().secretOfAnotherNameLeavesTheConditionThatSaysWhichIsMissing();
    }

    private static SecretMistakes mistakes() throws IOException {
        return new SecretMistakes(real, prepared, registry, Files.readString(registry.certificateAuthority()));
    }

    /** Each node's containerd was restarted once since, and no two were away at the same time. */
    private static void assertRestartedOnceInTurn(Map<RealNode, Integer> starts) {
        List<RealNode.Restart> restarts = unprepared.stream()
                .flatMap(node -> node.restarts().stream().skip(starts.get(node)))
                .sorted()
                .toList();
        assertThat(restarts).hasSameSizeAs(unprepared);
        for (int next = 1; next < restarts.size(); next++) {
            assertThat(restarts.get(next).stopping())
                    .isGreaterThan(restarts.get(next - 1).started());
        }
    }

    /** As docs/install.md says: any restart of containerd cuts the session, so what counts is what the command finds afterwards. */
    private static void prepare() {
        Await.until(
                "a session that prepares begins",
                () -> installed
                        .inAgent(prepared, "capstan", "node", "prepare", "--yes")
                        .held());
        Await.until(
                "the node is prepared",
                () -> installed
                                .inAgent(prepared, "capstan", "node", "prepare", "--plan")
                                .text()
                        + prepared.told(),
                () -> installed
                        .inAgent(prepared, "capstan", "node", "prepare", "--plan")
                        .text()
                        .startsWith("Nothing to do"));
    }

    private static void label(RealNode node, String value) {
        kubectl("label", "node", node.name(), LABEL + value, "--overwrite").orFail();
    }

    private static void applySecret() throws IOException {
        real.cluster().applySecret(Map.of("corp.crt", Files.readAllBytes(registry.certificateAuthority())));
    }

    private static void removeKey() {
        String patch = "[{\"op\":\"remove\",\"path\":\"/data/corp.crt\"}]";
        kubectl("patch", "secret", "-n", "kube-system", "custom-ca-trust-secret", "--type=json", "-p", patch)
                .orFail();
    }

    private static void pulls(RealNode node) {
        node.pulls(registry.image());
    }

    private static void refuses(RealNode node) {
        node.refuses(registry.image());
    }

    private static Program.Output kubectl(String... words) {
        return real.cluster().kubectl(words);
    }
}
