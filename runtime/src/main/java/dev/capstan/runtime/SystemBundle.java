package dev.capstan.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The trust store as a Go program finds it (Go: crypto/x509, root_linux.go and root_unix.go): the first of these files that is
 * there, and what lies in these folders. {@code SSL_CERT_FILE} replaces the files, {@code SSL_CERT_DIR} the folders; an empty
 * value counts as none.
 */
public final class SystemBundle {

    private static final List<String> FILES = List.of(
            RuntimeLayout.SYSTEM_BUNDLE,
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/ca-bundle.pem",
            "/etc/pki/tls/cacert.pem",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "/etc/ssl/cert.pem");

    private static final List<String> FOLDERS = List.of("/etc/ssl/certs", "/etc/pki/tls/certs");

    private SystemBundle() {}

    /** The file that a program of this root reads, as a path in it. */
    public static String path(Path root) throws IOException {
        for (String file : FILES) {
            if (Files.isRegularFile(RootPath.follow(root, file))) {
                return file;
            }
        }
        return RuntimeLayout.SYSTEM_BUNDLE;
    }

    /** Whether this path, as written or behind its links, is the root's bundle. */
    static boolean is(Path root, String path) throws IOException {
        if (!path.startsWith("/")) {
            return false;
        }
        Path file = RootPath.follow(root, path);
        for (String bundle : FILES) {
            Path there = RootPath.follow(root, bundle);
            if (there.equals(file) && Files.isRegularFile(there)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a program with these variables reads the trust store. */
    static boolean readBy(Path root, Map<String, String> environment) throws IOException {
        String file = environment.getOrDefault("SSL_CERT_FILE", "");
        if (file.isEmpty() || is(root, file)) {
            return true;
        }
        String folders = environment.getOrDefault("SSL_CERT_DIR", "");
        if (folders.isEmpty()) {
            return true;
        }
        for (String folder : folders.split(":", -1)) {
            if (FOLDERS.contains(folder)) {
                return true;
            }
        }
        return false;
    }
}
