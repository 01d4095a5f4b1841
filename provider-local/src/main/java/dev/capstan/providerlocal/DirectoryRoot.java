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

    private DirectoryRoot() {}

    /** Makes the root; it must not be there yet. */
    static void make(Path root) throws IOException, InterruptedException {
        for (String folder : List.of(
                "etc/ssl/certs", "usr/local/share/ca-certificates", "usr/sbin", SHIPPED, "var/lib/capstan", "tmp")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.writeString(root.resolve("etc/debian_version"), "a directory machine of Capstan\n");
        copy("/" + SHIPPED + "/.", root.resolve(SHIPPED));
        copy("/usr/sbin/update-ca-certificates", root.resolve("usr/sbin"));
        copy("/etc/ca-certificates.conf", root.resolve("etc"));
    }

    /** By cp(1), since Java cannot name every file of the host where the locale is not UTF-8. */
    private static void copy(String from, Path into) throws IOException, InterruptedException {
        Programs.run("cp", "-rL", "--", from, into.toString());
    }
}
