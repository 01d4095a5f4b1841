package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identities;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the node's set is made of: the list and the Secret, as the cluster tells them. */
class SourcesTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    @Test
    void theSecretIsInTheStoreAndTheStatusSaysSo() throws Exception {
        node.server().secret(secret(0, 1));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0, 1);
        assertThat(node.server().statuses()).hasSize(1);
        assertThat(node.server().statuses().getFirst())
                .contains("\"observedGeneration\":1")
                .contains("\"sources\":[\"secret/ca0.crt\"]")
                .contains("\"secret\":{\"uid\":\"secret-uid\"")
                .contains("\"findings\":[]");
    }

    @Test
    void listAndSecretTogetherAreTheSetAndEachCertificateNamesItsSources() throws Exception {
        node.server().certificateSet(fingerprint(0, 1), TestPki.root(0), TestPki.root(1));
        node.server().trust(fingerprint(0, 1), true);
        node.server().secret(secret(1, 2));
        node.start();
        node.awaitHeld(0, 1, 2);
        assertThat(node.server().statuses().getLast())
                .contains("\"sources\":[\"list\"]")
                .contains("\"sources\":[\"list\",\"secret/ca1.crt\"]")
                .contains("\"sources\":[\"secret/ca2.crt\"]")
                .doesNotContain("no-blank-line");
        node.server().secret(secret());
        node.awaitHeld(0, 1);
        node.server().trust(null, true);
        node.awaitHeld();
    }

    @Test
    void aDeletedKeyADeletedSecretAndADisabledPoolTakeTheirCertificatesAway() throws Exception {
        node.server().secret(secret(0, 1));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0, 1);
        node.server().secret(secret(1));
        node.awaitHeld(1);
        node.server().deleteSecret();
        node.awaitHeld();
        assertThat(node.server().statuses().getLast()).contains("\"secret\":null");
        node.server().secret(secret(0, 2));
        node.awaitHeld(0, 2);
        node.server().trust(null, false);
        node.awaitHeld();
        assertThat(node.root().anchors()).isEmpty();
        long asked = node.server().count(FakeApi.Seen::isSecrets);
        node.server().secret(secret(3));
        node.server().trust(null, false);
        node.server().awaitStatus("the next generation", status -> status.contains("\"observedGeneration\":3"));
        assertThat(node.server().count(FakeApi.Seen::isSecrets)).isEqualTo(asked);
        assertThat(node.root().held()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotFollowTheSecretNeverAsksForIt() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, false);
        node.start();
        node.awaitHeld();
        assertThat(node.server().count(request -> request.path().contains("secrets")))
                .isZero();
    }

    @Test
    void theSameSecretInAnotherOrderAndWhitespaceWritesNothingToTheNode() throws Exception {
        node.server().secret(Map.of("a", TestPki.root(0), "b", TestPki.root(1)));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0, 1);
        // One more look of the loop's own, so that only the Secret could be the reason of a write.
        Map<String, String> before = node.root().fingerprints();
        node.server().secret(Map.of("b", "\n\n" + TestPki.root(1).replace("\n", "\r\n") + "\n", "a", TestPki.root(0)));
        node.server().awaitStatus("the new version", status -> status.contains("\"resourceVersion\":\"104\""));
        assertThat(node.root().fingerprints()).isEqualTo(before);
    }

    @Test
    void oneBadKeyIsNamedAndLeftOutAndTheOthersAreInstalled() throws Exception {
        Map<String, String> data = secret(0);
        data.put("bad.crt", "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n");
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString("very secret bytes, kept by nobody at all".getBytes(StandardCharsets.US_ASCII))
                + "\n-----END PRIVATE KEY-----\n";
        data.put("key.pem", TestPki.root(1) + key);
        node.server().secret(data);
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        assertThat(node.server().statuses().getLast())
                .contains("\"source\":\"secret/bad.crt\"")
                .contains("\"source\":\"secret/key.pem\"")
                .contains("\"code\":\"private-key\"");
        String secretPart = key.split("\n", -1)[1];
        assertThat(node.root().everything()).doesNotContain(secretPart);
        assertThat(node.server().statuses().getLast()).doesNotContain(secretPart);
    }

    @Test
    void aMissingOrForgedCertificateSetIsRefusedAndTheListKept() throws Exception {
        node.server().certificateSet(fingerprint(0), TestPki.root(0));
        node.server().trust(fingerprint(0), false);
        node.start();
        node.awaitHeld(0);
        node.server().trust(fingerprint(1), false);
        node.server().awaitStatus("a problem", status -> status.contains("\"reason\":\"CertificateSetMissing\""));
        assertThat(node.root().held()).isEqualTo(identities(0));
        node.server().certificateSet(fingerprint(1), TestPki.root(2));
        node.server().awaitStatus("a refusal", status -> status.contains("holds something else"));
        assertThat(node.root().held()).isEqualTo(identities(0));
        node.server().certificateSet(fingerprint(1), TestPki.root(1));
        node.server().awaitStatus("no problem", status -> !status.contains("CertificateSetMissing"));
        node.awaitHeld(1);
    }

    @Test
    void aFingerprintThatIsNoneNeverBecomesAPath() throws Exception {
        node.server().trust("../../api/v1/secrets", false);
        node.start();
        node.server().awaitStatus("a problem", status -> status.contains("\"reason\":\"CertificateSetMissing\""));
        assertThat(node.server().count(request -> request.path().contains("..")))
                .isZero();
    }
}
