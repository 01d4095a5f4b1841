package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What foreign hands and faults do to a store, and how it is right again. */
class TrustStoreDamageTest {

    private static Authority one;
    private static Authority two;
    private static Authority three;

    /** Two CAs of one subject, as after a renewal with a new key: one hash, two numbers. */
    private static Authority renewed;

    private static Authority renewal;

    private DebianRoot root;
    private TrustStore store;

    @BeforeAll
    static void makeAuthorities(@TempDir Path folder) {
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
        three = Authority.make(folder, "three");
        renewed = Authority.make(folder, "renewed", "/CN=Renewed");
        renewal = Authority.make(folder, "renewal", "/CN=Renewed");
    }

    @BeforeEach
    void makeRoot(@TempDir Path folder) throws Exception {
        root = DebianRoot.make(folder.resolve("root"));
        store = TrustStore.at(root.path());
    }

    private void assertHolds(Authority... authorities) throws Exception {
        root.assertHolds(List.of(one, two, three, renewed, renewal), authorities);
    }

    @Test
    void textBetweenCertificatesGoesAndWhatNoFileExplainsIsKeptLast() throws Exception {
        String before = Files.readString(root.bundle(), ISO_8859_1);
        Files.writeString(
                root.bundle(),
                "# comment\r\n" + two.certificate().pem() + before
                        + two.certificate().pem().replace("\n", "\r\n") + "# \u00fcber the end\n",
                ISO_8859_1);
        Applied applied = store.apply(Wanted.of(Authority.set(one)));
        assertThat(applied.remarks())
                .singleElement()
                .asString()
                .contains(two.certificate().identity() + ", which no file explains; it is kept");
        assertThat(Files.readString(root.bundle(), ISO_8859_1))
                .isEqualTo(before + one.certificate().pem() + two.certificate().pem());
        assertThat(store.read().intact()).isTrue();
        store.apply(Wanted.nothing());
        assertThat(Files.readString(root.bundle(), ISO_8859_1))
                .isEqualTo(before + two.certificate().pem());
    }

