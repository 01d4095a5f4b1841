package dev.capstan.agent;

import static dev.capstan.agent.NodeUnderTest.AN_HOUR;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.Endpoint;
import dev.capstan.proof.Outcome;
import dev.capstan.proof.ProofRequest;
import dev.capstan.proof.ProofResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Host directories that do not read the set, on a node of lane Isolated whose agent never looks by itself, with a stand-in for
 * the process of proofs. Real containerds, servers and proofs: HostDirectoryLaneTest of the end-to-end tests.
 */
class HostDirectoryTest {

    private static final String MIRROR = """
            server = "https://registry-1.docker.io"
            [host."https://mirror.corp"]
              capabilities = ["pull", "resolve"]
            """;

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    private final Queue<ProofRequest> asked = new ConcurrentLinkedQueue<>();
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    @BeforeEach
    void follows() throws IOException {
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0));
        node.server().spec("\"followSecret\":true,\"proofSpreadSeconds\":1");
    }

    private List<ProofResult> prove(ProofRequest request, Duration limit) {
        asked.add(request);
        return request.endpoints().stream()
                .map(endpoint -> {
                    Outcome outcome = outcomes.getOrDefault(endpoint.text(), Outcome.PROVEN);
                    String reason = switch (outcome) {
                        case PROVEN -> "Verified";
                        case REFUTED -> "UnknownAuthority";
                        case INCONCLUSIVE -> "TimedOut";
                    };
                    return new ProofResult(
                            endpoint,
                            outcome,
                            reason,
                            "as the test says",
                            List.of(),
                            null,
                            Duration.ZERO,
                            Instant.now());
                })
                .toList();
    }

    private void start() throws IOException {
        node.start(AN_HOUR, this::prove);
    }

    private Path directory(String registry) {
        return node.root().path().resolve("etc/containerd/certs.d/" + registry);
    }

    /** Written beside its place, as it is there at once. */
    private void mirror(String registry, String hosts) throws IOException {
        Path beside = Files.createDirectories(node.folder().resolve("beside"));
        Files.writeString(beside.resolve("hosts.toml"), hosts);
        Files.createDirectories(directory(registry).resolveSibling(""));
        if (Files.exists(directory(registry))) {
            Files.move(
                    beside.resolve("hosts.toml"),
                    directory(registry).resolve("hosts.toml"),
                    java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.move(beside, directory(registry));
        }
    }

    private void awaitObstacle(String... words) throws InterruptedException {
        node.server()
                .awaitStatus(
                        "the obstacle with " + List.of(words),
                        status -> status.contains("RuntimeUnknown")
                                && status.contains("\"loaded\":null")
                                && List.of(words).stream().allMatch(status::contains));
    }

    @Test
    void whereItsServersVerifyWithoutTheSetTheLaneHoldsAndTheStatusSaysSo() throws Exception {
        mirror("docker.io", MIRROR);
        start();
        node.awaitLoaded(0);

        assertThat(node.server().statuses().getLast())
                .contains(
                        "\"lane\":{\"name\":\"Isolated\"",
                        "not for docker.io",
                        "\"problem\":null",
                        "\"level\":\"Loaded\"");
        assertThat(asked).singleElement().satisfies(request -> {
            assertThat(request.endpoints())
                    .extracting(Endpoint::text)
                    .containsExactly("https://mirror.corp/v2/", "https://registry-1.docker.io/v2/");
            assertThat(request.tokenServers()).isTrue();
            assertThat(request.anchors())
                    .singleElement()
                    .satisfies(roots -> assertThat(NodeRoot.certificates(roots))
                            .as("the store without our set")
                            .doesNotContainAnyElementsOf(NodeRoot.identities(0))
                            .hasSize(5));
        });
    }

    @Test
    void whereOneDoesNotTheLineToAddAndWhatTheProofFoundAreNamed() throws Exception {
        outcomes.put("https://mirror.corp/v2/", Outcome.REFUTED);
        mirror("docker.io", MIRROR);
        start();
        awaitObstacle(
                "add to [host.\\\"https://mirror.corp\\\"] of /etc/containerd/certs.d/docker.io/hosts.toml the line ca =",
                "docker.io: mirror.corp without the set is UnknownAuthority");

        // What the person is told to do helps at once, and nothing is asked that reads the set.
        mirror("docker.io", MIRROR.replace("[host.\"https://mirror.corp\"]\n", """
                ca = "/etc/ssl/certs/ca-certificates.crt"
                [host."https://mirror.corp"]
                  ca = "/etc/ssl/certs/ca-certificates.crt"
                """));
        node.awaitLoaded(0);
        assertThat(asked).hasSize(1);
    }

    @Test
    void aChangedDirectoryIsProvenAnewAndOneThatIsRefutedThenIsInTheWay() throws Exception {
        mirror("docker.io", MIRROR);
        start();
        node.awaitLoaded(0);
        outcomes.put("https://other.corp/v2/", Outcome.REFUTED);
        mirror("docker.io", MIRROR.replace("mirror.corp", "other.corp"));
        awaitObstacle("docker.io: other.corp without the set is UnknownAuthority");
        mirror("docker.io", MIRROR);
        node.awaitLoaded(0);
    }

    @Test
    void whatWasProvenOutlivesARestartOfTheAgentWhileItsServersAreAway() throws Exception {
        mirror("docker.io", MIRROR);
        start();
        node.awaitLoaded(0);
        node.stop();

        outcomes.put("https://mirror.corp/v2/", Outcome.INCONCLUSIVE);
        outcomes.put("https://registry-1.docker.io/v2/", Outcome.INCONCLUSIVE);
        int before = node.server().statuses().size();
        start();
        node.server().await("the proof", () -> asked.size() == 2);
        node.server().secret(secret(0, 1));
        node.awaitLoaded(0, 1);
        assertThat(node.server()
                        .statuses()
                        .subList(before, node.server().statuses().size()))
                .noneMatch(status -> status.contains("RuntimeUnknown"));

        // What has changed since nobody has proven.
        mirror("docker.io", MIRROR.replace("registry-1", "registry-2"));
        awaitObstacle("docker.io: mirror.corp without the set is TimedOut");
    }

    @Test
    void joinedWhereTheNodeTrustAsksForItAndLeftWhereItAsksNoMore() throws Exception {
        outcomes.put("https://registry.corp/v2/", Outcome.REFUTED);
        outcomes.put("https://mirror.corp/v2/", Outcome.REFUTED);
        Path own = Files.createDirectories(directory("registry.corp")).resolve("own.crt");
        Files.writeString(own, TestPki.root(7));
        Path link = directory("registry.corp").resolve("capstan.crt");
        start();
        awaitObstacle("registry.corp without the set is UnknownAuthority");

        node.server().annotate("\"capstan.dev/host-directories\":\"join\"");
        node.awaitLoaded(0);
        assertThat(Files.readSymbolicLink(link)).hasToString("/etc/ssl/certs/ca-certificates.crt");
        mirror("docker.io", MIRROR);
        awaitObstacle("hosts.toml the line ca =");
        assertThat(directory("docker.io")).as("a hosts.toml decides").isDirectoryNotContaining("glob:**capstan.crt");

        node.stop();
        start();
        node.server().annotate("");
        node.server().await("the link is gone", () -> !Files.exists(link, LinkOption.NOFOLLOW_LINKS));
        assertThat(own).hasContent(TestPki.root(7));
    }
}
