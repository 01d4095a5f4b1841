package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.certificates.Fingerprint;
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
        root.assertHolds(List.of(one, two, three, renewed, renewal), authorities);
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
    void foldersThatAreMissingAreMade(@TempDir Path folder) throws Exception {
        DebianRoot bare = DebianRoot.make(folder.resolve("bare"));
        Files.delete(bare.anchors());
        TrustStore.at(bare.path()).apply(Wanted.of(Authority.set(one)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bare.anchors())))
                .isEqualTo("rwxr-xr-x");
        assertThat(TrustStore.at(bare.path()).read().fingerprint())
                .isEqualTo(Authority.set(one).fingerprint());
    }
}
