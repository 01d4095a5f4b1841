package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.CertificateSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system that is full, or cannot be written. */
class TrustStoreSpaceTest {

    private static final int PAGE = 4096;

    @Test
    void fullOrReadOnlyDiskLeavesTheOldStore(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot(), "needs root, to mount a small file system");
        Authority old = Authority.make(folder, "old");
        List<Authority> many = new ArrayList<>(List.of(old));
        for (int i = 0; i < 4; i++) {
            many.add(Authority.make(folder, "new" + i));
        }
        CertificateSet wanted = Authority.set(many.toArray(Authority[]::new));
        Path disk = Files.createDirectory(folder.resolve("disk"));
        try (PrivateMounts mounts = PrivateMounts.with("mount -t tmpfs -o size=1m small " + disk)) {
            DebianRoot root = DebianRoot.make(mounts.path(disk).resolve("root"));
            TrustStore store = TrustStore.at(root.path());
            store.apply(Wanted.of(Authority.set(old)));
            Map<String, String> before = root.snapshot(false);
            int refused = 0;
            for (int pages = 0; pages < 40; pages++) {
                fill(mounts, disk, pages);
                try {
                    store.apply(Wanted.of(wanted));
                    break;
                } catch (TrustStoreException full) {
                    refused++;
                    assertThat(full).hasMessageContaining("No space left on device");
                    assertThat(root.snapshot(false)).as(pages + " pages left").isEqualTo(before);
                    assertThat(store.read().intact()).isTrue();
                }
            }
            assertThat(refused).isBetween(3, 39);
            Files.delete(mounts.path(disk).resolve("filler"));
            assertThat(store.read().fingerprint()).isEqualTo(wanted.fingerprint());

            Map<String, String> full = root.snapshot(false);
            mounts.run("mount", "-o", "remount,ro", disk.toString()).succeeded();
            assertThatThrownBy(() -> store.apply(Wanted.of(Authority.set(old))))
                    .isInstanceOf(TrustStoreException.class)
                    .hasMessageContaining("Read-only file system");
            assertThat(root.snapshot(false)).isEqualTo(full);
            assertThat(store.read().fingerprint()).isEqualTo(wanted.fingerprint());
            mounts.run("mount", "-o", "remount,rw", disk.toString()).succeeded();
            assertThat(store.apply(Wanted.of(Authority.set(old))).written()).isTrue();
        }
    }

    /** Leaves so many pages free. */
    private static void fill(PrivateMounts mounts, Path disk, int pages) throws Exception {
        Path filler = mounts.path(disk).resolve("filler");
        Files.deleteIfExists(filler);
        long free = Files.getFileStore(mounts.path(disk)).getUsableSpace();
        Files.write(filler, new byte[Math.toIntExact(free - (long) pages * PAGE)]);
        assertThat(Files.getFileStore(mounts.path(disk)).getUsableSpace()).isEqualTo((long) pages * PAGE);
    }

    @Test
    void immutableBundleIsAClearErrorAndMendedAfterwards(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot() && Programs.exists("chattr"), "needs root and the program chattr");
        DebianRoot root = DebianRoot.make(folder.resolve("root"));
        TrustStore store = TrustStore.at(root.path());
        Authority one = Authority.make(folder, "one");
        assumeTrue(
                Programs.run(List.of("chattr", "+i", root.bundle().toString())).exit() == 0,
                "needs a file system with the attribute 'immutable'");
        String bundle = Files.readString(root.bundle());
        try {
            assertThatThrownBy(() -> store.apply(Wanted.of(Authority.set(one))))
                    .isInstanceOf(TrustStoreException.class)
                    .hasMessageContaining("Operation not permitted")
                    .hasMessageContaining("the next run ends it");
            assertThat(Files.readString(root.bundle())).isEqualTo(bundle);
            assertThat(store.read().fingerprint())
                    .isNotEqualTo(Authority.set(one).fingerprint());
            assertThat(store.read().intact()).isFalse();
        } finally {
            Programs.run(List.of("chattr", "-i", root.bundle().toString())).succeeded();
        }
        assertThat(store.apply(Wanted.of(Authority.set(one))).fingerprint())
                .isEqualTo(Authority.set(one).fingerprint());
        assertThat(store.read().intact()).isTrue();
    }
}
