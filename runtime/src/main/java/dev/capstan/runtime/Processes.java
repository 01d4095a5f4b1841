package dev.capstan.runtime;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Finds the running containerd in a proc file system (proc(5)). */
public final class Processes {

    /** One clock tick of {@code /proc/PID/stat}: USER_HZ is 100 on every Linux. */
    private static final long TICK_NANOS = 10_000_000L;

    private static final Set<String> TRUST = Set.of("SSL_CERT_FILE", "SSL_CERT_DIR");
    private static final Set<String> PROXY =
            Set.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy");

    private final Path root;
    private final Path proc;

    public Processes(Path root, Path proc) {
        this.root = root;
        this.proc = proc;
    }

    /**
     * The containerd that runs in the root; where there are several, the one that has run longest. Those with another root
     * are left out: a host's proc file system also shows what runs in its containers and machines.
     */
    public Optional<RuntimeProcess> containerd() throws IOException {
        List<RuntimeProcess> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (inRoot(process)) {
                    read(process).ifPresent(found::add);
                }
            }
        }
        return found.stream().min(Comparator.comparingLong(RuntimeProcess::startedBootNanos));
    }

    /** The kernel's (or the machine's own) boot id. */
    public String bootId() throws IOException {
        return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
    }

    /** The wall-clock time at CLOCK_BOOTTIME zero, in milliseconds. */
    long bootedAtMillis() throws IOException {
        return System.currentTimeMillis() - bootNanos() / 1_000_000;
    }

    /** The wall-clock time of an instant of CLOCK_BOOTTIME, in whole seconds: the same at every look, unless the clock is set. */
    private Instant startedAt(long bootNanos) throws IOException {
        long booted = bootedAtMillis() / 1000;
        if (Files.exists(proc.resolve("stat"))) {
            for (String line : Files.readAllLines(proc.resolve("stat"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("btime ")) {
                    booted = Long.parseLong(line.substring(6).strip());
                }
            }
        }
        return Instant.ofEpochSecond(booted + bootNanos / 1_000_000_000L);
    }

    /** CLOCK_BOOTTIME in nanoseconds, cut to centiseconds (proc(5), {@code /proc/uptime}). */
    public long bootNanos() throws IOException {
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
    private Optional<RuntimeProcess> read(Path process) {
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
            long started = Long.parseLong(fields[19]) * TICK_NANOS;
            List<String> words = words(process.resolve("cmdline"));
            List<String> variables = words(process.resolve("environ"));
            return Optional.of(new RuntimeProcess(
                    RuntimeKind.CONTAINERD,
                    Long.parseLong(process.getFileName().toString()),
                    started,
                    startedAt(started),
                    Files.readSymbolicLink(process.resolve("exe")).toString(),
                    words.subList(1, words.size()),
                    variables(variables, TRUST),
                    variables(variables, PROXY)));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException endedOrOdd) {
            return Optional.empty();
        }
    }

    private static Map<String, String> variables(List<String> variables, Set<String> wanted) {
        Map<String, String> found = new TreeMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            if (equals > 0 && wanted.contains(variable.substring(0, equals))) {
                found.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return found;
    }

    private static List<String> words(Path file) throws IOException {
        return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1));
    }
}
