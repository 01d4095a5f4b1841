package dev.capstan.truststore.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every output of the p11-kit families, byte by byte against what p11-kit itself makes of the same anchors. */
class P11KitEqualityTest {

    private static final Map<String, StoreFormat> FORMATS = Map.of(
            "ca-bundle.trust.crt", new TrustedBundle(),
            "tls-ca-bundle.pem", new P11KitBundle(Purpose.SERVER_AUTHENTICATION, true),
            "email-ca-bundle.pem", new P11KitBundle(Purpose.EMAIL_PROTECTION, true),
            "objsign-ca-bundle.pem", new P11KitBundle(Purpose.CODE_SIGNING, true),
            "ca-bundle.pem", new P11KitBundle(Purpose.SERVER_AUTHENTICATION, false),
            "cacerts", JavaKeystore.p11Kit(),
            "cacerts.bin", new SignatureLists());

    @TempDir
    Path folder;

    private P11Kit p11Kit;

    @BeforeEach
    void ship() throws IOException {
        assumeTrue(Tools.exists("trust") && Tools.isRoot(), "needs p11-kit's trust, and root for mounts of its own");
        p11Kit = P11Kit.in(folder);
        StringBuilder mozilla = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of("/usr/share/ca-certificates/mozilla"))) {
            for (Path file : files.sorted().toList()) {
                mozilla.append(Files.readString(file));
            }
        }
        p11Kit.ship("anchors/mozilla.pem", mozilla.toString());
    }

    /** Subjects that have something about them, some like others'. */
    private List<Certificate> ours() {
        return List.of(
                        Tools.authority(folder, "/O=Capstan Test/CN=Plain Root"),
                        Tools.authority(folder, "/O=Capstan Test/CN=Plain Root"),
                        Tools.authority(folder, "/O=Capstan Test/CN=ISRG Root X1"),
                        Tools.authority(folder, "/O=Another/CN=ISRG Root X1"),
                        Tools.authority(folder, "/C=US/O=Internet Security Research Group/CN=ISRG Root X1"),
                        Tools.authority(folder, "/O=Capstan Test/CN=Zürich, Größe\\/1  CA"),
                        Tools.authority(folder, "/O=Capstan Test/CN=信頼"),
                        Tools.authority(folder, "/O=Capstan Test/OU=Only A Unit"),
                        Tools.authority(folder, "/O=Only An Organisation"),
                        Tools.authority(folder, "/C=CH"),
                        Tools.authority(folder, "/CN=First/CN=Second"),
                        Tools.authority(folder, "/CN=Servers", "-addext", "extendedKeyUsage=serverAuth"),
                        Tools.authority(folder, "/CN=Mail", "-addext", "extendedKeyUsage=emailProtection,clientAuth"),
                        Tools.authority(folder, "/CN=Any", "-addext", "extendedKeyUsage=anyExtendedKeyUsage"),
                        Tools.authority(folder, "/CN=" + "Long ".repeat(12) + "/CN=x"))
                .stream()
                .sorted(Comparator.comparing(Certificate::identity))
                .toList();
    }

    @Test
    void whatIsAddedAndRemovedIsAsP11KitMakesIt() throws Exception {
        List<Certificate> ours = ours();
        P11Kit.Outputs without = p11Kit.extract();
        p11Kit.ours(ours);
        P11Kit.Outputs with = p11Kit.extract();

        assertTurns(without, with, Edit.of(Set.of(), ours, Edit.FIRST));
        assertTurns(with, with, Edit.of(Set.of(), ours, Edit.FIRST));
        assertTurns(with, without, Edit.of(identities(ours), List.of(), Edit.FIRST));
        assertThat(without.file("cacerts").length).isGreaterThan(100_000);
        assertThat(with.file("cacerts").length).isGreaterThan(without.file("cacerts").length);
    }

    @Test
    void rotationAmongTheAdministratorsAnchorsIsAsP11KitMakesIt() throws Exception {
        Certificate first = Tools.authority(folder, "/CN=ISRG Root X1/O=Administrator");
        Certificate last = Tools.authority(folder, "/CN=Administrator");
        p11Kit.anchor("a.crt", first);
        p11Kit.anchor("z.crt", last);
        List<Certificate> all = ours();
        List<Certificate> before = all.subList(0, 8);
        List<Certificate> after = all.subList(4, all.size());
        p11Kit.ours(before);
        P11Kit.Outputs old = p11Kit.extract();
        p11Kit.ours(after);
        P11Kit.Outputs next = p11Kit.extract();

        // Those that stay keep their place; p11-kit sorts by file name, and so do these.
        Set<Identity> gone = identities(all.subList(0, 4));
        Set<Identity> leading = identities(all.subList(0, 8));
        assertTurns(old, next, Edit.of(gone, after, new Edit.Place.Behind(union(leading, Set.of(first.identity())))));
    }

    @Test
    void whatTheDistributionSaysOfItsOwnStaysAsItIs() throws Exception {
        Certificate labelled = Tools.authority(folder, "/CN=Subject");
        Certificate distrusted = Tools.authority(folder, "/CN=Rejected");
        Certificate neither = Tools.authority(folder, "/CN=Neither");
        p11Kit.ship("bundle.p11-kit", """
                [p11-kit-object-v1]
                class: certificate
                label: "Another Label"
                certificate-type: x-509
                trusted: true
                %s
                [p11-kit-object-v1]
                class: certificate
                label: "Distrusted Label"
                certificate-type: x-509
                x-distrusted: true
                %s
                """.formatted(labelled.pem(), distrusted.pem()));
        p11Kit.ship("neither.crt", neither.pem());
        List<Certificate> ours = ours();
        P11Kit.Outputs without = p11Kit.extract();
        p11Kit.ours(ours);
        P11Kit.Outputs with = p11Kit.extract();

        assertTurns(without, with, Edit.of(Set.of(), ours, Edit.FIRST));
        assertTurns(with, without, Edit.of(identities(ours), List.of(), Edit.FIRST));
        assertThat(new TrustedBundle().read(with.file("ca-bundle.trust.crt")).entries())
                .anySatisfy(entry -> assertThat(entry.name().orElse("")).isEqualTo("Another Label"))
                .anySatisfy(entry -> {
                    assertThat(entry.identity()).isEqualTo(distrusted.identity());
                    assertThat(entry.trusted()).isFalse();
                })
                .anySatisfy(entry -> {
                    assertThat(entry.identity()).isEqualTo(neither.identity());
                    assertThat(entry.trusted()).isFalse();
                });
    }

    @Test
    void whatIsDistrustedIsAsP11KitMakesIt() throws Exception {
        List<Certificate> ours = ours();
        List<Certificate> mozilla =
                Tools.certificates(Files.readAllBytes(folder.resolve("vendor/anchors/mozilla.pem")));
        List<Certificate> distrusted = new ArrayList<>(mozilla.subList(20, 24));
        distrusted.add(mozilla.stream()
                .filter(certificate -> certificate.subject().contains("ISRG Root X1"))
                .findFirst()
                .orElseThrow());
        distrusted.sort(Comparator.comparing(Certificate::identity));
        p11Kit.ours(ours);
        P11Kit.Outputs trusted = p11Kit.extract();
        for (Certificate certificate : distrusted) {
            p11Kit.block("capstan-" + certificate.identity() + ".crt", certificate);
        }
        P11Kit.Outputs next = p11Kit.extract();

        assertTurns(trusted, next, new Edit(Set.of(), distrusted, ours, new Edit.Place.Behind(identities(ours))));
    }

    private static void assertTurns(P11Kit.Outputs now, P11Kit.Outputs next, Edit edit) throws Exception {
        for (Map.Entry<String, StoreFormat> format : FORMATS.entrySet()) {
            byte[] bytes = now.file(format.getKey());
            byte[] edited = format.getValue().edit(bytes, edit);
            assertThat(edited).as(format.getKey()).isEqualTo(next.file(format.getKey()));
            assertThat(format.getValue().edit(edited, edit)).as(format.getKey()).isSameAs(edited);
            Held held = format.getValue().read(edited);
            assertThat(held.damages()).as(format.getKey()).isEmpty();
            for (Certificate certificate : edit.add()) {
                assertThat(held.trusted().contains(certificate.identity()))
                        .as("%s holds %s", format.getKey(), certificate)
                        .isEqualTo(format.getValue().takes(certificate));
            }
        }
        assertThat(HashFolder.pem(P11KitEqualityTest::subjectHash).edit(now.pem(), edit))
                .isEqualTo(next.pem());
        assertThat(HashFolder.trusted(P11KitEqualityTest::subjectHash).edit(now.openssl(), edit))
                .isEqualTo(next.openssl());
        assertThat(HashFolder.pem(P11KitEqualityTest::subjectHash)
                        .read(next.pem())
                        .damages())
                .isEmpty();
    }

    private static String subjectHash(Certificate certificate) {
        try {
            Path file = Files.createTempFile("capstan", ".pem");
            Files.writeString(file, certificate.pem());
            String hash = Tools.run(Path.of("/"), "openssl", "x509", "-noout", "-subject_hash", "-in", file.toString());
            Files.delete(file);
            return hash.strip();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static Set<Identity> identities(List<Certificate> certificates) {
        return certificates.stream().map(Certificate::identity).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<Identity> union(Set<Identity> one, Set<Identity> other) {
        return Stream.concat(one.stream(), other.stream()).collect(Collectors.toUnmodifiableSet());
    }
}
