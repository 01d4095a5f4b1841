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
import java.util.Set;

/**
 * A folder whose entries are changed one at a time, each whole or not at all: made in a folder inside it, brought to the
 * disk, renamed. What can fail for want of space fails while it is staged, before any entry is touched.
 */
final class StoreFolder {

    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path folder;
    private final Path staging;

    StoreFolder(Path folder) {
        this.folder = folder;
        this.staging = folder.resolve(DebianLayout.STAGING);
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
        if (Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(staging)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
        Files.deleteIfExists(staging);
    }

    /** Stages a file, mode 0644, with its bytes on the disk. */
    void stage(String name, byte[] bytes) throws IOException {
        write(staging.resolve(name), bytes, true);
    }

    /** Makes a file, mode 0644, that must not be there yet. */
    static void write(Path file, byte[] bytes, boolean durably) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
                channel.write(rest);
            }
            Files.setPosixFilePermissions(file, FILE);
            if (durably) {
                channel.force(true);
            }
        }
    }

    /** Stages a symbolic link. */
    void stageLink(String name, Path target) throws IOException {
        Files.createSymbolicLink(staging.resolve(name), target);
    }

    /** Stages a second name for an entry of the folder. */
    void stageAgain(String name, String existing) throws IOException {
        Files.createLink(staging.resolve(name), folder.resolve(existing));
    }

    /** Puts what was staged under this name in the place of what was there. */
    void publish(String name) throws IOException {
        publish(name, name);
    }

    /** Puts what was staged under one name in the place of what has another. */
    void publish(String staged, String name) throws IOException {
        Files.move(staging.resolve(staged), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    void remove(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    /** Brings the changes of the folder's entries to the disk. */
    void sync() throws IOException {
        sync(folder);
    }

    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
