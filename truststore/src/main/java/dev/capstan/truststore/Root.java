package dev.capstan.truststore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The root of an operating system, looked into from outside. Paths of it are texts of {@link PathText}, as its own
 * processes would write them, such as {@code /etc/ssl/certs}; {@link RootPath} finds where they lie. Folders are found once, so one instance
 * serves one look or one change, no more.
 */
final class Root {

    private final Path path;
    private final Map<Path, Path> folders = new HashMap<>();

    Root(Path path) {
        this.path = path.toAbsolutePath();
    }

    Path path() {
        return path;
    }

    /** Where this path leads, every link followed. */
    Path resolve(String inside) throws IOException {
        return RootPath.resolve(path, PathText.path(inside));
    }

    /** Where this entry lies: links on the way are followed, the entry itself is not. */
    Path entry(String inside) throws IOException {
        return entry(PathText.path(inside));
    }

    /** As {@link #entry(String)}. */
    Path entry(Path inside) throws IOException {
        Path parent = inside.getParent();
        Path name = inside.getFileName();
        if (parent == null || name == null) {
            return path;
        }
        Path folder = folders.get(parent);
        if (folder == null) {
            folder = RootPath.resolve(path, parent);
            folders.put(parent, folder);
        }
        return folder.resolve(name);
    }

    /** Where the file lies that a reader of this path opens. */
    Path file(Path inside) throws IOException {
        Path entry = entry(inside);
        return Files.isSymbolicLink(entry) ? RootPath.resolve(path, inside) : entry;
    }

    /** Whether something is there for a reader who follows links. */
    boolean exists(String inside) throws IOException {
        return Files.exists(file(PathText.path(inside)));
    }

    boolean isFolder(String inside) throws IOException {
        return Files.isDirectory(resolve(inside), LinkOption.NOFOLLOW_LINKS);
    }

    /** The bytes of the regular file that a reader of this path opens; empty where there is none. */
    Optional<byte[]> read(String inside) throws IOException {
        return RegularFile.readIfThere(file(PathText.path(inside)));
    }

    /** What a symbolic link says; empty for anything else. */
    static Optional<Path> target(Path file) throws IOException {
        return Files.isSymbolicLink(file) ? Optional.of(Files.readSymbolicLink(file)) : Optional.empty();
    }
}
