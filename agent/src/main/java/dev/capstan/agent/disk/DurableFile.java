package dev.capstan.agent.disk;

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
 * A file that is replaced as a whole: written beside its place, synced, renamed, and the folder synced. Whoever reads
 * the place sees the old content or the new one, also after kill -9 or a power failure at any moment.
 */
public final class DurableFile {

    private DurableFile() {}

    /**
     * Replaces the file's content. Its folder is made where it is missing. One writer at a time.
     *
     * @param place the file
     * @param content what it shall hold
     * @param permissions as {@link PosixFilePermissions} writes them, such as {@code rw-------}; the file never exists with wider ones
     * @throws IOException if the disk refuses; the old content then still stands
     */
    public static void replace(Path place, byte[] content, String permissions) throws IOException {
        Path folder = place.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(place + " is not a place for a file");
        }
        Files.createDirectories(folder);
        Path beside = folder.resolve("." + place.getFileName() + ".new");
        Files.deleteIfExists(beside);
        try (FileChannel file = FileChannel.open(
                beside,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                file.write(rest);
            }
            file.force(true);
        }
        Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
