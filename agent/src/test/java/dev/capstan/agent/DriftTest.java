package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.identities;
import static dev.capstan.agent.NodeUnderTest.AN_HOUR;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.ProofProcess;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is told of foreign changes that the agent has put right. */
class DriftTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    @TempDir
    private Path folder;

    private void aForeignHandRemovesTheAnchors() throws IOException {
        Path anchors = node.root().path().resolve("usr/local/share/ca-certificates");
        for (String anchor : Set.copyOf(node.root().anchors())) {
            Files.delete(anchors.resolve(anchor));
        }
    }

    private Drift drift() {
        return new Drift(folder, InstantSource.fixed(Instant.parse("2026-11-22T16:05:06.789Z")));
    }

    @Test
    void aHealedStoreIsToldAndCountedOnAfterARestartOfTheAgent() throws Exception {
        node.server().secret(secret(0, 1));
        node.server().trust(null, true);
        node.start(AN_HOUR, ProofProcess::run);
        node.awaitHeld(0, 1);
        assertThat(node.server().statuses())
                .allSatisfy(status -> assertThat(status).contains("\"drift\":null"));

        aForeignHandRemovesTheAnchors();

        node.server().awaitStatus("one time", status -> status.contains("\"drift\":{\"healed\":1,\"last\":\""));
        assertThat(node.server().statuses().getLast()).contains("\"what\":\"trust store: 2 certificates missing\"");
        node.stop();
        node.start(AN_HOUR, ProofProcess::run);
        node.server().awaitStatus("once more", status -> status.contains("\"healed\":1"));
        node.server().secret(secret(0, 1, 2));
        node.awaitHeld(0, 1, 2);
        assertThat(node.server().statuses().getLast()).contains("\"healed\":1");
    }

    @Test
    void changesOfTheSetAreNoDrift() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start(AN_HOUR, ProofProcess::run);
        node.awaitHeld(0);
        node.server().secret(secret(1));
        node.awaitHeld(1);
        node.server().deleteSecret();
        node.awaitHeld();
        assertThat(node.server().statuses())
                .allSatisfy(status -> assertThat(status).contains("\"drift\":null"));
    }

    @Test
    void aFightForTheStoreIsCountedButNotWrittenEachTime() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start(100, ProofProcess::run);
        node.awaitHeld(0);
        for (int time = 1; time <= 3; time++) {
            aForeignHandRemovesTheAnchors();
            node.server()
                    .await(
                            "the repair",
                            () -> node.root().held().equals(identities(0))
                                    && node.root().hasAnchors(1));
            String counted = "healed=" + time;
            node.server().await(counted, () -> {
                try {
                    return Files.readString(node.root().agentFolder().resolve("drift"))
                            .startsWith(counted);
                } catch (IOException moving) {
                    return false;
                }
            });
        }
        assertThat(node.server().statuses().stream().filter(status -> status.contains("\"drift\":{")))
                .hasSize(1);
    }

    @Test
    void whatIsDueIsToldOnceAndTheRestInItsMinute() {
        Drift drift = drift();
        assertThat(drift.isDue()).isFalse();
        assertThat(drift.telling()).isNull();
        drift.healed("trust store: files damaged");
        assertThat(drift.isDue()).isTrue();
        assertThat(drift.telling())
                .isEqualTo(new NodeTrust.Drift(1, "2026-11-22T16:05:06Z", "trust store: files damaged"));
        drift.healed("files of the runtime's lane");
        assertThat(drift.isDue()).isFalse();
        assertThat(drift.telling()).extracting(NodeTrust.Drift::healed).isEqualTo(1L);
        assertThat(drift().telling())
                .isEqualTo(new NodeTrust.Drift(2, "2026-11-22T16:05:06Z", "files of the runtime's lane"));
    }

    @Test
    void aDamagedRecordIsCountedAnew() throws Exception {
        Files.writeString(folder.resolve("drift"), "healed=many\n");
        Drift drift = drift();
        assertThat(drift.telling()).isNull();
        drift.healed("files of the runtime's lane");
        assertThat(drift().telling()).extracting(NodeTrust.Drift::healed).isEqualTo(1L);
    }
}
