package dev.capstan.controller;

import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.AgentRights.Rule;
import dev.capstan.resources.CustomResourceDefinitions;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.TrustProof;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that is there, as somebody would attach it: with Capstan's own controller in it, nodes that somebody else made,
 * and agents that do what their NodeTrusts say. The controller under test has the rights of an attached location alone.
 */
final class AttachedClusterLab implements AutoCloseable {

    static final String CORP = "corp";

    /** What a NodeTrust said at one commit. */
    record Said(
            String node, @Nullable String told, @Nullable String loaded, boolean isAnswer) {}

    final Lab lab = new Lab();
    final List<Said> recorded = new CopyOnWriteArrayList<>();

    /** Nodes whose agents do nothing. */
    final Set<String> silent = ConcurrentHashMap.newKeySet();

    /** Sets with which an endpoint does not verify. */
    final Set<String> refuted = ConcurrentHashMap.newKeySet();

    private final Controller inside;
    private final Watch watch;
    private final Thread agents;
    private volatile boolean ends;

    AttachedClusterLab() {
        lab.installDefinitions();
        lab.make(CORP);
        KubernetesClient corp = lab.client(CORP);
        Definitions.ensureResources(corp, CustomResourceDefinitions.manifests());
        Definitions.ensureNamespace(corp);
        attach("1");
        lab.location = CORP;
        inside = Controller.start(
                ControllerConfig.forThisCluster(lab.endpoint(CORP), ControllerConfig.ThisCluster.STANDARD)
                        .withTiming(Lab.timing(
                                Duration.ofMinutes(10), // no test here is about an agent that falls silent
                                Lab.TIMING.unusedSet(),
                                Lab.TIMING.patience(),
                                Lab.TIMING.tombstone())));
        watch = corp.resources(NodeTrustObject.class).watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, NodeTrustObject trust) {
                NodeTrust.Status status = trust.getStatus();
                recorded.add(new Said(
                        trust.getMetadata().getName(),
                        trust.getSpec().certificateSet(),
                        status == null ? null : status.loaded(),
                        status != null
                                && status.observedGeneration()
                                        >= trust.getMetadata().getGeneration()));
            }

            @Override
            public void onClose(WatcherException cause) {}
        });
        agents = Thread.ofVirtual().start(this::answer);
    }

    /** Attaches the cluster, with the rights that are asked for and no other. */
    void attach(String version) {
        List<Rule> rights = Stream.concat(
                        AttachedRights.onCluster().stream(), AttachedRights.onSystemNamespace().stream())
                .toList();
        AttachedLocation location = new AttachedLocation(
                CORP,
                version,
                lab.client(CORP)
                        .namespaces()
                        .withName("kube-system")
                        .get()
                        .getMetadata()
                        .getUid(),
                lab.endpoint(CORP, rights),
                Names.POOL_LABEL);
        lab.locations = name -> name.equals(CORP) ? Optional.of(location) : Optional.empty();
    }

    void node(String name, String pool) {
        lab.create(
                CORP,
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\""
                        + Names.POOL_LABEL + "\":\"" + pool + "\"}}}");
        ready(name, true);
        await("its NodeTrust", () -> lab.trust(CORP, name) != null);
    }

    void ready(String name, boolean isReady) {
        lab.client(CORP)
                .nodes()
                .withName(name)
                .subresource("status")
                .patch(
                        Manifests.STRATEGIC,
                        "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"" + (isReady ? "True" : "False")
                                + "\",\"reason\":\"Kubelet\"}]}}");
    }

    @Nullable
    String told(String node) {
        NodeTrustObject trust = lab.trust(CORP, node);
        return trust == null ? null : trust.getSpec().certificateSet();
    }

    boolean has(String node, @Nullable String set) {
        NodeTrustObject trust = lab.trust(CORP, node);
        return trust != null
                && trust.getStatus() != null
                && trust.getStatus().observedGeneration() == trust.getMetadata().getGeneration()
                && Objects.equals(trust.getStatus().loaded(), fingerprint(set));
    }

    /** From the recorded watch: no node was told anything while another had not yet answered what it was told. */
    void toldOneAfterTheOther() {
        Map<String, String> open = new HashMap<>();
        Map<String, String> told = new HashMap<>();
        for (Said said : recorded) {
            String set = String.valueOf(said.told());
            String before = told.put(said.node(), set);
            if (before != null && !before.equals(set)) {
                assertThat(open.keySet().stream().filter(node -> !node.equals(said.node())))
                        .as(said.node() + " was told " + set + " while others had not answered, in\n" + recorded)
                        .isEmpty();
                open.put(said.node(), set);
            }
            if (said.isAnswer() && fingerprint(said.told()).equals(said.loaded())) {
                open.remove(said.node());
            }
        }
    }

    private static String fingerprint(@Nullable String set) {
        return set == null ? "v1:nothing" : set;
    }

    private void answer() {
        while (!ends) {
            try {
                for (NodeTrustObject trust :
                        lab.client(CORP).resources(NodeTrustObject.class).list().getItems()) {
                    String name = trust.getMetadata().getName();
                    NodeTrust.Status status = trust.getStatus();
                    if (!silent.contains(name)
                            && (status == null
                                    || status.observedGeneration()
                                            < trust.getMetadata().getGeneration())) {
                        lab.renewLease(CORP, name);
                        lab.report(CORP, name, status(trust));
                    }
                }
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException nodeWentMeanwhile) {
                Thread.onSpinWait();
            }
        }
    }

    private NodeTrust.Status status(NodeTrustObject trust) {
        String set = fingerprint(trust.getSpec().certificateSet());
        boolean isRefuted = refuted.contains(set);
        List<TrustProof.Endpoint> endpoints = trust.getSpec().probes().stream()
                .map(probe -> endpoint(probe, set, isRefuted ? TrustProof.REFUTED : TrustProof.PROVEN))
                .toList();
        return new NodeTrust.Status(
                trust.getMetadata().getGeneration(),
                set,
                set,
                set,
                null,
                new NodeTrust.Lane("Isolated", "made here"),
                List.of(),
                List.of(),
                isRefuted ? new NodeTrust.Problem(TrustProof.REFUTED, "an endpoint does not verify") : null,
                null,
                "1",
                "2026-01-01T00:00:00Z",
                endpoints.isEmpty() ? null : proof(set, endpoints),
                null);
    }

    private static TrustProof proof(String set, List<TrustProof.Endpoint> endpoints) {
        return new TrustProof(endpoints.getFirst().outcome(), set, "2026-01-01T00:00:00Z", endpoints);
    }

    private static TrustProof.Endpoint endpoint(String probe, String set, String outcome) {
        return new TrustProof.Endpoint(
                probe,
                outcome,
                outcome.equals(TrustProof.PROVEN) ? "Verified" : "UnknownAuthority",
                "what was found",
                set,
                null,
                List.of(),
                "2026-01-01T00:00:00Z",
                null);
    }

    @Override
    public void close() {
        ends = true;
        agents.interrupt();
        watch.close();
        inside.close();
        lab.close();
    }
}
