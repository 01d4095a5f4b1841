package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every certificate of the system's and of the JDK's own bundle reads as {@code openssl x509} reads it. */
class SystemBundleTest {

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** What OpenSSL calls by a name in RFC 2253's form, and the JDK by its number. */
    private static final Map<String, String> NAMES = Map.of(
            "1.2.840.113549.1.9.1", "emailAddress", "2.5.4.5", "serialNumber", "2.5.4.97", "organizationIdentifier");

    @TempDir
    private Path folder;

    @Test
    void ofTheSystem() throws IOException {
        readsAsOpenSsl(Files.readAllBytes(Path.of("/etc/ssl/certs/ca-certificates.crt")));
    }

    @Test
    void ofTheJdk() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(
                Path.of(System.getProperty("java.home"), "lib", "security", "cacerts")
                        .toFile(),
                "changeit".toCharArray());
        StringBuilder pem = new StringBuilder();
        for (String alias : Collections.list(store.aliases())) {
            pem.append(Pki.pem(store.getCertificate(alias).getEncoded()));
        }
        readsAsOpenSsl(Pki.bytes(pem.toString()));
    }

    private void readsAsOpenSsl(byte[] bundle) {
        Reading reading = DoorsTest.secret(bundle);
        assertThat(reading.findings())
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .isEmpty();
        assertThat(reading.certificates()).hasSizeGreaterThan(50);
        OpenSsl openssl = new OpenSsl(folder);
        List<String> theirs = new ArrayList<>();
        List<String> ours = new ArrayList<>();
        for (Reading.Sourced sourced : reading.certificates()) {
            Certificate certificate = sourced.certificate();
            theirs.add(new String(
                            openssl.run(
                                    certificate.pem().getBytes(ISO_8859_1),
                                    "x509",
                                    "-noout",
                                    "-sha256",
                                    "-fingerprint",
                                    "-serial",
                                    "-subject",
                                    "-nameopt",
                                    "RFC2253,utf8,-esc_msb",
                                    "-startdate",
                                    "-enddate",
                                    "-dateopt",
                                    "iso_8601"),
                            UTF_8)
                    .strip());
            ours.add(certificate.identity().hex());
        }
        for (int i = 0; i < ours.size(); i++) {
            Certificate certificate = reading.certificates().get(i).certificate();
            assertThat(theirs.get(i).lines().map(line -> line.replaceAll("^[^=]*=", "")))
                    .as(certificate.subject())
                    .containsExactly(
                            certificate
                                    .identity()
                                    .hex()
                                    .toUpperCase(Locale.ROOT)
                                    .replaceAll("(..)(?=.)", "$1:"),
                            certificate
                                    .serialNumber()
                                    .toString(16)
                                    .toUpperCase(Locale.ROOT)
                                    .replaceAll("^(.(..)*)$", "0$1"),
                            new X500Principal(certificate.subjectDer()).getName(X500Principal.RFC2253, NAMES),
                            date(certificate.notBefore()),
                            date(certificate.notAfter()));
        }
    }

    private static String date(Instant instant) {
        return DATE.format(instant);
    }
}
