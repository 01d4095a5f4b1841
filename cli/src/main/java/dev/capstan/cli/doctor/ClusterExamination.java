package dev.capstan.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.Severity;
import dev.capstan.cli.kubernetes.Api;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks the control plane what it knows of a node. */
final class ClusterExamination {

    private static final String SECRET = "custom-ca-trust-secret";
    private static final String FEATURE = "CustomCATrustPreview";

    private final Api api;
    private final ManagedCluster cluster;
    private final Node node;
    private final CertificateReader reader = new CertificateReader(InstantSource.system());

    private ClusterExamination(Api api, ManagedCluster cluster, Node node) {
        this.api = api;
        this.cluster = cluster;
        this.node = node;
    }

    /** Throws a {@link Problem} if the API does not answer. */
    static ClusterView of(Api api, ManagedCluster cluster, Node node) {
        return new ClusterExamination(api, cluster, node).view();
    }

    private ClusterView view() {
        var found = api.find(path("/api/v1/namespaces/kube-system/secrets/" + SECRET));
        var secret = found.map(object -> reading(object, "the Secret")).orElse(empty());
        var listed = new ArrayList<String>();
        cluster.object()
                .at("/spec/securityProfile/customCATrustCertificates")
                .forEach(entry -> listed.add(entry.asText()));
        var list = reader.readList(listed, "the list");
        var misplaced = found.isPresent() ? Json.missing() : misplaced();
        var refused = new ArrayList<String>();
        for (var reading : List.of(secret, list)) {
            reading.findings().stream()
                    .filter(finding -> finding.severity() == Severity.ERROR)
                    .map(Finding::toString)
                    .forEach(refused::add);
        }
        var spec = node.trust().path("spec");
        var status = node.trust().path("status");
        var distrusted = new ArrayList<String>();
        spec.path("distrusted").forEach(identity -> distrusted.add(identity.asText()));
        var now = Instant.now();
        return new ClusterView(
                now,
                node.name(),
                secret.set().pem(),
                list.set().pem(),
                misplaced.isMissingNode()
                        ? ""
                        : reading(misplaced, "a Secret").set().pem(),
                distrusted,
                new Facts.Cluster(
                        "-g " + cluster.group() + " --cluster-name " + cluster.name(),
                        node.pool(),
                        enabled(),
                        registered(),
                        found.isPresent(),
                        misplaced.isMissingNode() ? "" : "the Secret " + name(misplaced),
                        refused,
                        withheld(spec, secret),
                        silence(now),
                        problem(status),
                        !status.path("written")
                                .asText("")
                                .equals(status.path("wanted").asText("none")),
                        false));
    }

    private boolean enabled() {
        for (var pool : cluster.object().at("/spec/agentPoolProfiles")) {
            if (pool.path("name").asText().equals(node.pool())) {
                return pool.path("enableCustomCATrust").asBoolean();
            }
        }
        return false;
    }

    private boolean registered() {
        for (var registration : api.list("/clusters/management/apis/capstan.dev/v1/registrations")) {
            if (registration.at("/spec/feature").asText("").equalsIgnoreCase(FEATURE)) {
                return registration.at("/spec/registered").asBoolean();
            }
        }
        return false;
    }

    /** A Secret with the right name in the wrong namespace, or with nearly the right name. */
    private JsonNode misplaced() {
        for (var secret : api.list(path("/api/v1/secrets"))) {
            if (secret.at("/metadata/name").asText().contains("ca-trust")) {
                return secret;
            }
        }
        return Json.missing();
    }

    private Reading reading(JsonNode secret, String source) {
        Map<String, byte[]> data = new TreeMap<>();
        for (var entry : secret.path("data").properties()) {
            try {
                data.put(
                        entry.getKey(),
                        Base64.getDecoder().decode(entry.getValue().asText()));
            } catch (IllegalArgumentException notBase64) {
                // The API refuses such data; what is not there is said as missing.
            }
        }
        return reader.readSecret(data, source);
    }

    private Reading empty() {
        return new Reading(List.of(), List.of());
    }

    private static String withheld(JsonNode spec, Reading secret) {
        var awaited = spec.path("secretFingerprint").asText("");
        var there = secret.set().fingerprint().toString();
        return awaited.isEmpty() || awaited.equals(there)
                ? ""
                : "the Secret holds the set " + there + ", and the node is to wait for " + awaited;
    }

    private String silence(Instant now) {
        var lease = api.find(path("/apis/coordination.k8s.io/v1/namespaces/capstan-system/leases/" + node.name()));
        var renewed =
                lease.map(object -> object.at("/spec/renewTime").asText("")).orElse("");
        if (renewed.isEmpty()) {
            return "nothing was ever heard of the node's agent";
        }
        var ago = Duration.between(Instant.parse(renewed), now);
        var lasts = lease.map(object -> object.at("/spec/leaseDurationSeconds").asLong(90))
                .orElse(90L);
        return ago.toSeconds() <= lasts
                ? ""
                : "nothing was heard of the node's agent for " + ago.toSeconds() + " s, since " + renewed;
    }

    private static String problem(JsonNode status) {
        var problem = status.path("problem");
        return problem.isObject()
                ? problem.path("reason").asText() + ": "
                        + problem.path("message").asText()
                : "";
    }

    private static String name(JsonNode object) {
        return object.at("/metadata/namespace").asText() + "/"
                + object.at("/metadata/name").asText();
    }

    private String path(String path) {
        return "/clusters/" + cluster.objectName() + path;
    }
}
