package dev.capstan.runtime;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the running container runtime, and what else runs, in a proc file system (proc(5)). */
public final class Processes {

    /** One clock tick of {@code /proc/PID/stat}: USER_HZ is 100 on every Linux. */
    private static final long TICK_NANOS = 10_000_000L;

    private static final Pattern UNIT = Pattern.compile(".*/([A-Za-z0-9@._:-]+\\.service)(/.*)?");
    private static final Set<String> TRUST = Set.of("SSL_CERT_FILE", "SSL_CERT_DIR");
    private static final Set<String> PROXY =
            Set.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy");

    private final Path root;
    private final Path proc;
    private final InstantSource clock;
    private volatile @Nullable RuntimeProcess last;

    public Processes(Path root, Path proc) {
        this(root, proc, InstantSource.system());
    }

    Processes(Path root, Path proc, InstantSource clock) {
        this.root = root;
        this.proc = proc;
        this.clock = clock;
    }

    /**
     * The container runtime of the root: containerd before CRI-O before Docker, and where there are several of one kind, the
     * one that has run longest. Those with another root are left out: a host's proc file system also shows what runs in its
     * containers and machines.
     */
    public Optional<RuntimeProcess> runtime() throws IOException {
        Optional<RuntimeProcess> still = lastContainerd();
        if (still.isPresent()) {
            return still;
        }
        Optional<RuntimeProcess> found = running(List.of(RuntimeKind.values())).stream()
                .min(Comparator.comparing(RuntimeProcess::kind)
                        .thenComparingLong(RuntimeProcess::startedBootNanos)
                        .thenComparingLong(RuntimeProcess::pid));
        last = found.orElse(null);
        return found;
    }

    /** The containerd of the last look, as it is now: while it runs it is the longest, and no other needs to be looked at. */
    private Optional<RuntimeProcess> lastContainerd() {
        RuntimeProcess before = last;
        if (before == null || before.kind() != RuntimeKind.CONTAINERD || !inRoot(before.pid())) {
            return Optional.empty();
        }
        return seen(proc.resolve(Long.toString(before.pid())))
                .filter(there -> there.name.equals(RuntimeKind.CONTAINERD.program()))
                .filter(there -> there.startedBootNanos == before.startedBootNanos())
                .flatMap(there -> read(RuntimeKind.CONTAINERD, there));
    }

    /** The root's dockerd. */
    Optional<RuntimeProcess> docker() throws IOException {
        return running(List.of(RuntimeKind.DOCKER)).stream()
                .min(Comparator.comparingLong(RuntimeProcess::startedBootNanos));
    }

    private List<RuntimeProcess> running(List<RuntimeKind> kinds) throws IOException {
        List<RuntimeProcess> found = new ArrayList<>();
        for (Seen process : all()) {
            for (RuntimeKind kind : kinds) {
                if (process.name.equals(kind.program()) && inRoot(process.pid)) {
                    read(kind, process).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    /**
     * A process as its {@code /proc/PID/stat} has it.
     *
     * @param name the first 15 bytes of its program's name
     * @param startedBootNanos when it started, CLOCK_BOOTTIME, cut to centiseconds
     */
    record Seen(long pid, String name, long parent, long startedBootNanos) {}

    /** Every process that is there and has not ended, of whatever root. */
    List<Seen> all() throws IOException {
        List<Seen> seen = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                seen(process).ifPresent(seen::add);
            }
        }
        return seen;
    }

    private static Optional<Seen> seen(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            // Field 2 may hold anything, spaces and parentheses too: it ends at the last parenthesis.
            int end = stat.lastIndexOf(')');
            String[] fields = stat.substring(end + 2).split(" ", -1);
            if (fields[0].equals("Z") || fields[0].equals("X")) {
                return Optional.empty();
            }
            return Optional.of(new Seen(
                    Long.parseLong(process.getFileName().toString()),
                    stat.substring(stat.indexOf('(') + 1, end),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[19]) * TICK_NANOS));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException endedOrOdd) {
            return Optional.empty();
        }
    }

    /** The name of a process's program, whole; empty if it has ended. */
    String program(long pid) {
        try {
            Path program = Files.readSymbolicLink(proc.resolve(pid + "/exe")).getFileName();
            return program == null ? "" : program.toString().replace(" (deleted)", "");
        } catch (IOException ended) {
            return "";
        }
    }

    /** What a file of a process says, such as {@code cgroup}; empty if it has ended. */
    String text(long pid, String file) {
        try {
            return Files.readString(proc.resolve(pid + "/" + file), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }

    /** The unit of systemd's that a process belongs to (cgroups(7)), with its suffix; empty where its cgroup is of none. */
    public Optional<String> unit(long pid) {
        for (String line : text(pid, "cgroup").split("\n", -1)) {
            Matcher unit = UNIT.matcher(line);
            boolean ofSystemd = line.startsWith("0::") || line.contains(":name=systemd:");
            if (ofSystemd && unit.matches()) {
                return Optional.of(unit.group(1));
            }
        }
        return Optional.empty();
    }

    /** The kernel's (or the machine's own) boot id. */
    public String bootId() throws IOException {
        return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
    }

    /** The wall-clock time at CLOCK_BOOTTIME zero, in milliseconds. */
    long bootedAtMillis() throws IOException {
        return clock.millis() - bootNanos() / 1_000_000;
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
    boolean inRoot(long pid) {
        try {
            return Files.isSameFile(proc.resolve(pid + "/root"), root);
        } catch (IOException ended) {
            return false;
        }
    }

    /** This process as a runtime; empty if it ends while it is looked at. */
    private Optional<RuntimeProcess> read(RuntimeKind kind, Seen seen) {
        Path process = proc.resolve(Long.toString(seen.pid));
        try {
            List<String> words = words(process.resolve("cmdline"));
            List<String> variables = words(process.resolve("environ"));
            return Optional.of(new RuntimeProcess(
                    kind,
                    seen.pid,
                    seen.startedBootNanos,
                    startedAt(seen.startedBootNanos),
                    Files.readSymbolicLink(process.resolve("exe")).toString(),
                    words.subList(1, words.size()),
                    variables(variables, TRUST),
                    variables(variables, PROXY)));
        } catch (IOException | IndexOutOfBoundsException ended) {
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
