package dev.capstan.truststore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder whose entries are changed one at a time, each whole or not at all: made in a folder inside it, brought to the
 * disk, renamed. What can fail for want of space fails while it is staged, before any entry is touched.
 *
 * <p>That folder is called {@value #STAGING}: Go trusts every file of {@code /etc/ssl/certs} whatever its name, but reads
 * no folder in it. What is staged has the suffix {@value #SUFFIX}, so that tools that do search folders take it for
 * nothing.
 *
 * <p>A file that takes the place of another has its owner, its mode, its access list and its SELinux label; one that is
 * new has those of a file beside it. Every file can be read by everybody.
 */
final class StoreFolder {

    static final String STAGING = ".capstan";

    private static final String SUFFIX = ".new";
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> FOLDER = PROGRAM;

    private final Path folder;
    private final Path staging;
    private @Nullable Path sibling;

    StoreFolder(Path folder) {
        this.folder = folder;
        this.staging = folder.resolve(STAGING);
    }

    Path path() {
        return folder;
    }

    /** Makes the folder where it is missing, readable to all, and an empty place to stage in. */
    void open() throws IOException {
        makeFolder(folder);
        close();
        Files.createDirectory(staging, PosixFilePermissions.asFileAttribute(FOLDER));
    }

    /** Makes a folder and those above it, readable to all whatever the process's umask. */
    static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Path parent = folder.getParent();
            if (parent != null) {
                makeFolder(parent);
            }
            Files.createDirectory(folder);
            Files.setPosixFilePermissions(folder, FOLDER);
        }
    }

    /** Removes what was staged and not published, also what an earlier process left. */
    void close() throws IOException {
        empty(staging);
        Files.deleteIfExists(staging);
    }

    /** Removes all files of a folder, where it is one. */
    static void empty(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Stages a file; it is not on the disk yet, see {@link Disk}. */
    Path stage(String name, byte[] bytes, boolean executable) throws IOException {
        Path staged = staged(name);
        Path replaced = folder.resolve(PathText.path(name));
        boolean replaces = Files.isRegularFile(replaced, LinkOption.NOFOLLOW_LINKS);
        Path model = replaces ? replaced : sibling();
        if (model != null) {
            // The JDK copies all of a file's attributes, those of the name space "security" among them, and has no
            // other
            // way to them.
            Files.copy(model, staged, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        }
        write(staged, bytes, model == null ? StandardOpenOption.CREATE_NEW : StandardOpenOption.TRUNCATE_EXISTING);
        Set<PosixFilePermission> mode = executable ? PROGRAM : FILE;
        if (replaces) {
            Set<PosixFilePermission> kept = new HashSet<>(Files.getPosixFilePermissions(replaced));
            if (kept.contains(PosixFilePermission.OTHERS_READ)
                    && (!executable || kept.contains(PosixFilePermission.OWNER_EXECUTE))) {
                mode = kept;
            }
        }
        Files.setPosixFilePermissions(staged, mode);
        return staged;
    }

    private @Nullable Path sibling() throws IOException {
        if (sibling == null) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                        sibling = file;
                        return sibling;
                    }
                }
            }
        }
        return sibling;
    }

    /** Writes all bytes of a file. */
    static void write(Path file, byte[] bytes, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(file, how, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
                channel.write(rest);
            }
        }
    }

    /** Makes a file, mode 0644, that must not be there yet. */
    static void write(Path file, byte[] bytes) throws IOException {
        write(file, bytes, StandardOpenOption.CREATE_NEW);
        Files.setPosixFilePermissions(file, FILE);
    }

    /** Stages a symbolic link. */
    void stageLink(String name, Path target) throws IOException {
        Files.createSymbolicLink(staged(name), target);
    }

    /** Stages a second name for an entry of the folder. */
    void stageAgain(String name, String existing) throws IOException {
        Files.createLink(staged(name), folder.resolve(PathText.path(existing)));
    }

    private Path staged(String name) {
        return staging.resolve(PathText.path(name + SUFFIX));
    }

    /** Puts what was staged under this name in the place of what was there. */
    void publish(String name) throws IOException {
        Files.move(staged(name), folder.resolve(PathText.path(name)), StandardCopyOption.ATOMIC_MOVE);
    }

    void remove(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(PathText.path(name)));
    }
}
