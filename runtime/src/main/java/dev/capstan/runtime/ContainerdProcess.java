package dev.capstan.runtime;

import java.util.Map;

/**
 * A running containerd.
 *
 * @param pid its process id in the proc file system that was looked at
 * @param startedBootNanos when it started, CLOCK_BOOTTIME in nanoseconds, cut to centiseconds (field 22 of proc(5)
 *     {@code /proc/PID/stat})
 * @param executable its program, as a path inside its root
 * @param configuration the configuration file it was started with, as a path inside its root
 * @param trustEnvironment those of its environment variables that choose its roots: {@code SSL_CERT_FILE} and
 *     {@code SSL_CERT_DIR}, where set
 */
public record ContainerdProcess(
        long pid,
        long startedBootNanos,
        String executable,
        String configuration,
        Map<String, String> trustEnvironment) {

    public ContainerdProcess {
        trustEnvironment = Map.copyOf(trustEnvironment);
    }
}
