package dev.capstan.truststore.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.truststore.Authority;
import dev.capstan.truststore.SubjectHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hash directories of every make: we find in them what the openssl program finds, and say why the rest is not found. */
class HashDirectoryTest {

    private static final String FOLDER = "/etc/ssl/certs";

    /** Three of one subject and so of one hash, and one of another. */
    private static Authority first;

    private static Authority second;
    private static Authority third;
    private static Authority other;

    @TempDir
    private static Path folder;

    @TempDir
    private Path root;

    @BeforeAll
    static void makeAuthorities() {
        first = same("first");
        second = same("second");
        third = same("third");
        other = Authority.make(folder, "other");
    }

    /** With key identifiers: by these openssl tells CAs of one subject apart. */
    private static Authority same(String name) {
        return Authority.make(
                folder,
                name,
                "/CN=Same",
                "-addext",
                "subjectKeyIdentifier=hash",
                "-addext",
                "authorityKeyIdentifier=keyid:always");
    }

    private void link(Authority authority, Authority hashOf, int number) throws Exception {
        Path certs = Files.createDirectories(root.resolve("etc/ssl/certs"));
        Path file = certs.resolve(authority.name() + ".pem");
        if (!Files.exists(file)) {
            Files.writeString(file, authority.certificate().pem());
        }
        Files.createSymbolicLink(certs.resolve(name(hashOf, number)), file.getFileName());
    }

    private static String name(Authority authority, int number) {
        return SubjectHash.ofDer(authority.certificate().der()) + "." + number;
    }

    /** What we find; the openssl program finds the same. */
    private View.Trusting found(Authority... expected) throws Exception {
        View.Trusting view = (View.Trusting) ClientViews.of(root).views().stream()
                .filter(one -> one.client() == Client.OPENSSL_DIRECTORY)
                .findFirst()
                .orElseThrow();
        assertThat(view.certificates().keySet())
                .isEqualTo(RealClients.directory(root, FOLDER, List.of(first, second, third, other)))
                .containsExactlyInAnyOrderElementsOf(List.of(expected).stream()
                        .map(authority -> authority.certificate().identity())
                        .toList());
        return view;
    }

    private static String hidden(View.Trusting view, Authority authority) {
        return view.hidden().get(authority.certificate().identity()).words();
    }

    @Test
    void aWholeChainIsFound() throws Exception {
        link(first, first, 0);
        link(second, second, 1);
        link(third, third, 2);
        link(other, other, 0);

        assertThat(found(first, second, third, other).faults()).isEmpty();
    }

    @Test
    void nothingBehindAGapIsFound() throws Exception {
        link(first, first, 0);
        link(third, third, 2);

        assertThat(hidden(found(first), third)).contains(name(first, 1) + " is not there");
    }

    @Test
    void nothingBehindALinkThatLeadsNowhereIsFound() throws Exception {
        link(first, first, 0);
        link(second, second, 1);
        link(third, third, 2);
        Files.delete(root.resolve("etc/ssl/certs/second.pem"));

        View.Trusting view = found(first);
        assertThat(hidden(view, third)).contains(name(first, 1) + " leads nowhere");
        assertThat(view.faults()).singleElement().asString().contains("leads nowhere");
    }

    @Test
    void nothingBehindABrokenFileIsFound() throws Exception {
        link(first, first, 0);
        link(second, second, 1);
        link(third, third, 2);
        String pem = second.certificate().pem();
        Files.writeString(root.resolve("etc/ssl/certs/second.pem"), pem.substring(0, pem.length() / 2));

        View.Trusting view = found(first);
        assertThat(hidden(view, third)).contains(name(first, 1) + " cannot be read");
        assertThat(view.faults()).singleElement().asString().contains("is cut");
    }

    @Test
    void whatStandsBeforeABrokenBlockIsFoundAndNothingBehindTheFile() throws Exception {
        link(first, first, 0);
        link(third, third, 1);
        String pem = second.certificate().pem();
        Files.writeString(
                root.resolve("etc/ssl/certs/first.pem"),
                first.certificate().pem() + pem.substring(0, pem.length() / 2));

        found(first);
    }

    @Test
    void aCertificateUnderTheHashOfAnotherIsNotFound() throws Exception {
        link(other, other, 0);
        link(first, other, 1);

        assertThat(hidden(found(other), first)).contains("under the hash of another subject");
    }

    @Test
    void severalCertificatesInOneFileAreFoundByTheirOwnHashOnly() throws Exception {
        link(first, first, 0);
        Files.writeString(
                root.resolve("etc/ssl/certs/first.pem"),
                first.certificate().pem()
                        + second.certificate().pem()
                        + other.certificate().pem());

        found(first, second);
    }

    @Test
    void aFolderWithoutHashLinksIsWorthNothingUnlessTheDistributionHasNone() throws Exception {
        Files.createDirectories(root.resolve("etc/ssl/certs"));
        assertThat(view()).isInstanceOf(View.Failing.class);

        Files.createDirectories(root.resolve("etc/pki/ca-trust"));
        assertThat(view()).isInstanceOf(View.Absent.class);
    }

    private View view() throws Exception {
        return ClientViews.of(root).views().stream()
                .filter(one -> one.client() == Client.OPENSSL_DIRECTORY)
                .findFirst()
                .orElseThrow();
    }
}
