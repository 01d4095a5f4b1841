package dev.capstan.truststore.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Java's own keystores, keytool, and the hook of Debian's ca-certificates-java. */
class JavaKeystoreTest {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Path HOOK = Path.of("/usr/share/ca-certificates-java/ca-certificates-java.jar");
    private static final JavaKeystore DEBIAN = JavaKeystore.debian(JavaKeystoreTest::link);

    @TempDir
    Path folder;

    private Certificate one;
    private Certificate other;

    @BeforeEach
    void makeAuthorities() {
        one = Tools.authority(folder, "/O=Capstan Test/CN=One");
        other = Tools.authority(folder, "/O=Capstan Test/CN=Other");
    }

    private static String link(Identity identity) {
        return "capstan-" + identity + ".pem";
    }

    private static String alias(Certificate certificate) {
        return "debian:" + link(certificate.identity());
    }

    @Test
    void addingAndRemovingIsWhatDebiansHookWouldHaveDone() throws Exception {
        assumeTrue(
                Tools.isRoot() && Files.exists(HOOK) && Tools.exists("java"), "needs ca-certificates-java, and root");
        Path file = Files.createDirectories(folder.resolve("java")).resolve("cacerts");
        List<String> lines = new ArrayList<>();
        try (Stream<Path> mozilla = Files.list(Path.of("/usr/share/ca-certificates/mozilla"))) {
            mozilla.sorted().limit(50).forEach(path -> lines.add("+" + path));
        }
        hook(lines);
        Tools.run(
                folder,
                "keytool",
                "-genkeypair",
                "-alias",
                "mykey",
                "-keyalg",
                "EC",
                "-dname",
                "CN=key",
                "-keystore",
                file.toString(),
                "-storetype",
                "JKS",
                "-storepass",
                "changeit",
                "-keypass",
                "another");
        byte[] stock = Files.readAllBytes(file);
        byte[] added = DEBIAN.edit(stock, Edit.of(Set.of(), List.of(one, other), Edit.LAST));

        for (Certificate certificate : List.of(one, other)) {
            Files.writeString(folder.resolve(link(certificate.identity())), certificate.pem());
        }
        List<String> ours = Stream.of(one, other)
                .map(certificate -> folder.resolve(link(certificate.identity())).toString())
                .toList();
        hook(ours.stream().map(path -> "+" + path).toList());
        assertThat(entries(added)).isEqualTo(entries(Files.readAllBytes(file)));

        Files.write(file, added);
        hook(ours.stream().map(path -> "+" + path).toList());
        assertThat(entries(Files.readAllBytes(file))).isEqualTo(entries(added));
        Files.write(file, added);
        hook(ours.stream().map(path -> "-" + path).toList());
        byte[] removed = DEBIAN.edit(added, Edit.of(Set.of(one.identity(), other.identity()), List.of(), Edit.LAST));
        assertThat(entries(removed)).isEqualTo(entries(Files.readAllBytes(file)));
        assertThat(removed).isEqualTo(stock);
    }

