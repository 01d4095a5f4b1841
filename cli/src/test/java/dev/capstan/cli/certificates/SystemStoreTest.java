package dev.capstan.cli.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Place;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.Base64;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;

class SystemStoreTest {

    @Test
    void whoIsInABundleIsWhomTheReaderFindsThere() throws Exception {
        var bundle = bundle();

        var read = new CertificateReader(InstantSource.system())
                .readPem(bundle.getBytes(StandardCharsets.US_ASCII), Place.of("bundle")).set().certificates().stream()
                        .map(Certificate::identity)
                        .collect(Collectors.toSet());

        assertThat(SystemStore.identities(bundle))
                .containsExactlyInAnyOrderElementsOf(read)
                .hasSizeGreaterThan(50);
    }

    @Test
    void aBlockThatIsNoneAndOneThatIsCutAreLeftOut() throws Exception {
        var one =
                bundle().lines().takeWhile(line -> !line.startsWith("-----END")).collect(Collectors.joining("\n"))
                        + "\n-----END CERTIFICATE-----\n";
        var bundle = "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n" + one
                + "-----BEGIN CERTIFICATE-----\nAAAA\n";

        assertThat(SystemStore.identities(bundle))
                .isEqualTo(SystemStore.identities(one))
                .hasSize(1);
    }

    /** The JDK's own authorities, as a distribution writes a bundle. */
    private static String bundle() throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
        var text = new StringBuilder();
        for (var certificate : ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()) {
            text.append("-----BEGIN CERTIFICATE-----\n")
                    .append(encoder.encodeToString(certificate.getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return text.toString();
    }
}