    @Test
    void bundleThatLostTheDistributionsCertificatesIsWholeAgain() throws Exception {
        store.apply(Wanted.of(Authority.set(one)));
        Map<String, String> intact = root.store();
        // What two runs of the distribution's tool at once leave, and one with --fresh that was killed.
        Files.writeString(root.bundle(), two.certificate().pem(), ISO_8859_1);
        try (var links = Files.list(root.outputs())) {
            for (Path link : links.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
        Files.writeString(root.bundle(), "");
        assertThat(store.read().damages()).hasSizeGreaterThan(2 * DebianRoot.DISTRIBUTION);
        assertThat(store.reapply().written()).isTrue();
        assertThat(root.store()).isEqualTo(intact);
    }

    @Test
    void cutBlockIsSeenAndTheBundleMadeWhole() throws Exception {
        String before = Files.readString(root.bundle(), ISO_8859_1);
        Files.writeString(root.bundle(), before.substring(0, before.length() - 300), ISO_8859_1);
        assertThat(store.read().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.toString())
                        .startsWith("/etc/ssl/certs/ca-certificates.crt: the block at line "));
        store.apply(Wanted.of(Authority.set(one)));
        assertThat(Files.readString(root.bundle(), ISO_8859_1))
                .isEqualTo(before + one.certificate().pem());
    }

    @Test
    void fileThatWouldBreakTheBundleIsLeftOutAndNamed() throws Exception {
        String whole = two.certificate().pem();
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("is cut or not base64", whole.substring(0, whole.length() - 40));
        bad.put("is not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        bad.put("no CERTIFICATE block", "nothing\n");
        bad.put("it holds a private key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + whole);
        bad.put("a byte order mark", "\ufeff" + whole);
        for (Map.Entry<String, String> file : bad.entrySet()) {
            Files.writeString(root.anchors().resolve("bad.crt"), file.getValue());
            Applied applied = store.apply(Wanted.of(Authority.set(one)));
            assertThat(applied.remarks())
                    .as(file.getKey())
                    .singleElement()
                    .asString()
                    .startsWith("/usr/local/share/ca-certificates/bad.crt is ")
                    .contains(file.getKey());
            assertThat(root.inBundle()).contains(one.certificate().identity());
            assertThat(Files.readString(root.bundle())).doesNotContain("PRIVATE", "\ufeff", "AAAA\n");
        }
        assertThat(root.inBundle()).contains(two.certificate().identity());
    }

    @Test
    void everyKindOfDamageIsSeenNamedAndMended() throws Exception {
        record Damage(String name, String path, Action action) {}
        String link = "/etc/ssl/certs/capstan-" + one.certificate().identity() + ".pem";
        String anchor =
                "/usr/local/share/ca-certificates/capstan-" + one.certificate().identity() + ".crt";
        String hash = "/etc/ssl/certs/" + SubjectHash.of(one.certificate()) + ".";
        String bundle = "/etc/ssl/certs/ca-certificates.crt";
        List<Damage> damages = List.of(
                new Damage("anchor gone", anchor, () -> Files.delete(root.anchor(one))),
                new Damage(
                        "anchor changed",
                        anchor,
                        () -> Files.writeString(
                                root.anchor(one), two.certificate().pem())),
                new Damage("anchor a folder", anchor, () -> {
                    Files.delete(root.anchor(one));
                    Files.createSymbolicLink(root.anchor(one), Path.of("/etc/debian_version"));
                }),
                new Damage(
                        "anchor unreadable",
                        anchor,
                        () -> Files.setPosixFilePermissions(
                                root.anchor(one), PosixFilePermissions.fromString("rw-------"))),
                new Damage("link gone", link, () -> Files.delete(root.pemLink(one))),
                new Damage("link elsewhere", link, () -> {
                    Files.delete(root.pemLink(one));
                    Files.createSymbolicLink(root.pemLink(one), Path.of("/etc/passwd"));
                }),
                new Damage("link a file", link, () -> {
                    Files.delete(root.pemLink(one));
                    Files.writeString(root.pemLink(one), "x");
                }),
                new Damage("hash link gone", hash + "0", () -> Files.delete(root.hashLink(one, 0))),
                new Damage(
                        "hash link with a gap before it",
                        hash + "0",
                        () -> Files.move(root.hashLink(one, 0), root.hashLink(one, 1))),
                new Damage(
                        "hash link of another hash",
                        "/etc/ssl/certs/00000000.0",
                        () -> Files.createSymbolicLink(
                                root.outputs().resolve("00000000.0"),
                                root.pemLink(one).getFileName())),
                new Damage(
                        "not in the bundle",
                        bundle,
                        () -> Files.writeString(
                                root.bundle(),
                                Files.readString(root.bundle(), ISO_8859_1)
                                        .replace(one.certificate().pem(), ""),
                                ISO_8859_1)),
                new Damage(
                        "twice in the bundle",
                        bundle,
                        () -> Files.writeString(
                                root.bundle(),
                                Files.readString(root.bundle(), ISO_8859_1)
                                        + one.certificate().pem(),
                                ISO_8859_1)),
                new Damage(
                        "bundle unreadable",
                        bundle,
                        () -> Files.setPosixFilePermissions(
                                root.bundle(), PosixFilePermissions.fromString("rw-------"))),
                new Damage(
                        "unfinished",
                        "/var/lib/capstan/truststore/journal",
                        () -> Files.writeString(root.path().resolve("var/lib/capstan/truststore/journal"), "")),
                new Damage(
                        "leftover",
                        "/etc/ssl/certs/.capstan",
                        () -> Files.createDirectories(root.outputs().resolve(".capstan"))),
                new Damage("other leftover", "/usr/local/share/ca-certificates/.capstan", () -> {
                    Files.createDirectories(root.anchors().resolve(".capstan"));
                    Files.writeString(root.anchors().resolve(".capstan/x"), "x");
                }));
        store.apply(Wanted.of(Authority.set(one)));
        Map<String, String> intact = root.store();
        for (Damage damage : damages) {
            damage.action().run();
            assertThat(store.read().damages())
                    .as(damage.name())
                    .extracting(Contents.Damage::path)
                    .contains(damage.path());
            Applied applied = store.apply(Wanted.of(Authority.set(one)));
            assertThat(applied.written()).as(damage.name()).isTrue();
            assertThat(root.store()).as(damage.name()).isEqualTo(intact);
            assertHolds(one);
        }
    }

    @Test
    void removedCaThatAForeignHandBringsBackIsSeenAndRemoved() throws Exception {
        store.apply(Wanted.of(Authority.set(one, two)));
        String bundle = Files.readString(root.bundle(), ISO_8859_1);
        store.apply(Wanted.of(Authority.set(two)));
        // What a run of the distribution's tool that began before the removal does at its end.
        Files.writeString(root.bundle(), bundle, ISO_8859_1);
        assertThat(store.read().damages())
                .singleElement()
                .asString()
                .isEqualTo("/etc/ssl/certs/ca-certificates.crt: holds the certificate "
                        + one.certificate().identity() + ", which was removed");
        assertThat(store.apply(Wanted.of(Authority.set(two))).removed())
                .containsExactly(one.certificate().identity());
        assertHolds(two);
    }

    @Test
    void bundleThatIsMissingIsMadeAnew() throws Exception {
        String before = Files.readString(root.bundle(), ISO_8859_1);
        Files.delete(root.bundle());
        store.apply(Wanted.of(Authority.set(one)));
        assertThat(Files.readString(root.bundle(), ISO_8859_1))
                .isEqualTo(before + one.certificate().pem());
        Files.delete(root.bundle());
        Files.createSymbolicLink(root.bundle(), Path.of("/nowhere"));
        store.reapply();
        assertThat(Files.readString(root.bundle(), ISO_8859_1))
                .isEqualTo(before + one.certificate().pem());
    }

    @Test
    void folderThatIsMissingIsAClearError() throws Exception {
        Files.move(root.outputs(), root.path().resolve("etc/ssl/away"));
        Map<String, String> before = root.store();
        assertThatThrownBy(() -> store.apply(Wanted.of(Authority.set(one))))
                .isInstanceOf(TrustStoreException.class)
                .hasMessageContaining("etc/ssl/certs does not exist");
        assertThat(root.store()).isEqualTo(before);
        Files.move(root.path().resolve("etc/ssl/away"), root.outputs());
        assertHolds();
        store.apply(Wanted.of(Authority.set(one)));
        assertHolds(one);
    }

    @Test
    void recordThatIsDamagedIsAClearError() throws Exception {
        store.apply(Wanted.of(Authority.set(one)));
        Files.writeString(root.path().resolve("var/lib/capstan/truststore/state"), "nonsense\n");
        assertThatThrownBy(store::read).hasMessageContaining("remove the file");
        Files.delete(root.path().resolve("var/lib/capstan/truststore/state"));
        assertHolds(one);
    }

    @Test
    void anchorThatWasOnlyLaidDownIsActivatedAsTheToolsNextRunWould() throws Exception {
        Files.writeString(
                root.anchors().resolve("pending.crt"), two.certificate().pem());
        store.apply(Wanted.of(Authority.set(one)));
        assertThat(root.inBundle()).endsWith(two.certificate().identity());
        assertThat(Files.readSymbolicLink(root.outputs().resolve("pending.pem")))
                .hasToString("/usr/local/share/ca-certificates/pending.crt");
        assertThat(root.byHash(two.certificate())).hasSize(1);
    }

    @Test
    void linkThatLedToARotatedFileGetsItsNewHash() throws Exception {
        root.addLocal("corporate.crt", two);
        Files.writeString(
                root.anchors().resolve("corporate.crt"), three.certificate().pem());
        store.apply(Wanted.nothing());
        assertThat(root.byHash(three.certificate()))
                .containsExactly(three.certificate().identity());
        assertThat(Files.exists(root.hashLink(two, 0), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @Test
    void bundleWithoutFinalLineFeedIsNotRunIntoOurs() throws Exception {
        String before = Files.readString(root.bundle(), ISO_8859_1);
        Files.writeString(root.bundle(), before.stripTrailing(), ISO_8859_1);
        store.apply(Wanted.of(Authority.set(one)));
        assertHolds(one);
    }

    @Test
    void oddFilesInTheStoreAreNoReasonToFail() throws Exception {
        Programs.run(List.of("mkfifo", root.outputs().resolve("12345678.0").toString()))
                .succeeded();
        Programs.run(List.of("mkfifo", root.anchors().resolve("pipe.crt").toString()))
                .succeeded();
        root.link("pipe.pem", "/usr/share/ca-certificates/mozilla/" + firstOfDistribution());
        Files.delete(root.outputs().resolve("pipe.pem"));
        Files.createSymbolicLink(
                root.outputs().resolve("pipe.pem"), Path.of("/usr/local/share/ca-certificates/pipe.crt"));
        Files.createSymbolicLink(root.outputs().resolve("ffffffff.0"), Path.of("ffffffff.0"));
        Programs.run(List.of("sh", "-c", "ln -s /nowhere '" + root.outputs() + "/'$(printf '\\351\\377').pem"))
                .succeeded();
        store.apply(Wanted.of(Authority.set(one)));
        assertHolds(one);
    }

    private interface Action {
        void run() throws IOException;
    }

    private String firstOfDistribution() throws IOException {
        try (var files = Files.list(root.path().resolve("usr/share/ca-certificates/mozilla"))) {
            return files.sorted().findFirst().orElseThrow().getFileName().toString();
        }
    }
}
