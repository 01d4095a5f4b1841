package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store is after each kind of change, on a small root made by hand. */
class TrustStoreTest {

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
        CertificateSet set = Authority.set(authorities);
        Contents contents = store.read();
        assertThat(contents.damages()).isEmpty();
        assertThat(contents.fingerprint()).isEqualTo(set.fingerprint());
        List<Identity> bundle = root.inBundle();
        assertThat(bundle).doesNotHaveDuplicates();
        for (Authority authority : List.of(one, two, three, renewed, renewal)) {
            boolean held = set.contains(authority.certificate().identity());
            assertThat(bundle.contains(authority.certificate().identity()))
                    .as(authority.name())
                    .isEqualTo(held);
            assertThat(root.byHash(authority.certificate())
                            .contains(authority.certificate().identity()))
                    .as(authority.name())
                    .isEqualTo(held);
            assertThat(Files.exists(root.anchor(authority))).isEqualTo(held);
            assertThat(Files.isSymbolicLink(root.pemLink(authority))).isEqualTo(held);
        }
    }

    @Test
    void addsWhereTheDistributionsToolWould() throws Exception {
        String before = Files.readString(root.bundle(), ISO_8859_1);
        Applied applied = store.apply(Wanted.of(Authority.set(one, two)));

        assertThat(applied.written()).isTrue();
        assertThat(applied.added()).containsExactlyElementsOf(store.read().agreed());
        assertThat(applied.removed()).isEmpty();
        assertThat(applied.fingerprint()).isEqualTo(Authority.set(one, two).fingerprint());
        assertHolds(one, two);
        assertThat(Files.readString(root.bundle(), ISO_8859_1))
                .isEqualTo(before + Authority.set(one, two).pem());
        assertThat(Files.readString(root.anchor(one)))
                .isEqualTo(one.certificate().pem());
        assertThat(Files.readSymbolicLink(root.pemLink(one)))
                .hasToString("/usr/local/share/ca-certificates/capstan-"
                        + one.certificate().identity() + ".crt");
        assertThat(Files.readSymbolicLink(root.hashLink(one, 0)))
                .hasToString("capstan-" + one.certificate().identity() + ".pem");
        for (Path file : List.of(root.anchor(one), root.bundle())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-r--r--");
        }
    }

    @Test
    void removingAllLeavesTheStoreAsItWas() throws Exception {
        Map<String, String> before = root.store();
        store.apply(Wanted.of(Authority.set(one, two, renewed, renewal)));
        Applied applied = store.apply(Wanted.nothing());

        assertThat(applied.removed()).hasSize(4);
        assertThat(applied.fingerprint()).isEqualTo(Fingerprint.EMPTY);
        assertThat(root.store()).isEqualTo(before);
    }

    @Test
    void equalSetInAnIntactStoreWritesNothing() throws Exception {
        store.apply(Wanted.of(Authority.set(one, two)));
        Map<String, String> before = root.snapshot();
        Applied again = TrustStore.at(root.path()).apply(Wanted.of(Authority.set(two, one)));

        assertThat(again.written()).isFalse();
        assertThat(again.fingerprint()).isEqualTo(Authority.set(one, two).fingerprint());
        assertThat(root.snapshot()).isEqualTo(before);
    }

    @Test
    void readingWritesNothing() throws Exception {
        Map<String, String> before = root.snapshot();
        assertThat(store.read().fingerprint()).isEqualTo(Fingerprint.EMPTY);
        assertThat(store.history()).isEmpty();
        assertThat(root.snapshot()).isEqualTo(before);
    }

    @Test
    void oneOutOneInKeepsTheRest() throws Exception {
        store.apply(Wanted.of(Authority.set(one, two)));
        Applied applied = store.apply(Wanted.of(Authority.set(two, three)));
        assertThat(applied.added()).containsExactly(three.certificate().identity());
        assertThat(applied.removed()).containsExactly(one.certificate().identity());
        assertHolds(two, three);
    }

    @Test
    void everySetOfThreeIsReachedFromEveryOther() throws Exception {
        List<Authority> all = List.of(one, renewed, renewal);
        for (int from = 0; from < 8; from++) {
            for (int to = 0; to < 8; to++) {
                store.apply(Wanted.of(Authority.set(some(all, from))));
                store.apply(Wanted.of(Authority.set(some(all, to))));
                assertHolds(some(all, to));
            }
        }
    }

    private static Authority[] some(List<Authority> all, int bits) {
        List<Authority> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if ((bits >> i & 1) == 1) {
                some.add(all.get(i));
            }
        }
        return some.toArray(Authority[]::new);
    }

    @Test
    void certificatesOfOneSubjectGetNumbersWithoutGap() throws Exception {
        root.addLocal("zz-corporate.crt", renewed);
        store.apply(Wanted.of(Authority.set(renewal)));
        assertThat(Files.readSymbolicLink(root.hashLink(renewed, 0))).hasToString("zz-corporate.pem");
        assertThat(root.byHash(renewal.certificate())).hasSize(2);
        store.apply(Wanted.nothing());
        assertThat(Files.readSymbolicLink(root.hashLink(renewed, 0))).hasToString("zz-corporate.pem");
        assertThat(Files.exists(root.hashLink(renewed, 1))).isFalse();
    }

    @Test
    void foreignCertificateBehindOursMovesUpWhenOursGoes() throws Exception {
        store.apply(Wanted.of(Authority.set(renewal)));
        root.addLocal("zz-corporate.crt", renewed);
        assertThat(Files.readSymbolicLink(root.hashLink(renewed, 1))).hasToString("zz-corporate.pem");
        store.apply(Wanted.nothing());
        assertThat(root.byHash(renewed.certificate()))
                .containsExactly(renewed.certificate().identity());
        assertThat(store.read().intact()).isTrue();
    }

    @Test
    void hashFileThatIsNoLinkIsKept() throws Exception {
        store.apply(Wanted.of(Authority.set(renewal)));
        Files.writeString(root.hashLink(renewed, 1), renewed.certificate().pem());
        store.apply(Wanted.nothing());
        assertThat(root.byHash(renewed.certificate()))
                .containsExactly(renewed.certificate().identity());
        assertThat(Files.isRegularFile(root.hashLink(renewed, 0))).isTrue();
        assertThat(Files.exists(root.hashLink(renewed, 1))).isFalse();
    }

    @Test
    void linkThatLeadsNowhereDoesNotHideOurs() throws Exception {
        Files.createSymbolicLink(root.hashLink(one, 0), Path.of("gone.pem"));
        store.apply(Wanted.of(Authority.set(one)));
        assertHolds(one);
    }

    @Test
    void goesBeforeLocalAnchorsThatSortBehindIt() throws Exception {
        root.addLocal("corporate.crt", two);
        root.addLocal("another.crt", three);
        String before = Files.readString(root.bundle(), ISO_8859_1);
        // The tool sorts: another.crt, capstan-….crt, corporate.crt.
        String sorted =
                before.replace(two.certificate().pem(), "") + two.certificate().pem();
        Files.writeString(root.bundle(), sorted, ISO_8859_1);
        store.apply(Wanted.of(Authority.set(one)));
        assertThat(Files.readString(root.bundle(), ISO_8859_1))
                .isEqualTo(sorted.replace(
                        two.certificate().pem(),
                        one.certificate().pem() + two.certificate().pem()));
        store.apply(Wanted.nothing());
        assertThat(Files.readString(root.bundle(), ISO_8859_1)).isEqualTo(sorted);
    }

    @Test
    void anchorAnAdministratorOnlyLaidDownIsNotActivated() throws Exception {
        Files.writeString(
                root.anchors().resolve("pending.crt"), two.certificate().pem());
        store.apply(Wanted.of(Authority.set(one)));
        assertThat(root.inBundle()).doesNotContain(two.certificate().identity());
    }

    @Test
    void sameCertificateFromAnAdministratorStaysWhenOursGoes() throws Exception {
        for (String name : List.of("aa.crt", "zz.crt")) {
            root.addLocal(name, two);
            Map<String, String> before = root.store();
            Applied applied = store.apply(Wanted.of(Authority.set(one, two)));
            assertThat(applied.fingerprint()).isEqualTo(Authority.set(one, two).fingerprint());
            assertThat(root.inBundle().stream().filter(two.certificate().identity()::equals))
                    .as("as the tool: a block for each anchor")
                    .hasSize(name.equals("aa.crt") ? 2 : 3);
            assertThat(store.apply(Wanted.of(Authority.set(one, two))).written())
                    .isFalse();
            assertThat(store.apply(Wanted.nothing()).fingerprint()).isEqualTo(Fingerprint.EMPTY);
            assertThat(root.store()).isEqualTo(before);
        }
    }

    @Test
    void sameCertificateGetsItsHashLinkBackWhenOursHadTaken() throws Exception {
        store.apply(Wanted.of(Authority.set(two)));
        root.addLocal("zz.crt", two);
        // The tool links each certificate once: it found ours first.
        Files.delete(root.hashLink(two, 1));
        store.apply(Wanted.nothing());
        assertThat(Files.readSymbolicLink(root.hashLink(two, 0))).hasToString("zz.pem");
        assertThat(root.byHash(two.certificate()))
                .containsExactly(two.certificate().identity());
    }

    @Test
    void bundleWithoutFinalLineFeedIsNotRunIntoOurs() throws Exception {
        String before = Files.readString(root.bundle(), ISO_8859_1);
        Files.writeString(root.bundle(), before.stripTrailing(), ISO_8859_1);
        store.apply(Wanted.of(Authority.set(one)));
        assertHolds(one);
    }

    @Test
    void foreignTextAndBlocksStayByteForByte() throws Exception {
        String before = "# comment\r\n" + Files.readString(root.bundle(), ISO_8859_1) + "# \u00fcber the end\n";
        Files.writeString(root.bundle(), before, ISO_8859_1);
        store.apply(Wanted.of(Authority.set(one)));
        assertThat(Files.readString(root.bundle(), ISO_8859_1))
                .isEqualTo(before + one.certificate().pem());
        store.apply(Wanted.nothing());
        assertThat(Files.readString(root.bundle(), ISO_8859_1)).isEqualTo(before);
    }

    @Test
    void oursNeverStandsBehindACutBlock() throws Exception {
        String before = Files.readString(root.bundle(), ISO_8859_1);
        String cut = before.substring(0, before.length() - 300);
        Files.writeString(root.bundle(), cut, ISO_8859_1);
        assertThat(store.read().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.toString())
                        .startsWith("/etc/ssl/certs/ca-certificates.crt: the block at line "));
        assertThatThrownBy(() -> store.apply(Wanted.of(Authority.set(one))))
                .hasMessageContaining("is cut; update-ca-certificates makes the file anew");
        String bundle = Files.readString(root.bundle(), ISO_8859_1);
        assertThat(bundle.indexOf(one.certificate().pem())).isPositive().isLessThan(bundle.lastIndexOf("-----BEGIN"));
        assertThat(bundle.replace(one.certificate().pem(), "")).isEqualTo(cut);
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
                new Damage("anchor gone", link, () -> Files.delete(root.anchor(one))),
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
                new Damage("hash link gone", hash + "N", () -> Files.delete(root.hashLink(one, 0))),
                new Damage(
                        "hash link with a gap before it",
                        hash + "N",
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

    private interface Action {
        void run() throws IOException;
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
    void historyNamesEveryCompletedWriteAndIsBounded() throws Exception {
        store.apply(Wanted.of(Authority.set(one)));
        store.apply(Wanted.of(Authority.set(one)));
        store.apply(Wanted.of(Authority.set(two)));
        List<CompletedWrite> history = store.history();
        assertThat(history)
                .extracting(CompletedWrite::fingerprint)
                .containsExactly(
                        Authority.set(one).fingerprint(), Authority.set(two).fingerprint());
        String bootId =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        assertThat(history).allSatisfy(write -> assertThat(write.bootId()).isEqualTo(bootId));
        assertThat(history).extracting(CompletedWrite::bootNanos).isSorted();
        for (int i = 0; i < 70; i++) {
            store.apply(Wanted.of(i % 2 == 0 ? Authority.set(one) : Authority.set(two)));
        }
        assertThat(store.history()).hasSize(64);
        assertThat(store.history().getLast().fingerprint())
                .isEqualTo(Authority.set(two).fingerprint());
    }

    @Test
    void linksInTheRootLeadNoWriterOutOfIt(@TempDir Path outside) throws Exception {
        Path victim = Files.createDirectories(outside.resolve("victim"));
        DebianRoot hostile = DebianRoot.make(outside.resolve("root"));
        // Folders that are links: absolute ones count from the root, relative ones end at it.
        Path moved = outside.resolve("moved");
        Path inRoot = hostile.path().resolve(moved.toString().substring(1));
        Files.createDirectories(inRoot.getParent());
        Files.move(hostile.anchors(), inRoot);
        Files.createSymbolicLink(hostile.anchors(), moved);
        Files.createSymbolicLink(hostile.path().resolve("var"), Path.of("../../../../.." + victim));
        Files.createSymbolicLink(hostile.outputs().resolve(".capstan"), victim);
        TrustStore.at(hostile.path()).apply(Wanted.of(Authority.set(one)));
        try (var files = Files.list(victim)) {
            assertThat(files).isEmpty();
        }
        assertThat(moved).doesNotExist();
        assertThat(inRoot.resolve("capstan-" + one.certificate().identity() + ".crt"))
                .exists();
        assertThat(hostile.path().resolve(victim.toString().substring(1)).resolve("lib/capstan/truststore/state"))
                .exists();

        DebianRoot circle = DebianRoot.make(outside.resolve("circle"));
        Path loop = outside.resolve("loop");
        Path loopInRoot = circle.path().resolve(loop.toString().substring(1));
        Files.createDirectories(loopInRoot.getParent());
        Files.createSymbolicLink(loopInRoot, loop);
        Files.createSymbolicLink(circle.path().resolve("var"), loop);
        assertThatThrownBy(() -> TrustStore.at(circle.path()).apply(Wanted.of(Authority.set(one))))
                .isInstanceOf(TrustStoreException.class)
                .hasMessageContaining("lead in a circle");
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

    private String firstOfDistribution() throws IOException {
        try (var files = Files.list(root.path().resolve("usr/share/ca-certificates/mozilla"))) {
            return files.sorted().findFirst().orElseThrow().getFileName().toString();
        }
    }

    @Test
    void bundleThatIsMissingIsAClearError() throws Exception {
        Files.delete(root.bundle());
        Map<String, String> before = root.store();
        assertThatThrownBy(() -> store.apply(Wanted.of(Authority.set(one))))
                .isInstanceOf(TrustStoreException.class)
                .hasMessageContaining("ca-certificates.crt does not exist");
        assertThat(root.store()).isEqualTo(before);
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
    void foldersThatAreMissingAreMade(@TempDir Path folder) throws Exception {
        DebianRoot bare = DebianRoot.make(folder.resolve("bare"));
        Files.delete(bare.anchors());
        TrustStore.at(bare.path()).apply(Wanted.of(Authority.set(one)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bare.anchors())))
                .isEqualTo("rwxr-xr-x");
        assertThat(TrustStore.at(bare.path()).read().fingerprint())
                .isEqualTo(Authority.set(one).fingerprint());
    }

    @Test
    void otherFamiliesAreNamed(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> TrustStore.at(folder))
                .isInstanceOf(UnsupportedRootException.class)
                .hasMessageContaining("no /etc/ssl/certs, no /usr/sbin/update-ca-certificates");
        DebianRoot alpine = DebianRoot.make(folder.resolve("alpine"));
        Files.delete(alpine.path().resolve("etc/debian_version"));
        assertThat(TrustStore.at(alpine.path())).isNotNull();
        Files.writeString(alpine.path().resolve("etc/alpine-release"), "3.20\n");
        assertThatThrownBy(() -> TrustStore.at(alpine.path()))
                .isInstanceOf(UnsupportedRootException.class)
                .hasMessageContaining("/etc/alpine-release");
    }
}
