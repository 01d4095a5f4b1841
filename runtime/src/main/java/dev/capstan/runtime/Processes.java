package dev.capstan.runtime;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the running containerd in a proc file system (proc(5)). */
final class Processes {

    /** One clock tick of {@code /proc/PID/stat}: USER_HZ is 100 on every Linux. */
    private static final long TICK_NANOS = 10_000_000L;

    private final Path root;
    private final Path proc;

    Processes(Path root, Path proc) {
        this.root = root;
        this.proc = proc;
    }

    /**
     * The containerd that runs in the root; where there are several, the one that has run longest. Those with another root
     * are left out: a host's proc file system also shows what runs in its containers and machines.
     */
    Optional<ContainerdProcess> containerd() throws IOException {
        List<ContainerdProcess> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (inRoot(process)) {
                    read(process).ifPresent(found::add);
                }
            }
        }
        return found.stream().min(Comparator.comparingLong(ContainerdProcess::startedBootNanos));
    }

    /** The kernel's (or the machine's own) boot id. */
    String bootId() throws IOException {
        return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
    }

    /** The wall-clock time at CLOCK_BOOTTIME zero, in milliseconds. */
    long bootedAtMillis() throws IOException {
        return System.currentTimeMillis() - bootNanos() / 1_000_000;
    }

    /** CLOCK_BOOTTIME in nanoseconds, cut to centiseconds (proc(5), {@code /proc/uptime}). */
    long bootNanos() throws IOException {
        String uptime = Files.readString(proc.resolve("uptime"));
        try {
            return new BigDecimal(uptime.strip().split(" ", 2)[0])
                    .movePointRight(9)
                    .longValueExact();
        } catch (ArithmeticException | NumberFormatException odd) {
            throw new IOException(proc.resolve("uptime") + " does not begin with a number of seconds: " + uptime, odd);
        }
    }

    /** Whether the process has our root as its own; one that ends meanwhile has none. */
    private boolean inRoot(Path process) {
        Path itsRoot = process.resolve("root");
        try {
            return Files.isSameFile(itsRoot, root);
        } catch (IOException ended) {
            return false;
        }
    }

    /** This process as a containerd; empty if it is another program, or ends while it is looked at. */
    private static Optional<ContainerdProcess> read(Path process) {
        try {
            if (!Files.readString(process.resolve("comm")).strip().equals("containerd")) {
                return Optional.empty();
            }
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            // Field 2 may hold anything, spaces and parentheses too: count from its last parenthesis.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            if (fields[0].equals("Z")) {
                return Optional.empty();
            }
            return Optional.of(new ContainerdProcess(
                    Long.parseLong(process.getFileName().toString()),
                    Long.parseLong(fields[19]) * TICK_NANOS,
                    Files.readSymbolicLink(process.resolve("exe")).toString(),
                    configuration(words(process.resolve("cmdline"))),
                    trustEnvironment(words(process.resolve("environ")))));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException endedOrOdd) {
            return Optional.empty();
        }
    }

    private static String configuration(List<String> arguments) {
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if ((argument.equals("-c") || argument.equals("--config")) && i + 1 < arguments.size()) {
                return arguments.get(i + 1);
            }
            if (argument.startsWith("--config=")) {
                return argument.substring("--config=".length());
            }
        }
        return RuntimeLayout.CONFIGURATION;
    }

    private static Map<String, String> trustEnvironment(List<String> variables) {
        Map<String, String> trust = new TreeMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable : variable.substring(0, equals);
            if (name.equals("SSL_CERT_FILE") || name.equals("SSL_CERT_DIR")) {
                trust.put(name, variable.substring(equals + 1));
            }
        }
        return trust;
    }

    private static List<String> words(Path file) throws IOException {
        return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1));
    }
}
