package dev.capstan.cli.agent;

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
 * A file that is replaced as a whole: written beside its place, on the disk before it takes it, never there with a wider mode
 * than it shall have. Whoever reads the place sees the old content or the new one, also after kill -9 at any moment; what a
 * killed run left beside it the next one replaces.
 */
final class PrivateFile {

    private PrivateFile() {}

    /**
     * Replaces the content.
     *
     * @param mode as {@link PosixFilePermissions} writes it, whatever the process's umask
     */
    static void replace(Path place, byte[] content, String mode) throws IOException {
        var folder = place.toAbsolutePath().getParent();
        if (folder == null || place.getFileName() == null) {
            throw new IOException(place + " is no place for a file");
        }
        var beside = folder.resolve("." + place.getFileName() + ".capstan-new");
        Files.deleteIfExists(beside);
        var permissions = PosixFilePermissions.fromString(mode);
        try (var file = FileChannel.open(
                beside,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            for (var rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
                file.write(rest);
            }
            Files.setPosixFilePermissions(beside, permissions);
            file.force(true);
        }
        Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder);
    }

    /** Brings a folder's entries to the disk. */
    static void sync(Path folder) throws IOException {
        try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
