package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
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
        Path disk = Files.createDirectory(folder.resolve("disk"));
        try (Scenario scenario = Scenario.apply(folder);
                StockRoot source = scenario.root();
                PrivateMounts mounts = PrivateMounts.with("mount -t tmpfs -o size=1m small " + disk)) {
            StockRoot root = source.copy(mounts.path(disk).resolve("root"));
            Readers readers = scenario.readers(root);
            Map<String, String> before = root.snapshot();
            int refused = 0;
            boolean through = false;
            for (int pages = 0; pages < 80 && !through; pages++) {
                fill(mounts, disk, pages);
                try {
                    StoreProgram.carryOut(scenario.order(root));
                    through = true;
                } catch (TrustStoreException full) {
                    refused++;
                    assertThat(full).hasMessageContaining("No space left on device");
                    assertThat(StockRoot.difference(before, root.snapshot()))
                            .as(pages + " pages left")
                            .isEmpty();
                    scenario.back().isOver(readers, pages + " pages left");
                }
            }
            assertThat(through).isTrue();
            assertThat(refused).isGreaterThan(2);
            scenario.forward().isOver(readers, "with enough space");
            Files.delete(mounts.path(disk).resolve("filler"));

            Map<String, String> full = root.snapshot();
            mounts.run("mount", "-o", "remount,ro", disk.toString()).succeeded();
            assertThatThrownBy(() -> StoreProgram.carryOut(scenario.orderBack(root)))
                    .isInstanceOf(TrustStoreException.class)
                    .hasMessageContaining("Read-only file system");
            assertThat(StockRoot.difference(full, root.snapshot())).isEmpty();
            mounts.run("mount", "-o", "remount,rw", disk.toString()).succeeded();
            StoreProgram.carryOut(scenario.orderBack(root));
            scenario.back().isOver(readers, "once it can be written again");
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
    void whatIsImmutableIsAClearErrorAndMendedAfterwards(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot() && Programs.exists("chattr"), "needs root and the program chattr");
        try (Scenario scenario = Scenario.rotate(folder)) {
            for (String immutable : List.of(
                    "etc/ssl/certs/ca-certificates.crt",
                    "etc/ssl/certs/java/cacerts",
                    "etc/ssl/certs/java",
                    "etc/ssl/certs",
                    "usr/local/share/ca-certificates",
                    "var/lib/capstan/truststore")) {
                try (StockRoot root = scenario.root()) {
                    Path path = root.path().resolve(immutable);
                    assumeTrue(
                            Programs.run(List.of("chattr", "+i", path.toString()))
                                            .exit()
                                    == 0,
                            "needs a file system with the attribute 'immutable'");
                    String when = "while " + immutable + " is immutable";
                    try {
                        assertThatThrownBy(() -> StoreProgram.carryOut(scenario.order(root)))
                                .as(when)
                                .isInstanceOf(TrustStoreException.class)
                                .hasMessageContaining("Operation not permitted")
                                .hasMessageContaining(immutable);
                        scenario.forward().isInterrupted(scenario.readers(root), when);
                    } finally {
                        Programs.run(List.of("chattr", "-i", path.toString())).succeeded();
                    }
                    StoreProgram.carryOut(scenario.order(root));
                    scenario.isAsWanted(root, "after it " + when);
                }
            }
        }
    }
}
