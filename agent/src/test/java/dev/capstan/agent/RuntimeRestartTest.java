package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identity;
import static dev.capstan.agent.NodeUnderTest.AN_HOUR;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.ProofProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A runtime that reads the trust store once. Its processes are written, its socket is real, and systemctl is a program in the
 * node's root that puts one process in another's place. Real ones are restarted in the end-to-end tests.
 */
class RuntimeRestartTest {

    private static final String FOLLOWS = "\"followSecret\":true,\"runtimeRestart\":";

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    private ServerSocketChannel socket;

    /** A containerd of lane Restart, started when the machine was 5 s old; the store is 10 s old or younger. */
    private void stockContainerd() throws IOException {
        Path socketFile = node.root().path().resolve("run/containerd/containerd.sock");
        Files.createDirectories(socketFile.resolveSibling(""));
        socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        socket.bind(UnixDomainSocketAddress.of(socketFile));
        node.root().configured("");
        node.root().startContainerd(node.proc(), 1005, 5, "PATH=/bin\0");
    }

    @AfterEach
    void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
    }

    /** The process that the next restart yields. */
    private void next(int pid, int startedSeconds) throws IOException {
        Path next = Files.createDirectories(node.folder().resolve("next"));
        node.root().startContainerd(next, pid, startedSeconds, "PATH=/bin\0");
        Files.move(next, node.root().path().resolve("next"));
    }

    private List<String> asked() throws IOException {
        Path asked = node.root().path().resolve("systemctl.asked");
        return Files.exists(asked) ? Files.readAllLines(asked) : List.of();
    }

    private List<String> restarts() throws IOException {
        return asked().stream().filter(words -> words.startsWith("restart ")).toList();
    }

    private void start() throws IOException {
        node.start(AN_HOUR, ProofProcess::run);
    }

    @Test
    void withoutPermissionTheNodeSaysByNameWhatIsStaleAndWaitsAndWithItTheRuntimeIsRestartedOnce() throws Exception {
        stockContainerd();
        next(1099, 99);
        node.server().secret(secret(0));
        node.server().spec(FOLLOWS + "false");
        start();
        node.server().awaitStatus("stale", status -> status.contains("\"reason\":\"RuntimeStale\""));
        assertThat(node.server().statuses().getLast())
                .contains("\"level\":\"Written\"", "\"restarts\":0", "runtimeRestart permits")
                .contains("\"notYetKnown\":[{\"subject\":", "\"sha256\":\"" + identity(TestPki.root(0)) + "\"");
        assertThat(asked()).isEmpty();

        node.server().spec(FOLLOWS + "true");
        node.awaitLoaded(0);

        assertThat(asked()).containsExactly("reset-failed containerd", "restart containerd");
        assertThat(node.server().statuses().getLast())
                .contains("\"restarts\":1", "\"pid\":1099", "\"problem\":null", "\"notYetKnown\":[]");
        node.server().secret(Map.of("another-name", TestPki.root(0) + "\n\n"));
        node.server().awaitStatus("the new name", status -> status.contains("secret/another-name"));
        node.server().spec(FOLLOWS + "true");
        node.server().awaitStatus("the next generation", status -> status.contains("\"observedGeneration\":3"));
        assertThat(restarts()).hasSize(1);
    }

    @Test
    void aRestartThatDidNotHelpIsSaidAloudAndNotMadeAgainForTheSameSet() throws Exception {
        stockContainerd();
        next(1006, 6);
        node.server().secret(secret(0));
        node.server().spec(FOLLOWS + "true");
        start();
        node.server().awaitStatus("in vain", status -> status.contains("did not help"));
        assertThat(node.server().statuses().getLast()).contains("\"restarts\":1", "\"reason\":\"RuntimeStale\"");
        assertThat(restarts()).hasSize(1);

        node.stop();
        start();
        node.server().spec(FOLLOWS + "true");
        node.server().awaitStatus("the next generation", status -> status.contains("\"observedGeneration\":2"));
        assertThat(restarts()).hasSize(1);

        next(1007, 99);
        node.server().secret(secret(1));
        node.awaitLoaded(1);
        assertThat(restarts()).hasSize(2);
    }

    @Test
    void aRestartThatFailsIsSaidAloudAndTriedAgainMuchLater() throws Exception {
        stockContainerd();
        node.server().secret(secret(0));
        node.server().spec(FOLLOWS + "true");
        start();
        node.server().awaitStatus("failed", status -> status.contains("is masked"));
        assertThat(node.server().statuses().getLast()).contains("It is tried again at", "\"restarts\":1");
        node.server().spec(FOLLOWS + "true");
        node.server().awaitStatus("the next generation", status -> status.contains("\"observedGeneration\":2"));
        node.stop();
        start();
        node.server().spec(FOLLOWS + "true");
        node.server().awaitStatus("the one after", status -> status.contains("\"observedGeneration\":3"));
        assertThat(restarts()).hasSize(1);
    }

    @Test
    void aPermissionThatWasTakenBackMeanwhileIsNone() throws Exception {
        stockContainerd();
        next(1099, 99);
        node.server().secret(secret(0));
        node.server().spec(FOLLOWS + "true");
        node.server()
                .script(request -> request.path().endsWith("/nodetrusts/" + FakeApi.NODE)
                        ? FakeApi.ok("{\"metadata\":{\"name\":\"" + FakeApi.NODE
                                + "\",\"uid\":\"trust-uid\",\"generation\":2},\"spec\":{" + FOLLOWS + "false}}")
                        : null);
        start();
        node.server().awaitStatus("stale", status -> status.contains("\"reason\":\"RuntimeStale\""));
        assertThat(asked()).isEmpty();
    }

    @Test
    void whileTheApiCannotBeAskedNothingIsRestartedAndItIsAskedAgain() throws Exception {
        stockContainerd();
        next(1099, 99);
        node.server().secret(secret(0));
        node.server().spec(FOLLOWS + "true");
        node.server()
                .script(request ->
                        request.path().endsWith("/nodetrusts/" + FakeApi.NODE) ? FakeApi.status(503, "away") : null);
        start();
        node.server().awaitStatus("stale", status -> status.contains("\"reason\":\"RuntimeStale\""));
        assertThat(asked()).isEmpty();
        node.server().script(request -> null);
        node.awaitLoaded(0);
        assertThat(restarts()).hasSize(1);
        assertThat(node.server().statuses().getLast()).contains("\"loaded\":\"" + fingerprint(0) + "\"");
    }
}
