package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of several controllers one works, with the rights that it has in a cluster. */
class CandidateTest {

    private Lab lab;
    private ClusterEndpoint endpoint;
    private final List<Candidate> candidates = new ArrayList<>();

    @BeforeEach
    void start() {
        lab = new Lab();
        lab.installDefinitions();
        Definitions.ensureNamespace(lab.client(MANAGEMENT));
        endpoint = lab.inCluster();
    }

    @AfterEach
    void stop() {
        candidates.forEach(Candidate::close);
        lab.close();
    }

    @Test
    void oneWorksAndTheOtherTakesOverAtOnceWhenItEnds() {
        Candidate first = candidate("first");
        await("the first leads", first::isLeader);
        Candidate second = candidate("second");
        await("the second asked", () -> second.sinceAnswer().compareTo(Duration.ofSeconds(5)) < 0);
        assertThat(second.isLeader()).isFalse();
        node("one");
        await("the first works", () -> lab.trust(MANAGEMENT, "one") != null);

        // Taken over because it was given back, and not because its time ran out.
        List<String> holders = new CopyOnWriteArrayList<>();
        try (var _ = lab.client(MANAGEMENT)
                .leases()
                .inNamespace(Names.CONTROLLER_LEASE_NAMESPACE)
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Lease lease) {
                        holders.add(lease.getSpec().getHolderIdentity());
                    }

                    @Override
                    public void onUpdate(Lease before, Lease lease) {
                        holders.add(lease.getSpec().getHolderIdentity());
                    }

                    @Override
                    public void onDelete(Lease lease, boolean unknown) {}
                })) {
            await("the first is seen", () -> holders.contains("first"));
            first.close();
            assertThat(first.isLeader()).isFalse();
            await("the second leads", second::isLeader);
            await("that is seen", () -> holders.contains("second"));
        }
        assertThat(holders).containsSubsequence("first", "", "second");
        node("two");
        await("the second works", () -> lab.trust(MANAGEMENT, "two") != null);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("second");
        assertThat(lease().getSpec().getLeaseTransitions()).isPositive();
    }

    @Test
    void whoseLeaseWasTakenStopsAndComesBackWhenItIsFree() {
        Candidate first = candidate("first");
        await("the first leads", first::isLeader);
        holder("somebody else");
        await("it stops", () -> !first.isLeader());
        node("one");
        holder("");
        await("it leads again", first::isLeader);
        await("and works", () -> lab.trust(MANAGEMENT, "one") != null);
    }

    @Test
    void theLeaseOfTheElectionIsNoNodes() {
        Candidate first = candidate("first");
        await("the first leads", first::isLeader);
        String uid = lease().getMetadata().getUid();
        node("one");
        await("works", () -> lab.trust(MANAGEMENT, "one") != null);
        lab.client(MANAGEMENT).nodes().withName("one").delete();
        await("gone", () -> lab.bearing(MANAGEMENT, "one").isEmpty());
        assertThat(lease().getMetadata().getUid()).isEqualTo(uid);
        assertThat(lab.trust(MANAGEMENT, Names.CONTROLLER_LEASE)).isNull();
    }

    @Test
    void afterTheEndOfItsTermNothingIsWritten() {
        Term term = new Term(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        try (KubernetesClient client = new Clients(term).open(lab.endpoint(MANAGEMENT))) {
            client.nodes().withName("one").get();
            client.namespaces().withName("default").edit(namespace -> {
                namespace.getMetadata().setLabels(java.util.Map.of("a", "b"));
                return namespace;
            });
            term.end();
            assertThat(client.namespaces().withName("default").get()).isNotNull();
            assertThatThrownBy(() -> client.namespaces().withName("default").delete())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasStackTraceContaining("no longer holds the Lease");
            assertThat(client.namespaces().withName("default").get()).isNotNull();
        }
    }

    @Test
    void aLeaseIsFreeWhenNobodyHoldsItOrNobodyRenewedItForAsLongAsItSays() {
        Lease held = new LeaseBuilder()
                .withNewSpec()
                .withHolderIdentity("first")
                .withLeaseDurationSeconds(15)
                .endSpec()
                .build();
        assertThat(LeaderLease.isFree(held, Duration.ofSeconds(14).toNanos())).isFalse();
        assertThat(LeaderLease.isFree(held, Duration.ofSeconds(15).toNanos())).isTrue();
        held.getSpec().setHolderIdentity("");
        assertThat(LeaderLease.isFree(held, 0)).isTrue();
        assertThat(LeaderLease.isFree(new Lease(), 0)).isTrue();
    }

    @Test
    void aTermEndsBeforeAnotherMayBegin() {
        assertThat(Candidate.TERM.plusSeconds(5)).isLessThanOrEqualTo(Candidate.LEASE);
        assertThat(Candidate.RETRY.multipliedBy(2)).isLessThan(Candidate.TERM);
    }

    private Candidate candidate(String identity) {
        Candidate candidate = Candidate.start(
                () -> ControllerConfig.forThisCluster(endpoint, ControllerConfig.ThisCluster.STANDARD)
                        .withTiming(Lab.TIMING),
                identity,
                new ControllerMetrics());
        candidates.add(candidate);
        return candidate;
    }

    private Lease lease() {
        return lab.client(MANAGEMENT)
                .leases()
                .inNamespace(Names.CONTROLLER_LEASE_NAMESPACE)
                .withName(Names.CONTROLLER_LEASE)
                .get();
    }

    private void holder(String holder) {
        lab.client(MANAGEMENT)
                .leases()
                .inNamespace(Names.CONTROLLER_LEASE_NAMESPACE)
                .withName(Names.CONTROLLER_LEASE)
                .patch(Manifests.MERGE, "{\"spec\":{\"holderIdentity\":\"" + holder + "\"}}");
    }

    private void node(String name) {
        lab.create(MANAGEMENT, "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name + "\"}}");
    }
}
