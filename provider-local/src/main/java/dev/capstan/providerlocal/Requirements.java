package dev.capstan.providerlocal;

import dev.capstan.machines.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What this host must have so that machines can be made on it; everything missing is told at once. */
final class Requirements {

    /** Programs, and the Debian package that has each. */
    private static final Map<String, String> PROGRAMS = new TreeMap<>(Map.ofEntries(
            Map.entry("bash", "bash"),
            Map.entry("chattr", "e2fsprogs"),
            Map.entry("containerd", "containerd"),
            Map.entry("ctr", "containerd"),
            Map.entry("mknod", "coreutils"),
            Map.entry("mount", "mount"),
            Map.entry("nsenter", "util-linux"),
            Map.entry("pivot_root", "util-linux"),
            Map.entry("runc", "runc"),
            Map.entry("setpriv", "util-linux"),
            Map.entry("setsid", "util-linux"),
            Map.entry("umount", "mount"),
            Map.entry("unshare", "util-linux"),
            Map.entry("update-ca-certificates", "ca-certificates")));

    /** Those of them that a directory machine needs too. */
    private static final Set<String> OF_DIRECTORIES = Set.of("bash", "setpriv", "setsid", "update-ca-certificates");

    /** Those without which it cannot even be tried whether the host takes overlays. */
    private static final Set<String> OF_TRIAL = Set.of("bash", "mknod", "mount", "unshare");

    private Requirements() {}

    /** What is missing for machines of this kind and can be installed or built, in words; empty if nothing. */
    static List<String> problems(Machine.Kind kind, Distribution distribution) {
        Set<String> programs = kind == Machine.Kind.SYSTEM ? PROGRAMS.keySet() : OF_DIRECTORIES;
        List<String> problems = new ArrayList<>(
                missing(programs, program -> Programs.find(program).isPresent()));
        problems.addAll(distribution.problems());
        return List.copyOf(problems);
    }

    /**
     * What this host refuses that machines with a system of their own need, and that no package brings: rights, cgroups,
     * namespaces, overlays. Each in words; empty if nothing.
     */
    static List<String> refusals(Path capstanHome) throws IOException, InterruptedException {
        boolean root = ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) == 0;
        if (!root) {
            return List.of("machines are made of Linux namespaces and mounts: run capstan as root");
        }
        List<Mount> mounts = Mount.all();
        if (Cgroups.hierarchies(mounts).isEmpty()) {
            return List.of("no cgroup hierarchy is mounted below /sys/fs/cgroup: mount one");
        }
        return OF_TRIAL.stream().allMatch(program -> Programs.find(program).isPresent())
                ? overlay(capstanHome, mounts)
                : List.of();
    }

    /** Missing programs that machines with a system of their own need, by package. */
    static List<String> missing(Predicate<String> installed) {
        return missing(PROGRAMS.keySet(), installed);
    }

    private static List<String> missing(Set<String> programs, Predicate<String> installed) {
        var missing = new TreeSet<>(programs);
        missing.removeIf(installed);
        if (missing.isEmpty()) {
            return List.of();
        }
        String packages =
                missing.stream().map(PROGRAMS::get).distinct().sorted().collect(Collectors.joining(" "));
        return List.of("programs are missing: %s; on Debian: apt-get install --no-install-recommends %s"
                .formatted(String.join(", ", missing), packages));
    }

    /** Tries what every machine needs: an overlay over / whose upper folder is in CAPSTAN_HOME. */
    private static List<String> overlay(Path capstanHome, List<Mount> mounts) throws IOException, InterruptedException {
        Path trial = capstanHome.resolve(".overlay-trial");
        Programs.run("rm", "-rf", "--one-file-system", "--", trial.toString()); // of one that was killed
        Files.createDirectory(trial);
        try {
            for (String folder : List.of("upper", "work", "root")) {
                Files.createDirectory(trial.resolve(folder));
            }
            Programs.run(
                    "unshare",
                    "--mount",
                    "--propagation",
                    "private",
                    "--",
                    "bash",
                    "-ec",
                    "cd \"$0\"; mount -t overlay trial -o lowerdir=/,upperdir=upper,workdir=work root; "
                            + "mknod upper/x c 0 0; mkdir root/x",
                    trial.toString());
            return List.of();
        } catch (IOException e) {
            return List.of(
                    ("an overlay over / with its upper folder in %s (file system %s) does not work: %s. Load the kernel's"
                                    + " overlay module, or set CAPSTAN_HOME to a folder on ext4, xfs or tmpfs")
                            .formatted(
                                    capstanHome, Mount.of(capstanHome, mounts).type(), e.getMessage()));
        } finally {
            Programs.run("rm", "-rf", "--one-file-system", "--", trial.toString());
        }
    }
}
