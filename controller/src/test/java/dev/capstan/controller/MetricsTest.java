package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.TIMING;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeRuntime;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.NodeTrust.Drift;
import dev.capstan.resources.NodeTrust.SecretSeen;
import dev.capstan.resources.NodeTrust.StatusFinding;
import dev.capstan.resources.NodeTrust.TrustedCertificate;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Prometheus is told, and that what is in deploy/monitoring asks for nothing else. */
class MetricsTest {

    private static final String SET = "v1:" + "0".repeat(64);
    private static final Path MONITORING = Path.of("../deploy/monitoring");

    private Lab lab;
    private final ControllerMetrics metrics = new ControllerMetrics();
    private Candidate candidate;

    @BeforeEach
    void start() {
        lab = new Lab();
        lab.installDefinitions();
        Definitions.ensureNamespace(lab.client(MANAGEMENT));
        ClusterEndpoint endpoint = lab.inCluster();
        candidate = Candidate.start(
                () -> ControllerConfig.forThisCluster(endpoint, ControllerConfig.ThisCluster.STANDARD)
                        .withTiming(TIMING),
                "one",
                metrics);
        await("leads", candidate::isLeader);
    }

    @AfterEach
    void stop() {
        candidate.close();
        lab.close();
    }

    @Test
    void nodesAreToldAsTheirNodeTrustsSay() {
        node("a");
        node("b");
        speak("a", SET, "1");
        speak("b", null, "1");
        await(
                "both",
                () -> text().contains("capstan_nodes{level=\"Loaded\",reason=\"Quarantined\"} 1.0")
                        && text().contains("capstan_nodes{level=\"Written\",reason=\"Written\"} 1.0"));
        assertThat(text().lines())
                .contains(
                        "capstan_leader 1.0",
                        "capstan_certificate_nodes{sha256=\"" + "a".repeat(64) + "\",subject=\"CN=corp\"} 2.0",
                        "capstan_certificate_not_after_timestamp_seconds{sha256=\"" + "a".repeat(64)
                                + "\",subject=\"CN=corp\"} 1.8E9",
                        "capstan_quarantined_nodes{code=\"not-a-ca\",source=\"secret/bad\"} 2.0",
                        "capstan_drift_healed_total{node=\"a\"} 3.0",
                        "capstan_runtime_restarts_total{node=\"b\"} 2.0")
                .anyMatch(line -> line.startsWith("capstan_node_last_success_timestamp_seconds{node=\"a\"}"))
                .noneMatch(line -> line.startsWith("capstan_node_last_success_timestamp_seconds{node=\"b\"}"))
                .anyMatch(line -> line.startsWith("capstan_reconcile_total{kind=\"nodeof\",outcome=\"done\"}"));
        assertThat(metricsUsed()).isSubsetOf(metricsThere());
    }

    @Test
    void aChangeOfTheSecretIsTimedToEachLevel() {
        node("a");
        secret("one");
        String version = version();
        speak("a", SET, version);
        await(
                "counted nothing of before",
                () -> text().contains("capstan_change_seconds_count{level=\"Written\"} 0")
                        || text().contains("capstan_change_seconds_count{level=\"Written\"} 1"));
        long before = count("Loaded");
        secret("two");
        await("waits", () -> !Objects.equals(version, version()));
        speak("a", SET, version());
        await("counted", () -> count("Loaded") > before);
        assertThat(count("Proven")).isZero();
    }

    @Test
    void whoDoesNotWorkTellsOfNoNode() {
        node("a");
        speak("a", SET, "1");
        await("told", () -> text().contains("capstan_nodes{"));
        candidate.close();
        assertThat(text()).contains("capstan_leader 0.0").doesNotContain("capstan_nodes{");
    }

    private static Set<String> metricsUsed() {
        Set<String> names = new TreeSet<>();
        for (String file : List.of("alerts.yaml", "dashboard.json")) {
            String text = read(MONITORING.resolve(file));
            Clients.serialization().unmarshal(text, Map.class);
            Matcher name = Pattern.compile("capstan_[a-z_]+").matcher(text);
            while (name.find()) {
                names.add(name.group().replaceFirst("_bucket$", ""));
            }
        }
        assertThat(names).hasSizeGreaterThan(8);
        return names;
    }

    private Set<String> metricsThere() {
        Set<String> names = new TreeSet<>();
        text().lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> names.add(line.split(" ", -1)[2]));
        return names;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String text() {
        var out = new ByteArrayOutputStream();
        try {
            metrics.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private long count(String level) {
        String line = "capstan_change_seconds_count{level=\"" + level + "\"} ";
        return text().lines()
                .filter(each -> each.startsWith(line))
                .mapToLong(each -> Long.parseLong(each.substring(line.length())))
                .findFirst()
                .orElse(0);
    }

    private void node(String name) {
        lab.create(
                MANAGEMENT,
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name
                        + "\",\"labels\":{\"kubernetes.azure.com/custom-ca-trust-enabled\":\"true\"}}}");
    }

    private void secret(String value) {
        var secrets = lab.client(MANAGEMENT).secrets().inNamespace(Names.SECRET_NAMESPACE);
        if (secrets.withName(Names.SECRET_NAME).get() == null) {
            lab.create(
                    MANAGEMENT,
                    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"" + Names.SECRET_NAME
                            + "\",\"namespace\":\"" + Names.SECRET_NAMESPACE + "\"}}");
        }
        secrets.withName(Names.SECRET_NAME)
                .patch(Manifests.MERGE, "{\"metadata\":{\"annotations\":{\"test\":\"" + value + "\"}}}");
    }

    private String version() {
        Secret secret = lab.client(MANAGEMENT)
                .secrets()
                .inNamespace(Names.SECRET_NAMESPACE)
                .withName(Names.SECRET_NAME)
                .get();
        return secret.getMetadata().getResourceVersion();
    }

    private void speak(String node, @Nullable String loaded, String secretVersion) {
        await("Lease of " + node, () -> lab.bearing(MANAGEMENT, node).contains("leases.coordination.k8s.io/" + node));
        lab.renewLease(MANAGEMENT, node);
        await("NodeTrust of " + node, () -> lab.trust(MANAGEMENT, node) != null);
        lab.report(
                MANAGEMENT,
                node,
                new NodeTrust.Status(
                                lab.trust(MANAGEMENT, node).getMetadata().getGeneration(),
                                SET,
                                SET,
                                loaded,
                                null,
                                null,
                                List.of(new TrustedCertificate(
                                        "CN=corp", "a".repeat(64), "2027-01-15T08:00:00Z", List.of("secret/ca"))),
                                List.of(new StatusFinding(
                                        "not-a-ca", "error", "secret/bad", "it is no CA", "give a CA")),
                                null,
                                new SecretSeen("uid", secretVersion),
                                "1",
                                null,
                                null,
                                new NodeRuntime(
                                        "containerd", "1.6.20", 7, null, List.of(), List.of(), 2, null, List.of()))
                        .drifted(new Drift(3, "2026-01-01T00:00:00Z", "the bundle")));
    }
}
