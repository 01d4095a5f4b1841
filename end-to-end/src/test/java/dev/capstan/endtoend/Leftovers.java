package dev.capstan.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is still there of a CAPSTAN_HOME, seen from outside: mounts, processes, machine folders, cgroups. */
final class Leftovers {

    private Leftovers() {}

    /** Every mount, process and machine folder of this home that is still there; empty after a clean end. */
    static List<String> of(Path home) {
        List<String> left = new ArrayList<>();
        read(Path.of("/proc/self/mountinfo"))
                .lines()
                .filter(line -> line.contains(home.toString()))
                .forEach(line -> left.add("mount " + line));
        ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> mentions(process.pid(), home))
                .forEach(process -> left.add("process " + process.pid() + " "
                        + process.info().commandLine().orElse("?")));
        machines(home).forEach(machine -> left.add("folder " + machine));
        return left;
    }

    /** Every cgroup of one of these machines that is still there. */
    static List<String> cgroups(List<String> machines) {
        return Program.clean()
                .run("find", "/sys/fs/cgroup", "-type", "d")
                .text()
                .lines()
                .filter(group -> machines.stream().anyMatch(group::contains))
                .toList();
    }

    /** The folders of the machines that exist in this home. */
    static List<Path> machines(Path home) {
        Path machines = home.resolve("machines");
        if (!Files.isDirectory(machines)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(machines)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean mentions(long pid, Path home) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/mountinfo")).contains(home.toString())
                    || Files.readString(Path.of("/proc/" + pid + "/cmdline")).contains(home.toString());
        } catch (IOException gone) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
