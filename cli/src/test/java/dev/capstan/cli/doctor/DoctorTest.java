package dev.capstan.cli.doctor;

import static dev.capstan.cli.doctor.Place.ANCHORS;
import static dev.capstan.cli.doctor.Place.BUNDLE;
import static dev.capstan.cli.doctor.Place.HASH_DIRECTORY;
import static dev.capstan.cli.doctor.Place.HOST_DIRECTORY;
import static dev.capstan.cli.doctor.Place.KEYSTORE;
import static dev.capstan.cli.doctor.Place.LIST;
import static dev.capstan.cli.doctor.Place.SECRET;
import static dev.capstan.proof.Reason.UNKNOWN_AUTHORITY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken set-ups, each beside a near twin of another cause: the true cause is named first. */
class DoctorTest {

    private static final String HIDES = "registry.corp has a host directory of its own: add the line ca = ...";
    private static final String REFUSED =
            "Head https://registry.corp/v2/: x509: certificate signed by unknown authority";

    private static Arguments row(String name, Cause cause, Consumer<Case> difference) {
        return Arguments.of(name, cause, difference);
    }

    static Stream<Arguments> pairs() {
        return Stream.of(
                // 1: the seeds' case, feature enabled and Secret added, still unknown authority
                row("the Secret has the CA, its pool is not enabled", Cause.POOL_NOT_ENABLED, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(SECRET);
                    it.enabled = false;
                }),
                row("the pool is enabled, the Secret has another CA", Cause.CA_MISSING, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.ends = true;
                }),
                // 2
                row("the pool is not enabled, the feature not registered either", Cause.CLUSTER_FEATURE, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(SECRET);
                    it.enabled = false;
                    it.feature = false;
                }),
                row(
                        "the feature was unregistered later, the pool is enabled, the bundle lost it",
                        Cause.BUNDLE_DAMAGED,
                        it -> {
                            it.refuted(UNKNOWN_AUTHORITY).only(SECRET, ANCHORS, HASH_DIRECTORY);
                            it.feature = false;
                        }),
                // 3
                row("the Secret's entry with the CA was refused", Cause.ENTRY_REFUSED, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.refused = List.of("error not-a-ca at key ca1.crt");
                }),
                row("the Secret lies in another namespace", Cause.SECRET_ELSEWHERE, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.secret = false;
                    it.elsewhere = "default/custom-ca-trust-secret";
                }),
                // 4
                row("the store has the CA, the runtime has older roots", Cause.RUNTIME_STALE, it -> {
                    it.runtimeSays(UNKNOWN_AUTHORITY, REFUSED);
                    it.lane = "Restart";
                    it.stale = "containerd has not read CN=Corp Root yet";
                    it.mayNotKnow = true;
                }),
                row("the store has the CA, a host directory hides it", Cause.HOST_DIRECTORY_HIDES, it -> {
                    it.runtimeSays(UNKNOWN_AUTHORITY, REFUSED);
                    it.hostDirectory = "/etc/containerd/certs.d/registry.corp";
                    it.hides = HIDES;
                    it.obstacles = List.of(HIDES);
                }),
                // 5
                row("lane Restart: stale, and a host directory without a ca", Cause.RUNTIME_STALE, it -> {
                    it.runtimeSays(UNKNOWN_AUTHORITY, REFUSED);
                    it.lane = "Restart";
                    it.stale = "containerd has not read CN=Corp Root yet";
                    it.hostDirectory = "/etc/containerd/certs.d/registry.corp";
                    it.hides = HIDES;
                }),
                row(
                        "lane Isolated: another CA is stale, and a host directory hides this one",
                        Cause.HOST_DIRECTORY_HIDES,
                        it -> {
                            it.runtimeSays(UNKNOWN_AUTHORITY, REFUSED);
                            it.stale = "containerd may still trust CN=Gone";
                            it.hostDirectory = "/etc/containerd/certs.d/registry.corp";
                            it.hides = HIDES;
                        }),
                // 6
                row("the intermediate is not sent, the root is there", Cause.INTERMEDIATE_NOT_SENT, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.relative = "CN=Corp Root,O=Corp";
                }),
                row("the whole chain is sent, its root is nowhere", Cause.CA_MISSING, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.relative = "CN=Another Root,O=Corp";
                    it.ends = true;
                }),
                // 7
                row("the server's certificate has expired", Cause.EXPIRED, it -> it.refuted(Reason.EXPIRED)),
                row("the node's clock is a year ahead", Cause.CLOCK_WRONG, it -> {
                    it.refuted(Reason.EXPIRED);
                    it.reference = Optional.of(Case.NOW.minus(Duration.ofDays(365)));
                    it.holdsThen = true;
                }),
                // 8
                row("the certificate is not valid yet", Cause.NOT_YET_VALID, it -> it.refuted(Reason.NOT_YET_VALID)),
                row("the node's clock is behind", Cause.CLOCK_WRONG, it -> {
                    it.refuted(Reason.NOT_YET_VALID);
                    it.reference = Optional.of(Case.NOW.plus(Duration.ofDays(3)));
                    it.holdsThen = true;
                }),
                // 9
                row("expired, and the clock is wrong too, by hours", Cause.EXPIRED, it -> {
                    it.refuted(Reason.EXPIRED);
                    it.reference = Optional.of(Case.NOW.plus(Duration.ofHours(2)));
                }),
                row("a clock that is 30 s off is no cause", Cause.EXPIRED, it -> {
                    it.refuted(Reason.EXPIRED);
                    it.reference = Optional.of(Case.NOW.plusSeconds(30));
                    it.holdsThen = true;
                }),
                // 10
                row(
                        "the wrong name, by the right CA",
                        Cause.HOSTNAME_MISMATCH,
                        it -> it.refuted(Reason.HOSTNAME_MISMATCH)),
                row("the right name, by a CA that is unknown", Cause.CA_MISSING, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.ends = true;
                }),
                // 11
                row("the proxy inspects with a CA of its own", Cause.PROXY_INSPECTS, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.proxy = "http://proxy.corp:3128";
                    it.straight = "CN=Public Root";
                }),
                row("by the same proxy, the registry's own CA is missing", Cause.CA_MISSING, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.proxy = "http://proxy.corp:3128";
                    it.ends = true;
                }),
                // 12
                row("the https proxy's own certificate is untrusted", Cause.PROXY_CA_MISSING, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.reached = Reason.PROXY_UNTRUSTED;
                    it.proxy = "https://proxy.corp:3129";
                    it.ends = true;
                }),
                row("the proxy's CA is in the Secret, the pool is not enabled", Cause.POOL_NOT_ENABLED, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(SECRET);
                    it.reached = Reason.PROXY_UNTRUSTED;
                    it.proxy = "https://proxy.corp:3129";
                    it.enabled = false;
                }),
                // 13
                row("the name has no address", Cause.NAME_NOT_RESOLVED, it -> it.stopped(Reason.NAME_NOT_RESOLVED)),
                row("nothing listens", Cause.CONNECTION_REFUSED, it -> it.stopped(Reason.CONNECTION_REFUSED)),
                // 14
                row("a firewall drops", Cause.TIMED_OUT, it -> it.stopped(Reason.TIMED_OUT)),
                row("the proxy says no", Cause.PROXY_UNREACHABLE, it -> {
                    it.stopped(Reason.PROXY_REFUSED);
                    it.proxy = "http://proxy.corp:3128";
                }),
                // 15
                row("plain HTTP on the port", Cause.NOT_TLS, it -> it.stopped(Reason.NOT_TLS)),
                row("old TLS only", Cause.HANDSHAKE_FAILED, it -> it.stopped(Reason.HANDSHAKE_FAILED)),
                // 16
                row("the bundle lost the CA, links and keystore have it", Cause.BUNDLE_DAMAGED, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(SECRET, ANCHORS, HASH_DIRECTORY, KEYSTORE);
                }),
                row(
                        "a hash link is missing, the bundle has it",
                        Cause.HASH_LINK_MISSING,
                        it -> it.places.put(HASH_DIRECTORY, Place.Holding.NO)),
                // 17
                row("an administrator's anchor, the tool was not run", Cause.TOOL_NOT_RUN, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(ANCHORS);
                }),
                row("the bundle cannot be read", Cause.BUNDLE_DAMAGED, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(ANCHORS);
                    it.places.put(BUNDLE, Place.Holding.BROKEN);
                }),
                // 18
                row("the list has it, the agent is silent", Cause.AGENT_SILENT, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(LIST);
                    it.silent = "nothing was heard of the agent for 10 minutes";
                }),
                row("the node's agent does not reach its API", Cause.API_AWAY, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.ends = true;
                    it.apiAway = "since 2026-11-22T16:54:43Z the node's agent: refused with 401";
                }),
                row("the list has it, the disk is full", Cause.STORE_FAILED, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(LIST);
                    it.problem = "StoreFailed: no space left on device";
                }),
                // 19
                row("it was applied a second ago", Cause.UNDER_WAY, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(SECRET);
                    it.underWay = true;
                }),
                row("the guard holds the Secret back", Cause.WITHHELD, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(SECRET);
                    it.withheld = "the node waits for v1:2";
                    it.underWay = true;
                }),
                // 20
                row("the CA was made anew under its name", Cause.CA_REKEYED, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.otherKey = true;
                    it.ends = true;
                }),
                row("the CA is distrusted on the node", Cause.DISTRUSTED, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(SECRET);
                    it.distrusted = true;
                }),
                // 21
                row("the CA was removed, the runtime still trusts it", Cause.STALE_TRUST, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only().runtimeSays(Reason.VERIFIED, "not found");
                    it.stale = "containerd may still trust CN=Corp Root";
                    it.mayStillTrust = true;
                }),
                row("only the host directory has the CA", Cause.OWN_TRUST_OF_HOST_DIRECTORY, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only(HOST_DIRECTORY).runtimeSays(Reason.VERIFIED, "not found");
                    it.hostDirectory = "/etc/containerd/certs.d/registry.corp";
                }),
                // 22
                row(
                        "the token server's CA is missing",
                        Cause.OTHER_SERVER_UNTRUSTED,
                        it -> it.runtimeSays(
                                UNKNOWN_AUTHORITY,
                                "failed to fetch anonymous token: Get \"https://auth.corp/token?x\": x509: certificate signed by"
                                        + " unknown authority")),
                row(
                        "the runtime's roots are old, in the same words",
                        Cause.RUNTIME_STALE,
                        it -> it.runtimeSays(UNKNOWN_AUTHORITY, REFUSED)),
                // 23
                row("a host directory names a CA file that is gone", Cause.HOST_DIRECTORY_BROKEN, it -> {
                    it.runtimeSays(Reason.HOST_DIRECTORY_BROKEN, "unable to read CA cert \"/x.pem\"");
                    it.hostDirectory = "/etc/containerd/certs.d/registry.corp";
                }),
                row("_default holds junk", Cause.LANE_OBSTACLE, it -> {
                    it.runtimeSays(UNKNOWN_AUTHORITY, REFUSED);
                    it.obstacles = List.of("certs.d/_default/x.crt holds no certificate: remove it");
                }),
                // 24
                row("the runtime does not run", Cause.RUNTIME_NOT_RUNNING, it -> {
                    it.process = "";
                    it.pull = Optional.empty();
                }),
                row(
                        "the runtime hangs",
                        Cause.RUNTIME_SILENT,
                        it -> it.runtimeSays(Reason.RUNTIME_SILENT, "the runtime does not answer")),
                // 25
                row(
                        "the runtime has another name server",
                        Cause.RUNTIME_GOES_ANOTHER_WAY,
                        it -> it.runtimeSays(Reason.NAME_NOT_RESOLVED, "no such host")),
                row(
                        "the registry answers 503",
                        Cause.SERVER_IN_TROUBLE,
                        it -> it.runtimeSays(Reason.SERVER_ERROR, "503 Service Unavailable")),
                // 26: no endpoint was asked for
                row("Secret applied, pool not enabled, nothing asked", Cause.POOL_NOT_ENABLED, it -> {
                    it.asked = false;
                    it.enabled = false;
                    it.pull = Optional.empty();
                }),
                row("an entry left out, nothing asked", Cause.ENTRY_REFUSED, it -> {
                    it.asked = false;
                    it.refused = List.of("error private-key at key ca2.crt");
                    it.pull = Optional.empty();
                }),
                // 27: without a control plane
                row("on the node alone: an unknown CA", Cause.CA_MISSING, it -> {
                    it.refuted(UNKNOWN_AUTHORITY).only();
                    it.ends = true;
                    it.withCluster = false;
                }),
                row("on the node alone: a Java keystore that was left behind", Cause.KEYSTORE_STALE, it -> {
                    it.places.put(KEYSTORE, Place.Holding.NO);
                    it.withCluster = false;
                }));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("pairs")
    void theTrueCauseIsNamedFirst(String name, Cause cause, Consumer<Case> difference) {
        var diagnosis = Doctor.diagnose(Case.of(difference));

        assertThat(diagnosis.items()).as(name).isNotEmpty();
        assertThat(diagnosis.items().getFirst().cause())
                .as(diagnosis.toString())
                .isEqualTo(cause);
        assertThat(diagnosis.items()).allSatisfy(item -> {
            assertThat(item.words()).isNotBlank();
            assertThat(item.fix()).isNotBlank();
        });
    }

    @Test
    void whereAllIsWellNothingIsSaid() {
        assertThat(Doctor.diagnose(Case.of(it -> {})).items()).isEmpty();
    }

    @Test
    void whatIsTrueBesideStandsBehind() {
        var diagnosis = Doctor.diagnose(Case.of(it -> {
            it.refuted(Reason.HOSTNAME_MISMATCH).refuted(UNKNOWN_AUTHORITY).only();
            it.ends = true;
        }));

        assertThat(diagnosis.items())
                .extracting(Diagnosis.Item::cause)
                .containsExactly(Cause.HOSTNAME_MISMATCH, Cause.CA_MISSING);
    }

    @Test
    void aChainThatMayLackARootOrAnIntermediateSaysBoth() {
        var diagnosis =
                Doctor.diagnose(Case.of(it -> it.refuted(UNKNOWN_AUTHORITY).only()));

        assertThat(diagnosis.items())
                .extracting(Diagnosis.Item::cause)
                .containsExactly(Cause.CA_MISSING, Cause.INTERMEDIATE_NOT_SENT);
    }
}
