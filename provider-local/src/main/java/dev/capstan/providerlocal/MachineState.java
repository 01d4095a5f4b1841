package dev.capstan.providerlocal;

import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is on disk of a machine's life: the file {@code state} in its folder, lines of {@code key=value} that the
 * {@code enter} script reads too. It is written (temporary file, fsync, rename, fsync of the folder) before the step
 * that it tells of is done, so that whoever finds it after a crash knows at least as much as has happened.
 *
 * @param phase how far its disk is
 * @param kind what it is made of, chosen at its birth
 * @param cluster object name of its ManagedCluster
 * @param pool name of its pool
 * @param boot its last boot; absent until there was one
 */
record MachineState(
        Phase phase,
        Machine.Kind kind,
        String cluster,
        String pool,
        @Nullable Boot boot) {

    static final String FILE = "state";

    /** How far a machine's disk is. */
    enum Phase {
        /** Its first boot has not been completed: nothing in it is of value. */
        MAKING,
        /** Its first boot was completed: its disk is kept until it is deleted. */
        MADE,
        /** To be deleted. */
        DELETING
    }

    /**
     * One boot of a machine.
     *
     * @param process its process 1
     * @param bootId its own boot id, new at every boot
     * @param ready whether its agent was started
     */
    record Boot(HostProcess process, String bootId, boolean ready) {}

    /** A machine whose making begins. */
    static MachineState making(Machine.Kind kind, MachineSpec spec, @Nullable Boot lastBoot) {
        return new MachineState(Phase.MAKING, kind, spec.cluster(), spec.pool(), lastBoot);
    }

    MachineState with(Phase newPhase) {
        return new MachineState(newPhase, kind, cluster, pool, boot);
    }

    MachineState with(Boot newBoot) {
        return new MachineState(phase, kind, cluster, pool, newBoot);
    }

    /** Its first process, if that runs: with the agent started, or still on the way there. */
    Optional<HostProcess> process() throws IOException {
        return boot != null && boot.process.alive() ? Optional.of(boot.process) : Optional.empty();
    }

    /** Whether it runs and its agent was started. */
    boolean running() throws IOException {
        return boot != null && boot.ready && boot.process.alive();
    }

    /** The state of the machine in this folder; absent where there is none. */
    static Optional<MachineState> read(Path folder) throws IOException {
        String text;
        try {
            text = Files.readString(folder.resolve(FILE));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        try {
            Boot boot = values.containsKey("pid")
                    ? new Boot(
                            new HostProcess(
                                    Long.parseLong(value(values, "pid")),
                                    Long.parseLong(value(values, "started")),
                                    value(values, "kernel")),
                            value(values, "boot"),
                            Boolean.parseBoolean(value(values, "ready")))
                    : null;
            return Optional.of(new MachineState(
                    Phase.valueOf(value(values, "phase")),
                    // Machines of the first version were all of one kind, and did not say so.
                    Machine.Kind.valueOf(values.getOrDefault("kind", Machine.Kind.SYSTEM.name())),
                    value(values, "cluster"),
                    value(values, "pool"),
                    boot));
        } catch (IllegalArgumentException e) {
            throw new IOException(folder.resolve(FILE) + " is damaged: " + e.getMessage(), e);
        }
    }

    void write(Path folder) throws IOException {
        Map<String, String> values =
                new TreeMap<>(Map.of("phase", phase.name(), "kind", kind.name(), "cluster", cluster, "pool", pool));
        if (boot != null) {
            values.put("pid", Long.toString(boot.process.pid()));
            values.put("started", Long.toString(boot.process.started()));
            values.put("kernel", boot.process.kernel());
            values.put("boot", boot.bootId);
            values.put("ready", Boolean.toString(boot.ready));
        }
        var text = new StringBuilder();
        values.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        Path temporary = folder.resolve(FILE + ".new");
        try (var channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String value(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("it has no line " + key + "=");
        }
        return value;
    }
}
