package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.session.Json;
import dev.capstan.resources.Departure;
import dev.capstan.resources.EndangeredEndpoint;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What another list would change on a cluster. Two lists are the same where their sets are. A node is replaced if it was
 * born with another set than the list's (model update {@code Replace}): so that a list that stays as it is replaces those
 * that an update before did not come to, and one that goes back to what it was spares those that were not replaced yet. A node that does not tell what it was born
 * with counts as born with the list.
 *
 * @param before the list as it is
 * @param after the list as it would be
 * @param sameText whether the entries would stay as they are, to the letter
 * @param replaced nodes that would be replaced: pools in the cluster's order, nodes by name
 * @param endangered endpoints that would break
 * @param held those of them that the removal guard watches: the update would be refused
 */
record ListPlan(
        CertificateSet before,
        CertificateSet after,
        boolean sameText,
        List<Node> replaced,
        List<EndangeredEndpoint> endangered,
        List<EndangeredEndpoint> held) {

    private static final String PLACE = "securityProfile.customCATrustCertificates";

    /**
     * Judges a list.
     *
     * @param cluster the cluster as ARM has it
     * @param entries the entries that would be sent
     * @param nodes every node of the cluster
     */
    static ListPlan of(JsonNode cluster, List<String> entries, List<Node> nodes, InstantSource clock) {
        var present = new ArrayList<String>();
        cluster.at("/properties/securityProfile/customCATrustCertificates")
                .forEach(entry -> present.add(entry.asText()));
        var reader = new CertificateReader(clock);
        var before = reader.readList(present, PLACE).set();
        var after = reader.readList(entries, PLACE).set();
        var fingerprint = after.fingerprint().value();
        var lost = before.lostTo(after, clock.instant()).stream()
                .map(gone -> gone.identity().hex())
                .collect(Collectors.toSet());
        var guard = RemovalGuard.of(cluster, nodes);
        var endangered = new Departure(lost, Set.of()).endangers(guard.anchors(), guard.pools());
        return new ListPlan(
                before,
                after,
                present.equals(entries),
                replaced(cluster, nodes, before, after),
                endangered,
                guard.held(endangered, fingerprint));
    }

    private static List<Node> replaced(
            JsonNode cluster, List<Node> nodes, CertificateSet before, CertificateSet after) {
        var replaced = new ArrayList<Node>();
        for (var pool : cluster.at("/properties/agentPoolProfiles")) {
            nodes.stream()
                    .filter(node ->
                            node.pool().equalsIgnoreCase(pool.path("name").asText()))
                    .filter(node -> !node.bornWith().orElse(model(before)).equals(model(after)))
                    .forEach(replaced::add);
        }
        return replaced;
    }

    /** What nodes are born with: the fingerprint, or nothing where there is no list. */
    private static String model(CertificateSet set) {
        return set.isEmpty() ? "" : set.fingerprint().value();
    }

    private static List<Certificate> only(CertificateSet one, CertificateSet other) {
        return one.certificates().stream()
                .filter(certificate -> !other.contains(certificate.identity()))
                .toList();
    }

    private List<Certificate> added() {
        return only(after, before);
    }

    private List<Certificate> removed() {
        return only(before, after);
    }

    private List<Certificate> kept() {
        return before.certificates().stream()
                .filter(certificate -> after.contains(certificate.identity()))
                .toList();
    }

    boolean changes() {
        return !before.equals(after) || !replaced.isEmpty();
    }

    /** In one sentence or two. */
    String summary() {
        var list = before.equals(after)
                ? sameText ? "The list is the same" : "The list has the same certificates, in another order or form"
                : String.format(
                        Locale.ROOT,
                        "The list would change: %d added, %d removed, %d left",
                        added().size(),
                        removed().size(),
                        kept().size());
        if (!changes()) {
            return list + ": nothing would change; no node is replaced.";
        }
        if (replaced.isEmpty()) {
            return list + ". No node would be replaced: there is none that was born with another list.";
        }
        return list + ". "
                + (replaced.size() == 1 ? "1 node" : replaced.size() + " nodes")
                + " would be replaced"
                + (before.equals(after) ? ", which an update before did not come to." : ", pool by pool.");
    }

    ObjectNode json() {
        var json = Json.object();
        json.put("changes", changes());
        json.put("summary", summary());
        json.put("fingerprint", after.fingerprint().value());
        json.set("added", json(added()));
        json.set("removed", json(removed()));
        json.set("kept", json(kept()));
        var nodes = json.putArray("replacedNodes");
        replaced.forEach(node -> nodes.addObject().put("name", node.name()).put("pool", node.pool()));
        var endpoints = json.putArray("endangeredEndpoints");
        for (var endpoint : endangered) {
            var one = endpoints
                    .addObject()
                    .put("endpoint", endpoint.endpoint())
                    .put("subject", endpoint.subject())
                    .put("sha256", endpoint.sha256());
            var names = one.putArray("nodes");
            endpoint.nodes().forEach(names::add);
            one.put("refused", held.contains(endpoint));
        }
        return json;
    }

    private static ArrayNode json(List<Certificate> certificates) {
        var json = Json.array();
        for (var certificate : certificates) {
            json.addObject()
                    .put("subject", certificate.subject())
                    .put("sha256", certificate.identity().hex())
                    .put(
                            "notAfter",
                            certificate
                                    .notAfter()
                                    .truncatedTo(ChronoUnit.SECONDS)
                                    .toString());
        }
        return json;
    }

    /** The rows of {@code -o table}: of what {@link #json} made, one for each certificate, node and endpoint. */
    static JsonNode rows(JsonNode plan) {
        var rows = Json.array();
        for (var word : List.of("added", "removed", "kept")) {
            for (var certificate : plan.path(word)) {
                row(
                        rows,
                        word,
                        certificate.path("subject").asText(),
                        "until " + certificate.path("notAfter").asText().substring(0, 10),
                        certificate.path("sha256").asText());
            }
        }
        for (var node : plan.path("replacedNodes")) {
            row(
                    rows,
                    "replaced",
                    "node " + node.path("name").asText(),
                    "pool " + node.path("pool").asText(),
                    "");
        }
        for (var endpoint : plan.path("endangeredEndpoints")) {
            row(
                    rows,
                    "endangered",
                    endpoint.path("endpoint").asText(),
                    endpoint.path("subject").asText(),
                    endpoint.path("sha256").asText());
        }
        return rows;
    }

    private static void row(ArrayNode rows, String change, String what, String detail, String sha256) {
        rows.addObject()
                .put("change", change)
                .put("what", what)
                .put("detail", detail)
                .put("sha256", sha256);
    }
}
