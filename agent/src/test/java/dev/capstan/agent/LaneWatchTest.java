package dev.capstan.agent;

import static dev.capstan.agent.NodeUnderTest.AN_HOUR;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.ProofProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent that never looks by itself: what breaks its runtime's lane it is told of by the kernel. */
class LaneWatchTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    @Test
    void aNewHostDirectoryThatHidesTheSetIsReportedWithinSecondsWithItsCauseAndItsEndToo() throws Exception {
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start(AN_HOUR, ProofProcess::run);
        node.awaitLoaded(0);

        Path directory = node.root().path().resolve("etc/containerd/certs.d/registry.corp");
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("hosts.toml"), """
                server = "https://registry.corp"
                [host."https://mirror.corp"]
                  capabilities = ["pull"]
                """);
        node.server().awaitStatus("an obstacle", status -> status.contains("\"loaded\":null"));
        assertThat(node.server().statuses().getLast()).contains("certs.d/registry.corp", "\"problem\":{\"reason\":");

        Files.delete(directory.resolve("hosts.toml"));
        Files.delete(directory);
        node.awaitLoaded(0);
        assertThat(node.server().statuses().getLast()).contains("\"problem\":null");
    }
}
