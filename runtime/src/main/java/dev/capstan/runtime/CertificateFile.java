package dev.capstan.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of certificates that containerd appends to the roots of a host directory, and what becomes of the directory's pulls
 * when it is read: a file that is not there, or from which no certificate can be read, fails every one of them.
 */
final class CertificateFile {

    private static final long LARGEST = 16L * 1024 * 1024;

    private CertificateFile() {}

    /** Why this file fails every pull that reads it; empty if it does not. */
    static String broken(Path root, String path) throws IOException {
        Path file = RootPath.follow(root, path);
        if (!Files.exists(file)) {
            return "is not there, or leads nowhere";
        }
        if (!Files.isRegularFile(file)) {
            return "is no file";
        }
        if (Files.size(file) > LARGEST) {
            return "is larger than any file of certificates";
        }
        return PemIdentities.holdsAny(Files.readAllBytes(file)) ? "" : "holds no certificate";
    }
}
