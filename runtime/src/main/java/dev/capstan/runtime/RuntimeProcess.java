package dev.capstan.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A running container runtime.
 *
 * @param kind which runtime it is
 * @param pid its process id in the proc file system that was looked at
 * @param startedBootNanos when it started, CLOCK_BOOTTIME in nanoseconds, cut to centiseconds (field 22 of proc(5)
 *     {@code /proc/PID/stat})
 * @param startedAt the same by the wall clock, in whole seconds
 * @param executable its program, as a path inside its root
 * @param arguments its command line without the program
 * @param trustEnvironment those of its environment variables that choose its roots: {@code SSL_CERT_FILE} and
 *     {@code SSL_CERT_DIR}, where set
 * @param proxyEnvironment those that choose the way its requests take: {@code HTTPS_PROXY}, {@code HTTP_PROXY} and
 *     {@code NO_PROXY}, in capitals or small letters as they are set. They may hold a password; never to be shown.
 */
public record RuntimeProcess(
        RuntimeKind kind,
        long pid,
        long startedBootNanos,
        Instant startedAt,
        String executable,
        List<String> arguments,
        Map<String, String> trustEnvironment,
        Map<String, String> proxyEnvironment) {

    public RuntimeProcess {
        arguments = List.copyOf(arguments);
        trustEnvironment = Map.copyOf(trustEnvironment);
        proxyEnvironment = Map.copyOf(proxyEnvironment);
    }

    /** The configuration file of containerd it was started with, as a path inside its root. */
    public String configuration() {
        return option("-c", "--config", RuntimeLayout.CONFIGURATION);
    }

    /** The value of an option as containerd and its kin take it: two words, or one with an equals sign. */
    public String option(String shortName, String longName, String otherwise) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if ((argument.equals(shortName) || argument.equals(longName)) && i + 1 < arguments.size()) {
                return arguments.get(i + 1);
            }
            if (argument.startsWith(longName + "=")) {
                return argument.substring(longName.length() + 1);
            }
        }
        return otherwise;
    }

    /** Whether this is that process, and not another that got its number. When the clock says it started may change. */
    public boolean isSameAs(RuntimeProcess that) {
        return pid == that.pid && startedBootNanos == that.startedBootNanos && kind == that.kind;
    }

    /** Without the proxies, which may hold a password. */
    @Override
    public String toString() {
        return kind.word() + ", process " + pid;
    }
}
