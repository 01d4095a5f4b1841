package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The root of a directory machine: what update-ca-certificates(8) makes a trust store from, in the Debian family's form,
 * and nothing else. The distribution's own certificates are copies of this host's, where it has them in that form; the
 * anchors of this host's administrator are not among them. The outputs are made from it by the machine's agent.
 */
final class DirectoryRoot {

    private static final String SHIPPED = "usr/share/ca-certificates";
    private static final String LIST = "etc/ca-certificates.conf";
    private static final Path HOST = Path.of("/");

    private DirectoryRoot() {}

    /** Makes the root; it must not be there yet. */
    static void make(Path root) throws IOException {
        for (String folder : List.of(
                "etc/ssl/certs", "usr/local/share/ca-certificates", "usr/sbin", SHIPPED, "var/lib/capstan", "tmp")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.writeString(root.resolve("etc/debian_version"), "a directory machine of Capstan\n");
        copyShipped(root);
        copy(HOST.resolve("usr/sbin/update-ca-certificates"), root.resolve("usr/sbin/update-ca-certificates"));
        if (!copy(HOST.resolve(LIST), root.resolve(LIST))) {
            Files.writeString(root.resolve(LIST), "# This host has no certificates in the Debian family's form.\n");
        }
    }

    private static void copyShipped(Path root) throws IOException {
        Path shipped = HOST.resolve(SHIPPED);
        if (!Files.isDirectory(shipped)) {
            return;
        }
        try (var files = Files.walk(shipped)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy =
                        root.resolve(SHIPPED).resolve(shipped.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                copy(file, copy);
            }
        }
    }

    /** Copies a file of the host, links of the host followed; says whether it is there. */
    private static boolean copy(Path from, Path to) throws IOException {
        if (!Files.isRegularFile(from) || !Files.isReadable(from)) {
            return false;
        }
        Files.copy(from, to);
        return true;
    }
}
