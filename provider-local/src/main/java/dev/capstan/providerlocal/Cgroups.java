package dev.capstan.providerlocal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The cgroups of one CAPSTAN_HOME: in every hierarchy of the host {@code capstan-<8 hex of the home's path>/<machine>},
 * so that two homes live side by side. Everything a machine runs is in or below its group from before its first
 * instruction on, so a group finds what belongs to a machine even when nothing else was written down.
 *
 * <p>Version 1 (also beside 2) and version 2 alone. In version 2 a group with controllers holds either processes or
 * groups (kernel, cgroup-v2.rst, "No Internal Process Constraint"): the machine's own processes live in its leaf
 * {@code system}.
 */
final class Cgroups {

    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final List<Hierarchy> hierarchies;
    private final String group;

    /**
     * One hierarchy of the host.
     *
     * @param point where the host has it
     * @param version 1 or 2
     * @param options mount options that choose it, empty for version 2
     */
    record Hierarchy(Path point, int version, String options) {

        /** A line for the machine's boot: type, place below its {@code /sys/fs/cgroup}, options. */
        String line() {
            Path place = ROOT.relativize(point);
            return "%s %s %s"
                    .formatted(
                            version == 1 ? "cgroup" : "cgroup2",
                            place.toString().isEmpty() ? "." : place,
                            options)
                    .strip();
        }
    }

    private Cgroups(List<Hierarchy> hierarchies, String group) {
        this.hierarchies = hierarchies;
        this.group = group;
    }

    static Cgroups of(Path capstanHome, List<Mount> mounts) {
        String hash = Sha256.hex(capstanHome.toString()).substring(0, 8);
        return new Cgroups(hierarchies(mounts), "capstan-" + hash);
    }

    static List<Hierarchy> hierarchies(List<Mount> mounts) {
        var found = new ArrayList<Hierarchy>();
        for (Mount mount : mounts) {
            if (!mount.point().startsWith(ROOT)) {
                continue;
            }
            if (mount.type().equals("cgroup2")) {
                found.add(new Hierarchy(mount.point(), 2, ""));
            } else if (mount.type().equals("cgroup")) {
                found.add(new Hierarchy(mount.point(), 1, chosenBy(mount.superOptions())));
            }
        }
        return List.copyOf(found);
    }

    private static String chosenBy(List<String> superOptions) {
        for (String option : superOptions) {
            if (option.startsWith("name=")) {
                return "none," + option;
            }
        }
        Set<String> notControllers = Set.of("rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode");
        return String.join(
                ",",
                superOptions.stream()
                        .filter(option -> !notControllers.contains(option) && !option.contains("="))
                        .toList());
    }

    List<Hierarchy> hierarchies() {
        return hierarchies;
    }

    /** Whether block devices can be denied here: by the devices controller, which version 2 does not have as files. */
    boolean deniesDevices() {
        return hierarchies.stream().anyMatch(Cgroups::hasDevices);
    }

    /** The machine's group in every hierarchy. */
    List<Path> groups(String machine) {
        return hierarchies.stream()
                .map(hierarchy -> hierarchy.point().resolve(group).resolve(machine))
                .toList();
    }

    /** Where the machine's own processes go, in every hierarchy. */
    List<Path> leaves(String machine) {
        return hierarchies.stream()
                .map(hierarchy -> {
                    Path own = hierarchy.point().resolve(group).resolve(machine);
                    return hierarchy.version() == 2 ? own.resolve("system") : own;
                })
                .toList();
    }

    /** Makes the machine's groups; those that are there stay. */
    synchronized void make(String machine) throws IOException {
        for (Hierarchy hierarchy : hierarchies) {
            Path home = hierarchy.point().resolve(group);
            Path own = home.resolve(machine);
            Files.createDirectories(own);
            if (hierarchy.options().contains("cpuset")) {
                inherit(hierarchy.point(), home);
                inherit(home, own);
            }
            if (hasDevices(hierarchy)) {
                // Denied in the parent, which no machine sees: what a parent denies no child can allow itself. Making
                // nodes stays allowed, since runc asks for it for every container.
                write(home.resolve("devices.deny"), "b *:* rw");
            }
            if (hierarchy.version() == 2) {
                Files.createDirectories(own.resolve("system"));
                delegate(hierarchy.point());
                delegate(home);
            }
        }
    }

    /** Process ids of everything in the machine's groups. */
    Set<Long> processes(String machine) throws IOException {
        var processes = new HashSet<Long>();
        for (Path own : groups(machine)) {
            for (Path group : tree(own)) {
                try {
                    Files.readAllLines(group.resolve("cgroup.procs")).stream()
                            .map(Long::valueOf)
                            .forEach(processes::add);
                } catch (IOException e) {
                    unlessGone(e);
                }
            }
        }
        processes.remove(0L);
        return processes;
    }

    /**
     * Kills all that is left in the machine's groups and removes them.
     *
     * @throws IOException if something is left after 15 seconds
     */
    synchronized void remove(String machine) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        for (long pause = 2; ; pause = Math.min(100, pause * 2)) {
            Set<Long> processes = processes(machine);
            for (long pid : processes) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
            var left = new ArrayList<String>();
            for (Path own : groups(machine)) {
                for (Path group : tree(own)) {
                    try {
                        Files.deleteIfExists(group);
                    } catch (IOException e) {
                        left.add(String.valueOf(e.getMessage()));
                    }
                }
            }
            if (left.isEmpty()) {
                break;
            }
            if (Instant.now().isAfter(deadline)) {
                throw new IOException(
                        "cgroups of " + machine + " are still busy (processes " + processes + "): " + left);
            }
            Thread.sleep(pause);
        }
        for (Hierarchy hierarchy : hierarchies) {
            Path home = hierarchy.point().resolve(group);
            if (tree(home).size() == 1) {
                Files.deleteIfExists(home); // no machine of this home is left
            }
        }
    }

    private static boolean hasDevices(Hierarchy hierarchy) {
        return hierarchy.version() == 1
                && List.of(hierarchy.options().split(",", -1)).contains("devices");
    }

    /** A new cpuset is empty and takes no process. */
    private static void inherit(Path parent, Path child) throws IOException {
        for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
            if (Files.readString(child.resolve(file)).isBlank()) {
                write(
                        child.resolve(file),
                        Files.readString(parent.resolve(file)).strip());
            }
        }
    }

    /** Lets a version 2 group's children use every controller that it has. */
    private static void delegate(Path parent) throws IOException {
        for (String controller :
                Files.readString(parent.resolve("cgroup.controllers")).strip().split(" ", -1)) {
            if (!controller.isEmpty()) {
                write(parent.resolve("cgroup.subtree_control"), "+" + controller);
            }
        }
    }

    private static void write(Path file, String value) throws IOException {
        // A cgroup file takes one write, and does not want to be truncated or made.
        try (var out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            out.write(value.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IOException("could not write \"" + value + "\" to " + file + ": " + e.getMessage(), e);
        }
    }

    /** A group and all groups below it, children first; empty if it is not there. */
    private static List<Path> tree(Path group) throws IOException {
        var groups = new ArrayList<Path>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(group, Files::isDirectory)) {
            for (Path child : children) {
                groups.addAll(tree(child));
            }
        } catch (DirectoryIteratorException e) {
            unlessGone(requireNonNull(e.getCause()));
        } catch (IOException e) {
            unlessGone(e);
            return List.of();
        }
        groups.add(group);
        return groups;
    }

    /** A group may go at any time; reading one that went fails with ENOENT or ENODEV. */
    private static void unlessGone(IOException e) throws IOException {
        boolean gone = e instanceof NoSuchFileException
                || String.valueOf(e.getMessage()).contains("No such device");
        if (!gone) {
            throw e;
        }
    }
}
