package dev.capstan.runtime;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * Our set as lane Isolated shows it to containerd: one file in {@code certs.d/_default}, read at every pull. The empty set
 * is no file: an empty file would fail every pull.
 */
final class ShownSet {

    private final Path root;

    ShownSet(Path root) {
        this.root = root;
    }

    /** Shows exactly this set; false, and nothing written, if it is shown already. */
    boolean show(CertificateSet set) throws IOException {
        Path file = RuntimeLayout.forWriting(root, RuntimeLayout.SHOWN_SET);
        if (set.isEmpty()) {
            return Replacement.remove(file);
        }
        byte[] content = set.pem().getBytes(StandardCharsets.US_ASCII);
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return false;
        }
        Files.createDirectories(file.resolveSibling(""));
        Replacement.write(file, content);
        return true;
    }

    /** The set a pull reads now. */
    CertificateSet read() throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(RuntimeLayout.in(root, RuntimeLayout.SHOWN_SET));
        } catch (NoSuchFileException nothingShown) {
            return CertificateSet.empty();
        }
        return new CertificateReader(InstantSource.system())
                .readPem(content, Place.of(RuntimeLayout.SHOWN_SET))
                .set();
    }
}
