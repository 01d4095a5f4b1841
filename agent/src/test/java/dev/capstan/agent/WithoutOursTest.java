package dev.capstan.agent;

import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Place;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is in the Secret and in the node's own store too is noted. The node's distribution has the roots 95 to 99. */
class WithoutOursTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    @Test
    void whatTheDistributionHasAnywayIsNotedUnderItsKey() throws Exception {
        node.server().secret(secret(0, 99));
        node.server().trust(null, true);
        node.start();
        node.server().awaitStatus("a note", status -> noted(status).equals(List.of("secret/ca99.crt")));
        node.server().secret(secret(0));
        node.server()
                .awaitStatus(
                        "no note",
                        status -> status.contains("ca0.crt") && noted(status).isEmpty());
    }

    @Test
    void keysWhoseNamesAksConfusesAreNotedAndUsed() throws Exception {
        node.server().secret(Map.of("ca.crt", TestPki.root(0), "my-ca.crt", TestPki.root(1)));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0, 1);
        node.server()
                .awaitStatus(
                        "a note", status -> status.contains("\"similar-keys\"") && status.contains("secret/my-ca.crt"));
    }

    @Test
    void theBundleIsReadAgainOnlyWhenItIsAnother() throws Exception {
        var without = new WithoutOurs();
        var bundle = node.folder().resolve("bundle.pem");
        var set = new CertificateReader(InstantSource.system())
                .readPem((TestPki.root(0) + TestPki.root(1)).getBytes(StandardCharsets.US_ASCII), Place.of("both"))
                .set();
        assertThat(without.trustedAnyway(bundle, set)).isEmpty();
        Files.writeString(bundle, TestPki.root(99) + TestPki.root(1));
        assertThat(without.trustedAnyway(bundle, set))
                .isSameAs(without.trustedAnyway(bundle, set))
                .extracting(identity -> identity.hex())
                .containsExactlyElementsOf(NodeRoot.identities(1));
        Files.writeString(bundle, TestPki.root(99));
        assertThat(without.trustedAnyway(bundle, set)).isEmpty();
        Files.writeString(bundle, "-----BEGIN CERTIFICATE-----\nM\n-----END CERTIFICATE-----\n");
        assertThat(without.trustedAnyway(bundle, set)).isEmpty();
    }

    private static List<String> noted(String status) {
        List<String> noted = new ArrayList<>();
        var finding = Pattern.compile("\\{\"code\":\"already-trusted\",\"severity\":\"note\",\"source\":\"([^\"]+)\"")
                .matcher(status);
        while (finding.find()) {
            noted.add(finding.group(1));
        }
        return noted;
    }
}
