package dev.capstan.truststore.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Authority;
import dev.capstan.truststore.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources of p11-kit: we find in them what the trust program finds there. */
class P11KitSourceTest {

    private static final String ADMIN = "etc/pki/ca-trust/source";
    private static final String VENDOR = "usr/share/pki/ca-trust-source";

    private static Authority one;
    private static Authority two;
    private static Authority three;

    @TempDir
    private static Path folder;

    @TempDir
    private Path root;

    @BeforeAll
    static void makeAuthorities() {
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
        three = Authority.make(folder, "three");
    }

    private void put(String path, String text) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Our view is of these; so is that of the trust program, over the module that GnuTLS asks. */
    private void assertTrusted(Authority... expected) throws Exception {
        assumeTrue(Programs.isRoot(), "needs root, for a p11-kit configuration of its own");
        assumeTrue(Programs.exists("trust"), "needs trust: Debian package p11-kit");
        Files.createDirectories(root.resolve(ADMIN));
        Files.createDirectories(root.resolve(VENDOR));
        SortedSet<Identity> ours = new TreeSet<>(ClientViews.of(root).views().stream()
                .filter(view -> view.client() == Client.GNUTLS)
                .findFirst()
                .orElseThrow()
                .trusted()
                .keySet());
        assertThat(ours)
                .isEqualTo(RealClients.p11Kit(folder, List.of(root.resolve(ADMIN), root.resolve(VENDOR))))
                .containsExactlyInAnyOrderElementsOf(List.of(expected).stream()
                        .map(authority -> authority.certificate().identity())
                        .toList());
    }

    private static String object(String lines, Authority authority) {
        return "[p11-kit-object-v1]\n" + lines + authority.certificate().pem() + "\n";
    }

    @Test
    void anchorsAreLiveInEveryForm() throws Exception {
        put(ADMIN + "/anchors/one.anything", one.certificate().pem());
        Files.createDirectories(root.resolve(VENDOR + "/anchors"));
        Files.write(root.resolve(VENDOR + "/anchors/two.der"), two.certificate().der());
        put(ADMIN + "/three.pem", three.certificate().pem());
        put(ADMIN + "/anchors/below/three.pem", three.certificate().pem());
        put(ADMIN + "/anchors/text", "nothing\n");

        assertTrusted(one, two);
    }

    @Test
    void whatIsBlockedIsTrustedByNobody() throws Exception {
        put(VENDOR + "/anchors/all", one.certificate().pem() + two.certificate().pem());
        put(ADMIN + "/blocklist/two.pem", two.certificate().pem());

        assertTrusted(one);
    }

    @Test
    void p11KitsOwnFilesSayWhomTheyTrust() throws Exception {
        put(
                VENDOR + "/bundle.p11-kit",
                "# a comment\n" + object("class: certificate\ntrusted: true\n", one)
                        + object("class: certificate\nx-distrusted: true\n", two)
                        + object("class: certificate\n", three));

        assertTrusted(one);
    }

    @Test
    void whatIsTrustedForMailAloneIsNotTrustedByTlsClients() throws Exception {
        Path key = folder.resolve("two.pub");
        Programs.run(List.of("openssl", "x509", "-in", "two.crt", "-noout", "-pubkey", "-out", key.toString()), folder)
                .succeeded();
        put(
                VENDOR + "/bundle.p11-kit",
                object("class: certificate\ntrusted: true\n", one)
                        + object("class: certificate\ntrusted: true\n", two)
                        + "[p11-kit-object-v1]\nclass: x-certificate-extension\nobject-id: 2.5.29.37\n"
                        + "value: \"%30%13%06%03%55%1d%25%04%0c%30%0a%06%08%2b%06%01%05%05%07%03%04\"\n"
                        + Files.readString(key) + "\n");

        assertTrusted(one);
    }
}
