package dev.capstan.resourceprovider.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.resourceprovider.wire.ArmFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of 3 MiB that fills up: a process of its own, in a mount namespace of its own. */
class FullDiskTest {

    @TempDir
    private Path folder;

    @Test
    void whatWasLetInIsKeptAndNothingMoreIsLetInUntilThereIsRoom() throws Exception {
        assumeTrue(canMount(), "missing: unshare with a mount namespace (user namespaces, or root)");
        Process process = new ProcessBuilder(
                        "unshare",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-ec",
                        "mount -t tmpfs -o size=3m tmpfs \"$1\"; shift; exec \"$@\"",
                        "sh",
                        folder.toString(),
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullDiskTest.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(said.lines().filter(line -> line.startsWith("RESULT")))
                .as(said)
                .containsExactly("RESULT all kept", "RESULT refused with 503", "RESULT taken again", "RESULT whole");
    }

    private static boolean canMount() throws IOException, InterruptedException {
        return new ProcessBuilder("unshare", "--map-root-user", "--mount", "true")
                        .redirectErrorStream(true)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Runs on the small file system. */
    public static void main(String[] arguments) throws Exception {
        Path disk = Path.of(arguments[0]);
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-22T03:00:00Z"));
        Path filler = disk.resolve("filler");
        try (AuditLog log = AuditLog.open(disk.resolve("audit"), line -> {}, clock)) {
            fill(filler);
            int kept = 0;
            int status = 0;
            while (status == 0 && kept < 100_000) {
                try {
                    log.begin(event(clock));
                } catch (ArmFailure refused) {
                    status = refused.status();
                    break;
                }
                log.append(event(clock));
                kept++;
            }
            System.out.println(
                    "RESULT " + (records(disk) == kept && kept > 0 ? "all kept" : records(disk) + " of " + kept));
            System.out.println("RESULT refused with " + status);
            Files.delete(filler);
            log.begin(event(clock));
            log.append(event(clock));
            System.out.println("RESULT taken again");
        }
        // Opens only what ends with a whole record.
        AuditLog.open(disk.resolve("audit"), line -> {}, clock).close();
        System.out.println("RESULT whole");
    }

    private static AuditEvent event(InstantSource clock) {
        return new AuditEvent(
                AuditEvent.Kind.WRITE, clock.instant(), "id", "me", "local", "PUT", "/x", "write", 200, "", null);
    }

    private static long records(Path disk) throws IOException {
        return Files.readAllLines(disk.resolve("audit/audit-000000000001.jsonl"))
                .size();
    }

    private static void fill(Path filler) {
        byte[] piece = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(piece);
            }
        } catch (IOException full) {
            // That is what was wanted.
        }
    }
}
