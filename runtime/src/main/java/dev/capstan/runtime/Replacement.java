package dev.capstan.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Replaces a file so that a reader at any instant, and after a power cut, finds the old or the new content, whole. The
 * temporary file ends in neither {@code .crt} nor {@code .cert}: containerd would read it.
 */
final class Replacement {

    private static final String SUFFIX = ".capstan-new";

    private Replacement() {}

    /** Makes the file hold exactly these bytes, readable by everybody; its folder must exist. */
    static void write(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + SUFFIX);
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")))) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            Files.deleteIfExists(temporary);
            throw failed;
        }
        sync(file.resolveSibling(""));
    }

    /** Removes the file if it is there; true if it was. */
    static boolean remove(Path file) throws IOException {
        if (!Files.deleteIfExists(file)) {
            return false;
        }
        sync(file.resolveSibling(""));
        return true;
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
