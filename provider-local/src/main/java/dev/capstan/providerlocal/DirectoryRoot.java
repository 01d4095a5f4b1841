package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The root of a directory machine: what update-ca-certificates(8) makes a trust store from, the tool by which the family
 * is known, and nothing else. The distribution's own certificates are copies of this host's; the anchors of this host's
 * administrator are not among them. The outputs are made from it by the machine's agent.
 */
final class DirectoryRoot {

    private static final String SHIPPED = "usr/share/ca-certificates";
    private static final String LIST = "etc/ca-certificates.conf";
    private static final String TOOL = "usr/sbin/update-ca-certificates";
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
        Files.copy(HOST.resolve(TOOL), root.resolve(TOOL));
        Files.copy(HOST.resolve(LIST), root.resolve(LIST));
    }

    private static void copyShipped(Path root) throws IOException {
        Path shipped = HOST.resolve(SHIPPED);
        try (var files = Files.walk(shipped)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = root.resolve(SHIPPED).resolve(shipped.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }
}
