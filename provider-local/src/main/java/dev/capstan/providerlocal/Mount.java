package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * One line of {@code /proc/self/mountinfo} (proc(5)).
 *
 * @param device the file system's device, {@code major:minor}
 * @param root the folder of the file system that is mounted
 * @param point where it is mounted
 * @param type type of the file system
 * @param superOptions options of the file system, for cgroup v1 its controllers
 */
record Mount(String device, Path root, Path point, String type, List<String> superOptions) {

    /** Every mount that this process sees, in the kernel's order. */
    static List<Mount> all() throws IOException {
        // Bytes of a path need not be UTF-8; what is not cannot be one of ours.
        var text = new String(Files.readAllBytes(Path.of("/proc/self/mountinfo")), StandardCharsets.UTF_8);
        return text.lines().map(Mount::parse).toList();
    }

    static Mount parse(String line) {
        String[] fields = line.split(" ", -1);
        int separator = List.of(fields).indexOf("-");
        if (separator < 6 || fields.length < separator + 4) {
            throw new IllegalArgumentException("not a line of /proc/self/mountinfo: " + line);
        }
        return new Mount(
                fields[2],
                Path.of(unescape(fields[3])),
                Path.of(unescape(fields[4])),
                fields[separator + 1],
                List.of(fields[separator + 3].split(",", -1)));
    }

    /** The mount that a path lies in: the longest mount point above it, the last one where several are stacked. */
    static Mount of(Path path, List<Mount> mounts) {
        return mounts.stream()
                .filter(mount -> path.startsWith(mount.point))
                .max(Comparator.comparingInt((Mount mount) -> mount.point.getNameCount())
                        .thenComparingInt(mounts::indexOf))
                .orElseThrow(() -> new IllegalArgumentException("no mount holds " + path));
    }

    /** Space, tab, line break and backslash are written as three octal digits. */
    private static String unescape(String field) {
        var path = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 3 < field.length()) {
                path.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                path.append(field.charAt(i));
            }
        }
        return path.toString();
    }
}
