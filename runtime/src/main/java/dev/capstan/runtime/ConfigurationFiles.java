package dev.capstan.runtime;

import dev.capstan.runtime.toml.Toml;
import dev.capstan.runtime.toml.TomlException;
import dev.capstan.runtime.toml.TomlTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The files that make up containerd's configuration: the main file and what it imports, and what that imports. As in
 * containerd, a path with a star in it is a pattern, any other relative one begins at the file that names it
 * (containerd: cmd/containerd/server/config, {@code resolveImports}). Only the names matter here; what the files say is asked
 * of containerd itself.
 *
 * @param main the main file, as a path inside the root
 * @param contents the SHA-256 of all that exist, by their paths inside the root
 * @param generated whether the main file is made anew at each start, right before it
 * @param folders those they lie in, and those in which a pattern looks, existing or not, as paths inside the root
 */
record ConfigurationFiles(
        String main, SortedMap<String, String> contents, boolean generated, SortedSet<String> folders) {

    /**
     * A start and a change this close together have no certain order: process start times are cut to 10 ms, and a file's time
     * may lie a tick of the kernel's clock before the change.
     */
    private static final long UNCERTAIN_MILLIS = 20;

    private static final int LARGEST = 4 * 1024 * 1024;

    static ConfigurationFiles of(Path root, String main) throws IOException {
        SortedMap<String, String> contents = new TreeMap<>();
        SortedSet<String> folders = new TreeSet<>();
        boolean generated = false;
        Deque<String> rest = new ArrayDeque<>(List.of(main));
        while (!rest.isEmpty()) {
            String file = rest.pop();
            folders.add(parent(file));
            Path there = RootPath.follow(root, file);
            if (!Files.isRegularFile(there) || contents.containsKey(file)) {
                continue;
            }
            byte[] content = Files.readAllBytes(there);
            contents.put(file, Sha256.hex(content));
            generated |= file.equals(main) && isGenerated(file, content);
            for (String imported : imports(content)) {
                if (imported.contains("*")) {
                    rest.addAll(matches(root, imported, folders));
                } else {
                    Path path = Path.of(imported);
                    rest.add((path.isAbsolute() ? path : Path.of(parent(file)).resolve(path))
                            .normalize()
                            .toString());
                }
            }
        }
        return new ConfigurationFiles(main, contents, generated, folders);
    }

    private static boolean isGenerated(String file, byte[] content) {
        return GeneratedFile.configuration(file, new String(content, StandardCharsets.ISO_8859_1))
                .isPresent();
    }

    /** All that exist, as paths inside the root. */
    SortedSet<String> files() {
        return new TreeSet<>(contents.keySet());
    }

    /**
     * The first file that was changed since this time of the wall clock, or may have been; empty where none was. The time of
     * the last change of its inode counts: unlike that of its content nobody can set it back. What is made anew at each start
     * was made before it, however close.
     */
    Optional<ConfigurationChange> changedSince(Path root, long startedAtMillis) throws IOException {
        for (String file : contents.keySet()) {
            boolean before = generated && file.equals(main);
            long since = before ? startedAtMillis + UNCERTAIN_MILLIS : startedAtMillis - UNCERTAIN_MILLIS;
            if (changed(root, file) > since) {
                Path there = RootPath.follow(root, file);
                return Optional.of(new ConfigurationChange(
                        file, Files.getLastModifiedTime(there).toMillis() > since));
            }
        }
        return Optional.empty();
    }

    /** A number that is another when a file was changed, came or went. */
    long stamp(Path root) throws IOException {
        long stamp = contents.hashCode();
        for (String file : contents.keySet()) {
            stamp = 31 * stamp + changed(root, file);
        }
        return stamp;
    }

    /** When the file's inode was last changed, in milliseconds; where it is a link, the link's own counts as well. */
    private static long changed(Path root, String file) throws IOException {
        long itself = ctime(RuntimeLayout.in(root, file));
        return Math.max(itself, ctime(RootPath.follow(root, file)));
    }

    private static long ctime(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return -1;
        }
        FileTime time = (FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
        return time.to(TimeUnit.MILLISECONDS);
    }

    private static List<String> imports(byte[] content) {
        if (content.length > LARGEST) {
            return List.of();
        }
        try {
            TomlTable table = Toml.parse(new String(content, StandardCharsets.ISO_8859_1));
            return table.texts("imports").orElse(List.of());
        } catch (TomlException judgedByContainerd) {
            return List.of();
        }
    }

    /** The files that a pattern with stars names, folder by folder. */
    private static List<String> matches(Path root, String pattern, SortedSet<String> folders) throws IOException {
        List<String> found = new ArrayList<>(List.of("/"));
        for (Path name : Path.of(pattern)) {
            List<String> next = new ArrayList<>();
            for (String folder : found) {
                Path there = RootPath.follow(root, folder);
                if (!Files.isDirectory(there)) {
                    continue;
                }
                if (!name.toString().contains("*")) {
                    next.add(Path.of(folder).resolve(name).toString());
                    continue;
                }
                folders.add(folder);
                try (DirectoryStream<Path> entries = Files.newDirectoryStream(there, glob(name.toString()))) {
                    entries.forEach(entry -> next.add(
                            Path.of(folder).resolve(entry.getFileName()).toString()));
                }
            }
            found = next;
        }
        folders.add(parent(pattern));
        found.sort(null);
        return found;
    }

    /** Go's patterns know no braces and no double stars (Go: path/filepath, {@code Match}). */
    private static String glob(String pattern) {
        return pattern.replaceAll("\\*+", "*").replaceAll("[{}]", "\\\\$0");
    }

    private static String parent(String file) {
        Path parent = Path.of(file).getParent();
        return parent == null ? "/" : parent.toString();
    }
}
