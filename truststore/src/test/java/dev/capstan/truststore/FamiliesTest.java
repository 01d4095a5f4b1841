package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each family is told by its own files, and its store is brought there and back. */
class FamiliesTest {

    private static Authority one;
    private static Authority two;
    private static List<Certificate> shipped;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeAuthorities(@TempDir Path folder) throws IOException {
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
        try (var files = Files.list(Path.of("/usr/share/ca-certificates/mozilla"))) {
            shipped = files.sorted()
                    .limit(4)
                    .map(file -> Authority.read(file).certificates().getFirst())
                    .toList();
        }
    }

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, ISO_8859_1);
    }

    private void link(String path, String target) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of(target));
    }

    private static String pem(List<Certificate> certificates) {
        StringBuilder pem = new StringBuilder();
        certificates.forEach(certificate -> pem.append(certificate.pem()));
        return pem.toString();
    }

    private Map<String, String> store() throws IOException {
        return new DebianRoot(folder).store();
    }

    private DebianRoot root() {
        return new DebianRoot(folder);
    }

    /** Brings the store to some sets and back; it ends as it began. */
    private void assertThereAndBack(String family, String bundle, String anchors) throws Exception {
        TrustStore store = TrustStore.at(folder);
        assertThat(store.family().name()).contains(family);
        store.apply(Wanted.nothing());
        Map<String, String> before = store();
        Applied applied = store.apply(Wanted.of(Authority.set(one, two)));
        assertThat(applied.added()).hasSize(2);
        assertThat(store.read().damages()).isEmpty();
        assertThat(store.read().agreed()).hasSize(2);
        assertThat(store.apply(Wanted.of(Authority.set(one, two))).written()).isFalse();
        CertificateSet held = Authority.read(folder.resolve(bundle));
        assertThat(held.size()).isEqualTo(shipped.size() + 2);
        assertThat(folder.resolve(anchors)
                        .resolve("capstan-" + one.certificate().identity()
                                + (anchors.endsWith("ssl/certs") ? ".pem" : ".crt")))
                .exists();
        assertThat(Authority.read(store.withoutOurs()).size()).isEqualTo(shipped.size());
        assertThat(store.inventory().items()).hasSize(shipped.size() + 2);

        store.apply(Wanted.of(Authority.set(two)));
        assertThat(Authority.read(folder.resolve(bundle))
                        .contains(one.certificate().identity()))
                .isFalse();
        store.apply(Wanted.of(Authority.set(one)));
        store.uninstall();
        Map<String, String> now = store();
        assertThat(now.keySet()).isEqualTo(before.keySet());
        assertThat(now.keySet()).allSatisfy(name -> assertThat(now.get(name)).isEqualTo(before.get(name)));
    }

    @Test
    void alpine() throws Exception {
        write("etc/alpine-release", "3.20\n");
        StringBuilder selection = new StringBuilder();
        for (int i = 0; i < shipped.size(); i++) {
            write(
                    "usr/share/ca-certificates/mozilla/" + i + ".crt",
                    shipped.get(i).pem());
            selection.append("mozilla/").append(i).append(".crt\n");
        }
        write("etc/ca-certificates.conf", selection.toString());
        write("etc/ssl/certs/ca-certificates.crt", pem(shipped));
        link("etc/ssl/cert.pem", "certs/ca-certificates.crt");
        Files.createDirectories(folder.resolve("usr/local/share/ca-certificates"));
        assertThereAndBack("Alpine", "etc/ssl/certs/ca-certificates.crt", "usr/local/share/ca-certificates");
        TrustStore.at(folder).apply(Wanted.of(Authority.set(one)));
        assertThat(folder.resolve(
                        "etc/ssl/certs/ca-cert-capstan-" + one.certificate().identity() + ".pem"))
                .satisfies(file -> assertThat(Files.readSymbolicLink(file))
                        .hasToString("/usr/local/share/ca-certificates/capstan-"
                                + one.certificate().identity() + ".crt"));
        assertThat(root().byHash(one.certificate())).hasSize(1);
        assertThat(root().byHash(shipped.get(2))).hasSize(1);
    }

    @Test
    void flatcarHasItsAnchorsBesideTheLinksAndItsBundleInTheirOrder() throws Exception {
        Files.createDirectories(folder.resolve("usr/share/flatcar"));
        for (int i = 0; i < shipped.size(); i++) {
            write("usr/share/ca-certificates/c" + i + ".pem", shipped.get(i).pem());
            link("etc/ssl/certs/c" + i + ".pem", "/usr/share/ca-certificates/c" + i + ".pem");
        }
        write("etc/ssl/certs/ca-certificates.crt", pem(shipped));
        assertThereAndBack("Flatcar", "etc/ssl/certs/ca-certificates.crt", "etc/ssl/certs");
        TrustStore.at(folder).apply(Wanted.of(Authority.set(one)));
        StringBuilder expected = new StringBuilder();
        try (var links = Files.list(folder.resolve("etc/ssl/certs"))) {
            for (Path link : links.filter(file -> file.toString().matches(".*\\.[0-9]"))
                    .sorted()
                    .toList()) {
                expected.append(Files.readString(RootPath.resolve(
                        folder, Path.of("/etc/ssl/certs", link.getFileName().toString()))));
            }
        }
        assertThat(folder.resolve("etc/ssl/certs/ca-certificates.crt"))
                .hasContent(expected.toString().stripTrailing());
    }

    @Test
    void aPlainDirectoryKeepsWhatItsBundleHolds() throws Exception {
        write("etc/ssl/certs/ca-certificates.crt", pem(shipped));
        assertThereAndBack("plain OpenSSL", "etc/ssl/certs/ca-certificates.crt", "etc/ssl/certs");
    }

    private void redHat(String source) throws IOException {
        Files.createDirectories(folder.resolve(source + "/anchors"));
        String extracted = "etc/pki/ca-trust/extracted/";
        for (String file : List.of("pem/tls-ca-bundle.pem", "pem/email-ca-bundle.pem", "pem/objsign-ca-bundle.pem")) {
            write(extracted + file, pem(shipped));
        }
        write(extracted + "edk2/cacerts.bin", "");
        Files.createDirectories(folder.resolve(extracted + "pem/directory-hash"));
        link("etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem");
    }

    @Test
    void redHatAndItsKin() throws Exception {
        redHat("etc/pki/ca-trust/source");
        assertThereAndBack(
                "RHEL", "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "etc/pki/ca-trust/source/anchors");
        assertThat(folder.resolve("etc/pki/tls/certs/ca-bundle.crt")).isSymbolicLink();

        TrustStore store = TrustStore.at(folder);
        Certificate distrusted = shipped.get(1);
        store.apply(Wanted.of(Authority.set(one), List.of(distrusted.identity())));
        assertThat(store.read().distrusted()).containsExactly(distrusted.identity());
        assertThat(folder.resolve("etc/pki/ca-trust/source/blocklist/capstan-" + distrusted.identity() + ".crt"))
                .exists();
        Applied trusted = store.apply(Wanted.of(Authority.set(one)));
        assertThat(trusted.remarks()).anySatisfy(remark -> assertThat(remark).contains("update-ca-trust"));

        // Ours as well as the distribution's: it stays when ours goes.
        CertificateSet both = CertificateSet.of(List.of(shipped.getFirst(), one.certificate()));
        store.apply(Wanted.of(both));
        store.apply(Wanted.nothing());
        assertThat(Authority.read(folder.resolve("etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"))
                        .contains(shipped.getFirst().identity()))
                .isTrue();
    }

    @Test
    void marinerHasItsAnchorsInUsrShare() throws Exception {
        redHat("usr/share/pki/ca-trust-source");
        assertThereAndBack(
                "Mariner", "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "usr/share/pki/ca-trust-source/anchors");
    }

    @Test
    void suseWhereEtcSslCertsIsALink() throws Exception {
        write("var/lib/ca-certificates/ca-bundle.pem", pem(shipped));
        Files.createDirectories(folder.resolve("var/lib/ca-certificates/pem"));
        Files.createDirectories(folder.resolve("var/lib/ca-certificates/openssl"));
        Files.createDirectories(folder.resolve("etc/pki/trust/anchors"));
        Files.createDirectories(folder.resolve("etc/ca-certificates/update.d"));
        link("etc/ssl/certs", "/var/lib/ca-certificates/pem");
        assertThereAndBack("SUSE", "var/lib/ca-certificates/ca-bundle.pem", "etc/pki/trust/anchors");
        TrustStore.at(folder).hookedBy(Path.of("/opt/capstan")).apply(Wanted.of(Authority.set(one)));
        assertThat(root().byHash(one.certificate())).hasSize(1);
        assertThat(folder.resolve("etc/ca-certificates/update.d/zz-capstan.run"))
                .isExecutable();
        assertThat(folder.resolve("etc/ssl/certs")).isSymbolicLink();
    }

    @Test
    void archLinksItsHashFolderFileByFile() throws Exception {
        write("etc/ca-certificates/extracted/tls-ca-bundle.pem", pem(shipped));
        Files.createDirectories(folder.resolve("etc/ca-certificates/extracted/cadir"));
        Files.createDirectories(folder.resolve("etc/ca-certificates/trust-source/anchors"));
        link("etc/ssl/certs/ca-certificates.crt", "../../ca-certificates/extracted/tls-ca-bundle.pem");
        assertThereAndBack(
                "Arch", "etc/ca-certificates/extracted/tls-ca-bundle.pem", "etc/ca-certificates/trust-source/anchors");
        TrustStore.at(folder).apply(Wanted.of(Authority.set(one)));
        assertThat(root().byHash(one.certificate())).hasSize(1);
    }

    @Test
    void whatIsChangedElsewhereIsAnsweredWithWhatToDo() throws Exception {
        Map<String, String> words = Map.of(
                "ID=talos\n", "TrustedRootsConfig",
                "NAME=Bottlerocket\nID=\"bottlerocket\"\n", "settings.pki",
                "ID=nixos\n", "security.pki.certificateFiles");
        for (Map.Entry<String, String> system : words.entrySet()) {
            write("etc/os-release", system.getKey());
            assertThatThrownBy(() -> TrustStore.at(folder))
                    .isInstanceOf(UnsupportedRootException.class)
                    .hasMessageContaining(system.getValue());
        }
        Files.delete(folder.resolve("etc/os-release"));
        Files.createDirectories(folder.resolve("Windows/System32"));
        assertThatThrownBy(() -> TrustStore.at(folder)).hasMessageContaining("certutil -addstore Root");
        Files.delete(folder.resolve("Windows/System32"));
        assertThatThrownBy(() -> TrustStore.at(folder))
                .isInstanceOf(UnsupportedRootException.class)
                .hasMessageContaining("neither a bundle nor hash links");
        assertThat(Files.exists(folder.resolve("var"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }
}
