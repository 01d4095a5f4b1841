package dev.capstan.endtoend.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/**
 * A token whose time is over, of an account that is as good as ever: the node was off, or its clock wrong, for longer than the
 * token lived. On a node whose agent runs and whose runtime trusts the registry.
 *
 * @param credential as the administrator made it
 */
record Expiry(RealCluster cluster, SystemdNode node, Registry registry, Path credential) {

    private static final String TOKEN_FILE = "/var/lib/capstan/agent/credential/token";

    /** The API server takes a token for a minute longer than it says (go-jose, DefaultLeeway). */
    private static final int LEEWAY_SECONDS = 60;

    void isMet() throws IOException, GeneralSecurityException {
        String given = node.says("cat " + TOKEN_FILE);
        node.says("systemctl stop capstan-agent");
        long now = System.currentTimeMillis() / 1000;
        String expired = cluster.signer().endingAt(given, now - LEEWAY_SECONDS);
        String next = cluster.signer().endingAt(given, now + 3000);
        assertThat(answer(next)).as("all but the time is right").isEqualTo("node/" + node.name());
        Await.until("the token has expired", () -> answer(expired).contains("Unauthorized"));
        assertThat(cluster.apiLog()).containsIgnoringCase("token has expired");

        put(expired);
        node.says("systemctl start capstan-agent");
        Await.until(
                "the agent says that it is refused",
                () -> node.run("capstan agent status").text().contains("answered 401"));
        String process = node.says("systemctl show -P MainPID capstan-agent");
        Program.Output status = node.run("capstan agent status");
        assertThat(status.exit()).as(status.text()).isEqualTo(4);
        assertThat(status.text()).contains("answered 401", "keeps its last good set");
        assertThat(node.says("cat /var/lib/capstan/agent/api-away")).contains("401", TOKEN_FILE);
        assertThat(node.pulls(registry.image())).isTrue();

        put(next);
        cluster.secret();
        Await.until("it goes on with the token that is in its file now", () -> node.isUntrusted(registry.image()));
        assertThat(node.says("systemctl show -P MainPID capstan-agent")).isEqualTo(process);
    }

    private void put(String token) {
        node.says("umask 077; printf %s '" + token + "' >" + TOKEN_FILE + ".put && mv " + TOKEN_FILE + ".put "
                + TOKEN_FILE);
    }

    /** What the API server says to whoever brings this token. */
    private String answer(String token) {
        try {
            Path file = Files.createTempFile(credential.getParent(), "expiry", ".kubeconfig");
            Files.writeString(
                    file, Files.readString(credential).replaceFirst("token: \"[^\"]+\"", "token: \"" + token + "\""));
            return cluster.kubectlWith(file, "get", "node", node.name(), "-o", "name")
                    .text()
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
