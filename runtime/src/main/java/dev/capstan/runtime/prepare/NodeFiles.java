package dev.capstan.runtime.prepare;

import dev.capstan.runtime.RuntimeLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Files of a node's root, by their paths in there. A file is written whole, under another name, brought to the disk and
 * renamed: a reader at any instant, and after a power cut, finds the old or the new one. Nothing is written through a
 * symbolic link.
 */
final class NodeFiles {

    /** Behind a name while the file is written; no pattern that containerd or systemd read matches it. */
    private static final String UNFINISHED = ".capstan-new";

    private final Path root;

    NodeFiles(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    boolean exists(String path) {
        return Files.exists(RuntimeLayout.in(root, path));
    }

    boolean isFolder(String path) {
        return Files.isDirectory(RuntimeLayout.in(root, path));
    }

    /** The names of what lies in a folder; empty where there is none. */
    List<String> names(String folder) throws IOException {
        if (!isFolder(folder)) {
            return List.of();
        }
        try (var entries = Files.list(RuntimeLayout.in(root, folder))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /** The file as it is; empty where there is none. */
    Optional<FileImage> read(String path) throws IOException {
        Path file = RuntimeLayout.in(root, path);
        try {
            byte[] content = Files.readAllBytes(file);
            return Optional.of(new FileImage(
                    content,
                    (int) Files.getAttribute(file, "unix:mode") & 07777,
                    (int) Files.getAttribute(file, "unix:uid"),
                    (int) Files.getAttribute(file, "unix:gid"),
                    Optional.of(Files.getLastModifiedTime(file))));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /** Makes the file hold this, with its owner, mode and, where it has one, time; its folder must exist. */
    void put(String path, FileImage image) throws IOException {
        Path file = RuntimeLayout.forWriting(root, path);
        Path unfinished = unfinished(file);
        Files.deleteIfExists(unfinished);
        try (FileChannel channel = FileChannel.open(
                unfinished,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer rest = ByteBuffer.wrap(image.content());
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            Files.setAttribute(unfinished, "unix:uid", image.owner());
            Files.setAttribute(unfinished, "unix:gid", image.group());
            // After the owner, whose change takes set-user-id bits away.
            Files.setAttribute(unfinished, "unix:mode", image.mode());
            if (image.modified().isPresent()) {
                Files.setLastModifiedTime(unfinished, image.modified().get());
            }
            channel.force(true);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            Files.deleteIfExists(unfinished);
            throw failed;
        }
        sync(file.resolveSibling(""));
    }

    /** Takes a file away, if it is there, and what a killed writer left of it. */
    void remove(String path) throws IOException {
        Path folder = RuntimeLayout.forWriting(root, path.substring(0, path.lastIndexOf('/')));
        // The file itself may be a link of ours, which goes and not what it leads to.
        Path file = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
        Files.deleteIfExists(unfinished(file));
        if (Files.deleteIfExists(file)) {
            sync(folder);
        }
    }

    /** Takes away what a killed writer left beside this file. */
    void sweep(String path) throws IOException {
        Files.deleteIfExists(unfinished(RuntimeLayout.in(root, path)));
    }

    /** The folders that have to be made so that this one is there, outermost first. */
    List<String> missingFolders(String path) {
        List<String> missing = new ArrayList<>();
        for (Path at = Path.of(path); at != null && !isFolder(at.toString()); at = at.getParent()) {
            missing.add(at.toString());
        }
        Collections.reverse(missing);
        return missing;
    }

    void makeFolder(String path) throws IOException {
        Path folder = RuntimeLayout.forWriting(root, path);
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            sync(folder.resolveSibling(""));
        }
    }

    /** Takes a folder away unless something lies in it. */
    void removeIfEmpty(String path) throws IOException {
        try {
            Files.deleteIfExists(RuntimeLayout.forWriting(root, path));
        } catch (DirectoryNotEmptyException inUse) {
            // Somebody put something into it: it stays.
        }
    }

    /** Why this path cannot be written, in words; empty where it can. */
    Optional<String> unwritable(String path) {
        Path at = root;
        for (Path name : Path.of(path.substring(1))) {
            at = at.resolve(name);
            if (Files.isSymbolicLink(at)) {
                return Optional.of(shown(at) + " is a symbolic link; Capstan writes through none");
            }
        }
        Path there = RuntimeLayout.in(root, path);
        if (Files.exists(there) && !Files.isRegularFile(there)) {
            return Optional.of(path + " is no file");
        }
        if (Files.exists(there) && !Files.isWritable(there)) {
            return Optional.of(path + " cannot be written" + reason(there));
        }
        Path folder = there.resolveSibling("");
        while (!Files.isDirectory(folder)) {
            folder = folder.resolveSibling("");
        }
        return Files.isWritable(folder)
                ? Optional.empty()
                : Optional.of(shown(folder) + " cannot be written" + reason(folder));
    }

    /**
     * Why, in the kernel's own words: what a file store says of itself is that of another mount of the same one. It is given
     * the time that it has.
     */
    private static String reason(Path there) {
        try {
            Files.setLastModifiedTime(there, Files.getLastModifiedTime(there));
            return ": root itself may not write it; see its mount and its rights";
        } catch (FileSystemException refused) {
            return String.valueOf(refused.getReason()).contains("Read-only")
                    ? ": its file system is mounted read-only"
                    : ": it is marked immutable (lsattr shows it), or these are not root's rights";
        } catch (IOException unknown) {
            return "";
        }
    }

    private String shown(Path path) {
        return "/" + root.relativize(path);
    }

    private static Path unfinished(Path file) {
        return file.resolveSibling(file.getFileName() + UNFINISHED);
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
