package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process of this host, told from any other that had or will have its process id: by its start time, and by the
 * host's own boot.
 *
 * @param pid its process id on the host
 * @param started its start time in clock ticks after the boot (field 22 of proc(5) {@code /proc/PID/stat})
 * @param kernel the host's boot: {@code /proc/sys/kernel/random/boot_id}
 */
record HostProcess(long pid, long started, String kernel) {

    /** The process that has this id now. */
    static Optional<HostProcess> find(long pid) throws IOException {
        Optional<Stat> stat = Stat.read(pid);
        return stat.isEmpty() ? Optional.empty() : Optional.of(new HostProcess(pid, stat.get().started, kernelBoot()));
    }

    static String kernelBoot() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    /** Whether it runs; a zombie does not: all it did is over, for the first process of a machine all of the machine. */
    boolean alive() throws IOException {
        if (!kernel.equals(kernelBoot())) {
            return false;
        }
        Optional<Stat> stat = Stat.read(pid);
        return stat.isPresent() && stat.get().started == started && stat.get().state != 'Z' && stat.get().state != 'X';
    }

    /** Its root as the host sees it. Safe to follow only while nothing of the machine has run. */
    Path root() {
        return Path.of("/proc", Long.toString(pid), "root");
    }

    private record Stat(char state, long started) {

        private static Optional<Stat> read(long pid) throws IOException {
            byte[] bytes;
            try {
                bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "stat"));
            } catch (NoSuchFileException _) {
                return Optional.empty();
            } catch (IOException e) {
                if (String.valueOf(e.getMessage()).contains("No such process")) {
                    return Optional.empty();
                }
                throw e;
            }
            var line = new String(bytes, StandardCharsets.ISO_8859_1);
            // The name in field 2 may hold spaces and parentheses; what follows its last parenthesis is regular.
            String[] fields = line.substring(line.lastIndexOf(')') + 2).strip().split(" ", -1);
            return Optional.of(new Stat(fields[0].charAt(0), Long.parseLong(fields[19])));
        }
    }
}
