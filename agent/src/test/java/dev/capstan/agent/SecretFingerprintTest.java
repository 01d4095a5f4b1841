package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identities;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that waits for a fingerprint before it takes the Secret up. */
class SecretFingerprintTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    private static String waitingFor(int... roots) {
        return "\"followSecret\":false,\"secretFingerprint\":\"" + fingerprint(roots) + "\"";
    }

    @Test
    void theSecretIsTakenUpWhenItIsTheSetThatIsWaitedForWhicheverComesFirst() throws Exception {
        node.server().secret(secret(0, 1));
        node.server().spec(waitingFor(0, 1));
        node.start();
        node.awaitHeld(0, 1);
        node.server().secret(secret(0, 1, 2));
        node.server().spec(waitingFor(0, 1, 2));
        node.awaitHeld(0, 1, 2);
        node.server().spec(waitingFor(2));
        node.server().secret(secret(2));
        node.awaitHeld(2);
    }

    @Test
    void aChangeThatIsNotLetThroughIsNamedAndWhatTheNodeHasIsKept() throws Exception {
        node.server().secret(secret(0, 1));
        node.server().spec(waitingFor(0, 1));
        node.start();
        node.awaitHeld(0, 1);
        node.server().secret(secret(1));
        node.server()
                .awaitStatus(
                        "withheld", status -> status.contains("\"code\":\"secret-withheld\",\"severity\":\"warning\""));
        assertThat(node.server().statuses().getLast())
                .contains("\"written\":\"" + fingerprint(0, 1) + "\"", fingerprint(1))
                .doesNotContain("SecretUnknown");
        node.server().deleteSecret();
        node.server().awaitStatus("the deletion seen", status -> status.contains("\"secret\":null"));
        assertThat(node.root().held()).isEqualTo(identities(0, 1));
        node.server().spec(waitingFor());
        node.awaitHeld();
        assertThat(node.server().statuses().getLast()).doesNotContain("secret-withheld");
    }

    @Test
    void whatTheNodeHasIsKeptThroughARestartOfTheAgent() throws Exception {
        node.server().secret(secret(0));
        node.server().spec(waitingFor(0));
        node.start();
        node.awaitHeld(0);
        node.stop();
        node.server().secret(secret(1));
        int before = node.server().statuses().size();
        node.start();
        node.server().await("a report", () -> node.server().statuses().size() > before);
        assertThat(node.server().statuses().getLast()).contains("secret-withheld");
        assertThat(node.root().held()).isEqualTo(identities(0));
    }

    @Test
    void aNewNodeThatMayNotHaveTheSecretYetHoldsTheListAndSaysThatTheSecretIsMissing() throws Exception {
        node.server().certificateSet(fingerprint(3), TestPki.root(3));
        node.server().secret(secret(1));
        node.server().spec("\"certificateSet\":\"" + fingerprint(3) + "\"," + waitingFor(0));
        node.start();
        node.server().awaitStatus("a problem", status -> status.contains("\"reason\":\"SecretUnknown\""));
        assertThat(node.root().held()).isEqualTo(identities(3));
        assertThat(node.server().statuses().getLast()).contains(fingerprint(0));
        node.server().secret(secret(0));
        node.awaitHeld(0, 3);
        assertThat(node.server().statuses().getLast()).doesNotContain("SecretUnknown");
    }
}