    private void hook(List<String> lines) throws IOException {
        Files.write(folder.resolve("lines"), lines);
        Path script = folder.resolve("hook.sh");
        Files.writeString(script, """
                set -e
                mount --bind java /etc/ssl/certs/java
                java -jar %s -storepass changeit < lines
                """.formatted(HOOK));
        Tools.run(folder, "unshare", "--mount", "--propagation", "private", "sh", script.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"JKS", "PKCS12", "PKCS12 as Java 8 writes it"})
    void foreignEntriesStayAndOursComeAndGo(String kind) throws Exception {
        Path file = keystore(kind, "changeit");
        byte[] stock = Files.readAllBytes(file);
        byte[] added = DEBIAN.edit(stock, Edit.of(Set.of(), List.of(one, other), Edit.LAST));

        Map<String, String> expected = entries(stock);
        expected.put(alias(one), "trusts " + one.identity());
        expected.put(alias(other), "trusts " + other.identity());
        assertThat(entries(added)).isEqualTo(expected).hasSize(5);
        assertThat(DEBIAN.read(added).identities())
                .containsExactlyInAnyOrder(identity("byhand"), identity("corp"), one.identity(), other.identity());
        Files.write(file, added);
        assertThat(Tools.run(folder, "keytool", "-list", "-keystore", file.toString(), "-storepass", "changeit"))
                .contains("contains 5 entries", "PrivateKeyEntry", alias(one), alias(other));

        assertThat(DEBIAN.edit(added, Edit.of(Set.of(), List.of(other, one), Edit.LAST)))
                .isSameAs(added);
        byte[] removed = DEBIAN.edit(added, Edit.of(Set.of(one.identity(), other.identity()), List.of(), Edit.LAST));
        assertThat(removed).isEqualTo(stock);
        assertThat(DEBIAN.edit(stock, Edit.of(Set.of(), List.of(one, other), Edit.LAST)))
                .isEqualTo(added);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JKS", "PKCS12"})
    void anotherPasswordIsSaidAndNothingMade(String kind) throws Exception {
        byte[] bytes = Files.readAllBytes(keystore(kind, "another1"));
        Edit edit = Edit.of(Set.of(), List.of(one), Edit.LAST);
        assertThatThrownBy(() -> DEBIAN.edit(bytes, edit))
                .isInstanceOf(UneditableException.class)
                .hasMessageContaining("another password than 'changeit'")
                .hasMessageContaining("keytool -storepasswd");
        assertThat(DEBIAN.read(bytes).entries()).isEmpty();
        assertThat(DEBIAN.read(bytes).damages()).hasSize(1);
    }

    @Test
    void anEmptyPasswordIsSaid() throws Exception {
        KeyStore jks = KeyStore.getInstance("JKS");
        jks.load(null, null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        jks.store(bytes, new char[0]);
        assertThatThrownBy(() -> DEBIAN.edit(bytes.toByteArray(), Edit.of(Set.of(), List.of(one), Edit.LAST)))
                .hasMessageContaining("empty password");

        KeyStore pkcs12 = KeyStore.getInstance("PKCS12");
        pkcs12.load(null, null);
        Path file = folder.resolve("none.p12");
        Files.writeString(folder.resolve("one.pem"), one.pem());
        Tools.run(
                folder,
                "keytool",
                "-J-Dkeystore.pkcs12.macAlgorithm=NONE",
                "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE",
                "-importcert",
                "-noprompt",
                "-alias",
                "one",
                "-file",
                "one.pem",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit");
        assertThatThrownBy(() -> DEBIAN.edit(Files.readAllBytes(file), Edit.of(Set.of(), List.of(other), Edit.LAST)))
                .hasMessageContaining("no password");
    }

    @Test
    void aCutKeystoreIsSaidAndANewOneHoldsAllThatIsAdded() throws Exception {
        byte[] whole = DEBIAN.edit(new byte[0], Edit.of(Set.of(), List.of(one, other), Edit.LAST));
        assertThat(entries(whole)).containsOnlyKeys(alias(one), alias(other));
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThat(DEBIAN.read(cut).damages()).as("cut at %s", length).isNotEmpty();
            assertThatThrownBy(() -> DEBIAN.edit(cut, Edit.of(Set.of(), List.of(one), Edit.LAST)))
                    .isInstanceOf(UneditableException.class);
        }
    }

    @Test
    void whatHasOurAliasIsReplacedButNeverAKey() throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        store.setCertificateEntry(alias(one), x509(other));
        byte[] edited = DEBIAN.edit(bytes(store), Edit.of(Set.of(), List.of(one), Edit.LAST));
        assertThat(entries(edited)).containsOnly(Map.entry(alias(one), "trusts " + one.identity()));

        store.setCertificateEntry("corp", x509(one));
        byte[] twice = DEBIAN.edit(bytes(store), Edit.of(Set.of(other.identity()), List.of(one), Edit.LAST));
        assertThat(entries(twice)).containsOnlyKeys(alias(one), "corp");
        byte[] dropped = DEBIAN.edit(twice, Edit.of(Set.of(one.identity()), List.of(), Edit.LAST));
        assertThat(entries(dropped)).containsOnlyKeys("corp");
        byte[] distrusted = DEBIAN.edit(twice, new Edit(Set.of(), List.of(one), List.of(one), Edit.LAST));
        assertThat(entries(distrusted)).isEmpty();
    }

    /** One with a key and two foreign certificates in it. */
    private Path keystore(String kind, String password) throws Exception {
        Path file = folder.resolve(kind.replace(' ', '-'));
        String type = kind.startsWith("PKCS12") ? "PKCS12" : kind;
        String legacy = "-J-Dkeystore.pkcs12.legacy" + (kind.equals(type) ? ".not" : "");
        for (String alias : List.of("byhand", "corp")) {
            Certificate certificate = Tools.authority(folder, "/CN=" + alias);
            Files.writeString(folder.resolve(alias + ".pem"), certificate.pem());
            Tools.run(
                    folder,
                    "keytool",
                    legacy,
                    "-importcert",
                    "-noprompt",
                    "-alias",
                    alias,
                    "-file",
                    alias + ".pem",
                    "-keystore",
                    file.toString(),
                    "-storetype",
                    type,
                    "-storepass",
                    password);
        }
        Tools.run(
                folder,
                "keytool",
                legacy,
                "-genkeypair",
                "-alias",
                "mykey",
                "-keyalg",
                "EC",
                "-dname",
                "CN=key",
                "-keystore",
                file.toString(),
                "-storetype",
                type,
                "-storepass",
                password,
                "-keypass",
                password);
        return file;
    }

    private Identity identity(String alias) throws IOException {
        return Tools.certificates(Files.readAllBytes(folder.resolve(alias + ".pem")))
                .getFirst()
                .identity();
    }

    private static java.security.cert.Certificate x509(Certificate certificate) throws Exception {
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate.der()));
    }

    private static byte[] bytes(KeyStore store) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, PASSWORD);
        return bytes.toByteArray();
    }

    /** What Java finds in a keystore, by alias. */
    private static Map<String, String> entries(byte[] bytes) throws Exception {
        KeyStore store = KeyStore.getInstance(bytes[0] == (byte) 0xfe ? "JKS" : "PKCS12");
        store.load(new ByteArrayInputStream(bytes), PASSWORD);
        Map<String, String> entries = new TreeMap<>();
        for (String alias : Collections.list(store.aliases())) {
            String kind = store.isKeyEntry(alias) ? "key of " : "trusts ";
            entries.put(alias, kind + Identity.ofDer(store.getCertificate(alias).getEncoded()));
        }
        return entries;
    }
}
