package dev.capstan.cli.certificates;

import dev.capstan.certificates.CertificateReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a command is given: a file, or standard input under the name {@code -}. Of either no more is read than could be of use. */
final class InputBytes {

    /** The name of standard input. */
    static final String STANDARD_INPUT = "-";

    private InputBytes() {}

    /**
     * The bytes of a file; of one that is too large so many that the reader sees it is.
     *
     * @throws IOException that says in words why it cannot be read
     */
    static byte[] of(String path) throws IOException {
        try (InputStream stream = path.equals(STANDARD_INPUT) ? System.in : open(Path.of(path))) {
            return stream.readNBytes(CertificateReader.LARGEST_ENTRY + 1);
        }
    }

    private static InputStream open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException("it is a folder");
        }
        try {
            return Files.newInputStream(path);
        } catch (NoSuchFileException missing) {
            throw new IOException("there is no such file", missing);
        }
    }

    /** What standard input is called in findings. */
    static String name(String path) {
        return path.equals(STANDARD_INPUT) ? "standard input" : path;
    }
}
