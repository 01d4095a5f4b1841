package dev.capstan.truststore.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.truststore.Authority;
import dev.capstan.truststore.SubjectHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where the clients of a root do not see the same, and that nothing is said where they do. */
class DisagreementTest {

    private static Authority one;
    private static Authority two;

    @TempDir
    private static Path folder;

    @TempDir
    private Path root;

    @BeforeAll
    static void makeAuthorities() {
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
    }

    /** A Debian root in which both are trusted by all; the links are absolute, as the root has them for its /. */
    @BeforeEach
    void makeRoot() throws Exception {
        Files.createDirectories(certs());
        Path shipped = Files.createDirectories(root.resolve("usr/share/ca-certificates/mozilla"));
        StringBuilder bundle = new StringBuilder();
        for (Authority authority : List.of(one, two)) {
            String pem = authority.certificate().pem();
            Files.writeString(shipped.resolve(authority.name() + ".crt"), pem);
            Files.createSymbolicLink(
                    certs().resolve(authority.name() + ".pem"),
                    Path.of("/usr/share/ca-certificates/mozilla/" + authority.name() + ".crt"));
            Files.createSymbolicLink(hashLink(authority), Path.of(authority.name() + ".pem"));
            bundle.append(pem);
        }
        Files.writeString(bundle(), bundle);
    }

    private Path certs() {
        return root.resolve("etc/ssl/certs");
    }

    private Path bundle() {
        return certs().resolve("ca-certificates.crt");
    }

    private Path hashLink(Authority authority) {
        return certs().resolve(SubjectHash.ofDer(authority.certificate().der()) + ".0");
    }

    private List<Disagreement> disagreements() throws Exception {
        return ClientViews.of(root).disagreements();
    }

    private static List<Client> clients(List<Disagreement.Sight> sights) {
        return sights.stream().map(Disagreement.Sight::client).toList();
    }

    /** The one disagreement there is, about this certificate. */
    private Disagreement.OfCertificate about(Authority authority) throws Exception {
        assertThat(disagreements()).hasSize(1);
        Disagreement.OfCertificate disagreement =
                (Disagreement.OfCertificate) disagreements().getFirst();
        assertThat(disagreement.certificate().identity())
                .isEqualTo(authority.certificate().identity());
        assertThat(disagreement.certificate().subject()).contains("CN=" + authority.name());
        return disagreement;
    }

    @Test
    void whereAllSeeTheSameNothingIsSaid() throws Exception {
        assertThat(disagreements()).isEmpty();
    }

    @Test
    void thisMachinesOwnStoreIsReadWithoutDisagreementOverWhatTheDistributionShips() throws Exception {
        ClientViews views = ClientViews.of(Path.of("/"));

        assertThat(views.certificates()).hasSizeGreaterThan(50);
        assertThat(views.views()).filteredOn(View.Failing.class::isInstance).isEmpty();
    }

    @Test
    void aMissingHashLinkIsNamedWithTheClientsThatDoNotNeedIt() throws Exception {
        Files.delete(hashLink(two));

        Disagreement.OfCertificate disagreement = about(two);
        assertThat(clients(disagreement.seenBy())).containsExactly(Client.OPENSSL_BUNDLE, Client.GNUTLS, Client.GO);
        assertThat(disagreement.missedBy())
                .containsExactly(new Disagreement.Sight(Client.OPENSSL_DIRECTORY, "/etc/ssl/certs", "it is not there"));
        assertThat(disagreement.remedy()).contains("capstan truststore apply");
    }

    @Test
    void whatIsMissingInTheBundleIsStillSeenByGoThroughItsLink() throws Exception {
        Files.writeString(bundle(), one.certificate().pem());

        Disagreement.OfCertificate disagreement = about(two);
        assertThat(clients(disagreement.missedBy())).containsExactly(Client.OPENSSL_BUNDLE, Client.GNUTLS);
        assertThat(disagreement.seenBy()).anyMatch(sight -> sight.path().equals("/etc/ssl/certs/two.pem"));
    }

    @Test
    void aStrayFileThatOnlyGoTrustsIsNamedAndToBeRemoved() throws Exception {
        Authority stray = Authority.make(folder, "stray");
        Files.writeString(
                certs().resolve("ca-certificates.crt.new"), stray.certificate().pem());

        Disagreement.OfCertificate disagreement = about(stray);
        assertThat(clients(disagreement.seenBy())).containsExactly(Client.GO);
        assertThat(disagreement.remedy()).contains("remove /etc/ssl/certs/ca-certificates.crt.new");
    }

    @Test
    void aBundleThatOneBrokenBlockSpoilsIsSaidOnceForEachClientAndNotForEachCertificate() throws Exception {
        Files.writeString(
                bundle(),
                one.certificate().pem() + "-----BEGIN CERTIFICATE-----\ncut\n"
                        + two.certificate().pem());

        assertThat(disagreements())
                .hasSize(2)
                .allSatisfy(disagreement -> {
                    Disagreement.OfClient of = (Disagreement.OfClient) disagreement;
                    assertThat(of.readsNothing()).isTrue();
                    assertThat(of.fault().path()).isEqualTo("/etc/ssl/certs/ca-certificates.crt");
                    assertThat(of.fault().words()).contains("the block at line ", "nothing of the file");
                })
                .extracting(disagreement -> ((Disagreement.OfClient) disagreement).client())
                .containsExactly(Client.OPENSSL_BUNDLE, Client.GNUTLS);
    }

    @Test
    void aCertificateTwiceInTheBundleIsSaid() throws Exception {
        Files.writeString(
                bundle(), Files.readString(bundle()) + one.certificate().pem());

        assertThat(disagreements())
                .singleElement()
                .asString()
                .contains("/etc/ssl/certs/ca-certificates.crt", "more than once");
    }

    @Test
    void aBundleThatNotEverybodyMayReadIsSaid() throws Exception {
        Files.setPosixFilePermissions(bundle(), PosixFilePermissions.fromString("rw-r-----"));

        assertThat(disagreements()).singleElement().satisfies(disagreement -> {
            assertThat(disagreement.toString()).contains("only some users may read it");
            assertThat(disagreement.remedy()).contains("chmod a+r /etc/ssl/certs/ca-certificates.crt");
        });
    }

    @Test
    void aMissingBundleIsSaid() throws Exception {
        Files.delete(bundle());

        assertThat(disagreements().stream()
                        .filter(Disagreement.OfClient.class::isInstance)
                        .map(disagreement -> ((Disagreement.OfClient) disagreement).client()))
                .containsExactly(Client.OPENSSL_BUNDLE, Client.GNUTLS);
    }

    @Test
    void noLinkLeadsAReaderOutOfTheRoot() throws Exception {
        Authority outside = Authority.make(folder, "outside");
        Path file = Files.writeString(
                folder.resolve("outside.pem"), outside.certificate().pem());
        Files.createSymbolicLink(certs().resolve("outside.pem"), file);

        assertThat(disagreements()).isEmpty();
    }
}
