package dev.capstan.controller;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The nodes as metrics: made anew of what the watches hold each time Prometheus asks, so nothing is counted along that could
 * be counted wrongly. Nothing where no nodes are looked after.
 */
final class NodeMetrics implements MultiCollector {

    private record Certificate(String sha256, String subject, String notAfter) {}

    private record LeftOut(String source, String code) {}

    private volatile @Nullable ManagedApi api;
    private final Map<String, Long> lastSuccess = new HashMap<>();

    /** From now on of these nodes; null: of none. */
    void of(@Nullable ManagedApi nodes) {
        api = nodes;
    }

    @Override
    public synchronized MetricSnapshots collect() {
        ManagedApi of = api;
        if (of == null) {
            return new MetricSnapshots();
        }
        long now = Instant.now().getEpochSecond();
        Map<List<String>, Integer> states = new HashMap<>();
        Map<Certificate, Integer> certificates = new HashMap<>();
        Map<LeftOut, Integer> leftOut = new HashMap<>();
        CounterSnapshot.Builder healed = CounterSnapshot.builder()
                .name("capstan_drift_healed")
                .help("How often somebody else changed what the agent keeps on the node, and it was put right.");
        CounterSnapshot.Builder restarts = CounterSnapshot.builder()
                .name("capstan_runtime_restarts")
                .help("How often the node's agent restarted the container runtime.");
        Map<String, NodeTrustObject> trusts = new TreeMap<>();
        of.trusts().forEach(trust -> trusts.put(trust.getMetadata().getName(), trust));
        lastSuccess.keySet().retainAll(trusts.keySet());
        for (Node node : of.nodes()) {
            String name = node.getMetadata().getName();
            NodeTrustObject trust = trusts.get(name);
            NodeCondition condition = NodeConditions.condition(node, Names.NODE_CONDITION);
            states.merge(
                    List.of(
                            trust == null ? NONE : level(trust.getStatus()),
                            condition == null ? "NotYetSeen" : condition.getReason()),
                    1,
                    Integer::sum);
            if (condition != null && condition.getStatus().equals("True")) {
                lastSuccess.put(name, now);
            }
        }
        trusts.forEach((name, trust) -> {
            NodeTrust.Status status = trust.getStatus();
            if (status == null) {
                return;
            }
            status.certificates()
                    .forEach(certificate -> certificates.merge(
                            new Certificate(certificate.sha256(), certificate.subject(), certificate.notAfter()),
                            1,
                            Integer::sum));
            TrustVerdict.leftOut(status).stream()
                    .map(finding -> new LeftOut(finding.source(), finding.code()))
                    .distinct()
                    .forEach(each -> leftOut.merge(each, 1, Integer::sum));
            if (status.drift() != null) {
                healed.dataPoint(
                        counter(Labels.of("node", name), (double) status.drift().healed()));
            }
            if (status.runtime() != null) {
                restarts.dataPoint(
                        counter(Labels.of("node", name), status.runtime().restarts()));
            }
        });
        return new MetricSnapshots(
                states(states),
                installed(certificates),
                expiry(certificates),
                quarantined(leftOut),
                successes(),
                waiting(of),
                healed.build(),
                restarts.build());
    }

    private static final String NONE = "None";

    private static String level(NodeTrust.@Nullable Status status) {
        String level = status == null
                ? null
                : NodeTrust.levelOf(status.wanted(), status.written(), status.loaded(), status.proven());
        return level == null ? NONE : level;
    }

    private static GaugeSnapshot states(Map<List<String>, Integer> states) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("capstan_nodes")
                .help(
                        "Nodes, by the level of what they shall trust and the reason of their condition CustomCATrusted.");
        states.forEach((state, nodes) ->
                gauge.dataPoint(gauge(Labels.of("level", state.getFirst(), "reason", state.getLast()), nodes)));
        return gauge.build();
    }

    private static GaugeSnapshot installed(Map<Certificate, Integer> certificates) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("capstan_certificate_nodes")
                .help("In the sets of how many nodes a certificate is.");
        certificates.forEach((certificate, nodes) -> gauge.dataPoint(gauge(labels(certificate), nodes)));
        return gauge.build();
    }

    private static GaugeSnapshot expiry(Map<Certificate, Integer> certificates) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("capstan_certificate_not_after_timestamp_seconds")
                .help("When a certificate that some node trusts expires. It is reported, never acted on.");
        certificates
                .keySet()
                .forEach(certificate -> gauge.dataPoint(gauge(labels(certificate), (double)
                        Instant.parse(certificate.notAfter()).getEpochSecond())));
        return gauge.build();
    }

    private static GaugeSnapshot quarantined(Map<LeftOut, Integer> leftOut) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("capstan_quarantined_nodes")
                .help("On how many nodes an input was left out, by its source (secret/KEY or list) and why.");
        leftOut.forEach((each, nodes) ->
                gauge.dataPoint(gauge(Labels.of("source", each.source(), "code", each.code()), nodes)));
        return gauge.build();
    }

    private GaugeSnapshot successes() {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("capstan_node_last_success_timestamp_seconds")
                .help(
                        "When the node was last seen with its condition CustomCATrusted True, since this controller works.");
        lastSuccess.forEach((node, at) -> gauge.dataPoint(gauge(Labels.of("node", node), at)));
        return gauge.build();
    }

    private static GaugeSnapshot waiting(ManagedApi api) {
        return GaugeSnapshot.builder()
                .name("capstan_change_waiting_seconds")
                .help(
                        "For how long the node that waits longest has not loaded what it shall trust; 0 where none waits.")
                .dataPoint(gauge(Labels.EMPTY, api.changes().longest().toMillis() / 1000.0))
                .build();
    }

    private static Labels labels(Certificate certificate) {
        return Labels.of("sha256", certificate.sha256(), "subject", certificate.subject());
    }

    private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static CounterDataPointSnapshot counter(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
