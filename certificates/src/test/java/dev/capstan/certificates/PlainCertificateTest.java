package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is read without the JDK's parser reads with it in the same way. {@link FuzzTest} says so of millions. */
class PlainCertificateTest {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n");
    private static final int CHANGED = 20_000;

    @Test
    void nearlyAllOfTheSystemsCertificatesArePlain() throws IOException {
        List<byte[]> system = system();

        assertThat(system).filteredOn(PlainCertificateTest::isPlain).hasSizeGreaterThan(system.size() * 9 / 10);
        system.forEach(PlainCertificateTest::assertReadAsByTheJdk);
    }

    @Test
    void whatIsPlainAfterAChangeReadsAsByTheJdk() throws IOException {
        Mutations mutations = new Mutations(7, system());
        int plain = 0;
        for (int i = 0; i < CHANGED; i++) {
            byte[] der = mutations.changedDer();
            if (isPlain(der)) {
                plain++;
                assertReadAsByTheJdk(der);
            }
        }

        assertThat(plain).as("changes that leave a certificate plain").isGreaterThan(CHANGED / 20);
    }

    /** Whether the JDK's parser is not asked. */
    private static boolean isPlain(byte[] der) {
        try {
            DerElement whole = DerElement.first(der);
            CertificateShape.check(whole);
            StrictDer.check(whole);
            KeyFacts.of(Certificate.fields(whole).get(Certificate.KEY));
            return X509.read(der) instanceof X509.Usable
                    && PlainCertificate.of(whole).isPresent();
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static void assertReadAsByTheJdk(byte[] der) {
        X509.Outcome ours = X509.read(der, true);
        X509.Outcome theirs = X509.read(der, false);
        assertThat(ours).as(Pki.pem(der)).hasSameClassAs(theirs);
        if (ours instanceof X509.Usable(Certificate own, var remarks) && theirs instanceof X509.Usable usable) {
            assertThat(remarks).as(Pki.pem(der)).isEqualTo(usable.remarks());
            assertThat(own.notBefore())
                    .as(Pki.pem(der))
                    .isEqualTo(usable.certificate().notBefore());
            assertThat(own.notAfter())
                    .as(Pki.pem(der))
                    .isEqualTo(usable.certificate().notAfter());
        }
    }

    private static List<byte[]> system() throws IOException {
        List<byte[]> certificates = new ArrayList<>();
        for (MatchResult block : BLOCK.matcher(Files.readString(Path.of("/etc/ssl/certs/ca-certificates.crt")))
                .results()
                .toList()) {
            certificates.add(Base64.getMimeDecoder().decode(block.group(1)));
        }
        return certificates;
    }
}
