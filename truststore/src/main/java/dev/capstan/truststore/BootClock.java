package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.capstan.certificates.Fingerprint;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's clock since boot, which no one can set: {@code /proc/uptime} is CLOCK_BOOTTIME cut to centiseconds
 * (proc(5)), and so is a process's start time.
 */
final class BootClock {

    private BootClock() {}

    static CompletedWrite stamp(Fingerprint fingerprint) throws IOException {
        String uptime = Files.readString(Path.of("/proc/uptime"), US_ASCII);
        String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"), US_ASCII);
        long nanos = new BigDecimal(uptime.substring(0, uptime.indexOf(' ')))
                .movePointRight(9)
                .longValueExact();
        return new CompletedWrite(fingerprint, bootId.strip(), nanos);
    }
}
