package dev.capstan.truststore;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Reads files that may be anything: a pipe would block for ever, and a huge one would fill the memory. */
public final class RegularFile {

    private static final long LARGEST = 64L << 20;

    private RegularFile() {}

    /** The file is larger than any that belongs into a trust store. */
    static final class TooLargeException extends FileSystemException {

        private static final long serialVersionUID = 1L;

        private TooLargeException(Path file) {
            super(file.toString(), null, "is larger than 64 MiB");
        }
    }

    /**
     * The bytes of a file that is no link, no folder, no device, and of at most 64 MiB.
     *
     * @throws NoSuchFileException if it is not there
     * @throws FileSystemException if it is something else
     */
    public static byte[] read(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "is not a regular file");
        }
        if (attributes.size() > LARGEST) {
            throw new TooLargeException(file);
        }
        return Files.readAllBytes(file);
    }

    /** As {@link #read}; empty where nothing is there. */
    static Optional<byte[]> readIfThere(Path file) throws IOException {
        try {
            return Optional.of(read(file));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }
}
