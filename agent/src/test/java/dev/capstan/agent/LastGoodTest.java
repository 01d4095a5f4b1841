package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identities;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent whose API is away, another one, or refuses: what the cluster last said stands. */
class LastGoodTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    @Test
    void withTheApiAwayTheLastGoodSetIsKeptAndAppliedAtStart() throws Exception {
        node.server().certificateSet(fingerprint(0), TestPki.root(0));
        node.server().secret(secret(1));
        node.server().trust(fingerprint(0), true);
        node.start();
        node.awaitHeld(0, 1);
        node.server().away(true);
        node.server().deleteSecret();
        node.stop();
        for (String anchor : node.root().anchors()) {
            Files.delete(node.root()
                    .path()
                    .resolve("usr/local/share/ca-certificates")
                    .resolve(anchor));
        }
        node.start();
        node.server().await("the last good set", () -> node.root().held().equals(identities(0, 1)));
        node.server().await("anchors", () -> node.root().hasAnchors(2));
        node.server().away(false);
        node.awaitHeld(0);
    }

    @Test
    void anotherClusterWithoutTheSecretTakesNothingAway() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        node.stop();
        node.server().cut();
        node.server().clusterUid("22222222-aaaa-bbbb-cccc-000000000002");
        node.server().deleteSecret();
        int before = node.server().seen().size();
        node.start();
        node.server().await("two looks", () -> node.server().seen().size() >= before + 2);
        node.server().await("turning away", node.server()::alone);
        assertThat(node.server().seen().subList(before, node.server().seen().size()))
                .allMatch(request -> request.path().equals("/api/v1/namespaces/kube-system"));
        assertThat(node.root().held()).isEqualTo(identities(0));
        assertThat(node.server().statuses()).hasSize(1);
        Path note = node.root().agentFolder().resolve("api-away");
        node.server().await("a note on the node's disk", () -> Files.exists(note));
        assertThat(Files.readString(note))
                .containsPattern("since=\\d{4}-\\d\\d-\\d\\dT.*\nwords=the API server answers for another cluster");
    }

    @Test
    void theNoteThatTheApiIsAwayGoesWhenItIsThere() throws Exception {
        Path note = node.root().agentFolder().resolve("api-away");
        node.server().trust(null, false);
        node.server().away(true);
        node.start();
        node.server().await("a note", () -> Files.exists(note));
        node.server().away(false);
        node.server().await("no note", () -> !Files.exists(note));
        node.server().await("a report", () -> !node.server().statuses().isEmpty());
    }

    @Test
    void aSecretThatMayNotBeReadIsNotAnEmptyOne() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        node.stop();
        node.server().script(request -> request.isSecrets() ? FakeApi.status(403, "secrets is forbidden") : null);
        node.start();
        node.server().awaitStatus("a problem", status -> status.contains("\"reason\":\"SecretUnknown\""));
        node.server().awaitStatus("the right", status -> status.contains("lacks that right"));
        assertThat(node.server().statuses().getLast()).contains("secrets is forbidden");
        assertThat(node.root().held()).isEqualTo(identities(0));
    }

    @Test
    void aDamagedLastGoodSetIsNotUsedAndWrittenAnew() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        node.stop();
        Path file = node.root().agentFolder().resolve("last-good");
        String good = Files.readString(file);
        Files.writeString(file, good.replace("secret/ca0.crt", "secret/ca9.crt"));
        node.server().away(true);
        node.start();
        assertThat(node.root().held()).isEqualTo(identities(0));
        node.server().away(false);
        node.server().await("a report", () -> node.server().statuses().size() == 2);
        assertThat(Files.readString(file)).isEqualTo(good);
    }
}
