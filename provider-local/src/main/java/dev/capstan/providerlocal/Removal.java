package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes trees that root inside a machine has written to: files with immutable bits, names that are not UTF-8, symbolic
 * links and mounts included. Links are never followed, no mount is ever entered, and the state file goes last, so that a
 * removal cut short is found again.
 */
final class Removal {

    private Removal() {}

    /** Removes a machine's folder; it may be gone already. */
    static void removeMachine(Path machine) throws IOException, InterruptedException {
        if (!Files.isDirectory(machine, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        unmountBelow(machine);
        removeAllBut(machine, MachineState.FILE);
        Files.deleteIfExists(machine.resolve(MachineState.FILE));
        Files.delete(machine);
    }

    /** Removes what a half-made machine left in its folder, all but the state file. */
    static void emptyMachine(Path machine) throws IOException, InterruptedException {
        unmountBelow(machine);
        removeAllBut(machine, MachineState.FILE);
    }

    private static void removeAllBut(Path machine, String kept) throws IOException, InterruptedException {
        var doomed = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(machine)) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().equals(kept)) {
                    doomed.add(entry.toString());
                }
            }
        }
        if (!doomed.isEmpty()) {
            remove(doomed);
        }
    }

    /** Removes a tree of ours. */
    static void removeTree(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var entries = Files.walk(tree)) {
            for (Path entry :
                    entries.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }

    private static void remove(List<String> paths) throws IOException, InterruptedException {
        try {
            Programs.run(command(List.of("rm", "-rf", "--one-file-system", "--"), paths), "");
        } catch (IOException first) {
            // chattr follows no symbolic link below its arguments (chattr(1)), and these are all folders of ours.
            try {
                Programs.run(command(List.of("chattr", "-f", "-R", "-i", "-a", "--"), paths), "");
            } catch (IOException e) {
                first.addSuppressed(e); // it fails for what can have no such bits; the next rm decides
            }
            try {
                Programs.run(command(List.of("rm", "-rf", "--one-file-system", "--"), paths), "");
            } catch (IOException e) {
                e.addSuppressed(first);
                throw e;
            }
        }
    }

    /** Machines have their mounts to themselves; what the host has below their folder was put there by somebody else. */
    private static void unmountBelow(Path machine) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 100; attempt++) {
            List<Mount> below = Mount.all().stream()
                    .filter(mount -> mount.point().startsWith(machine))
                    .toList();
            if (below.isEmpty()) {
                return;
            }
            Programs.run("umount", "-l", "--", below.getLast().point().toString());
        }
        throw new IOException(
                "there are still mounts below " + machine + ": unmount them, then delete the machine again");
    }

    private static List<String> command(List<String> program, List<String> arguments) {
        var command = new ArrayList<>(program);
        command.addAll(arguments);
        return command;
    }
}
