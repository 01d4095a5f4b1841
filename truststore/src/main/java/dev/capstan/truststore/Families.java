package dev.capstan.truststore;

import dev.capstan.truststore.Family.Kind;
import dev.capstan.truststore.Family.Output;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The families whose trust store Capstan writes, and how a root shows which it is of: by its own files, never by the
 * machine that looks.
 */
final class Families {

    /** As update-ca-certificates(8) of Debian 12 and ca-certificates-java write it. */
    static final LinkedLayout DEBIAN = new LinkedLayout(
            new Family(
                    "Debian, Ubuntu",
                    true,
                    "update-ca-certificates",
                    "/usr/local/share/ca-certificates",
                    List.of(
                            new Output(
                                    "/etc/ssl/certs/ca-certificates.crt",
                                    Kind.BUNDLE,
                                    "curl, GnuTLS, Go, OpenSSL's -CAfile"),
                            new Output("/etc/ssl/certs", Kind.LINKS, "OpenSSL and Python by default, Go"),
                            new Output("/etc/ssl/certs/java/cacerts", Kind.JAVA, "Java, where the file is there")),
                    Optional.of("/etc/ca-certificates/update.d")),
            "/etc/ssl/certs",
            "/etc/ssl/certs/ca-certificates.crt",
            "/usr/share/ca-certificates",
            "",
            true,
            Optional.of("/etc/ssl/certs/java/cacerts"),
            "ca-certificates.crt.new");

    /** As update-ca.c and the hook certhash of Alpine's ca-certificates write it. */
    static final LinkedLayout ALPINE = new LinkedLayout(
            new Family(
                    "Alpine",
                    false,
                    "update-ca-certificates",
                    "/usr/local/share/ca-certificates",
                    List.of(
                            new Output(
                                    "/etc/ssl/certs/ca-certificates.crt",
                                    Kind.BUNDLE,
                                    "Go, LibreSSL and OpenSSL through /etc/ssl/cert.pem, curl"),
                            new Output("/etc/ssl/certs", Kind.LINKS, "OpenSSL and Python by default, Go")),
                    Optional.of("/etc/ca-certificates/update.d")),
            "/etc/ssl/certs",
            "/etc/ssl/certs/ca-certificates.crt",
            "/usr/share/ca-certificates",
            "ca-cert-",
            false,
            Optional.empty(),
            "bundle*");

    private static final String DEBIAN_TOOL = "/usr/sbin/update-ca-certificates";

    private Families() {}

    /**
     * The layout of this root.
     *
     * @throws UnsupportedRootException if its store is not one that Capstan writes; the message says what to do instead
     */
    static Layout of(Root root) throws TrustStoreException {
        try {
            return found(root);
        } catch (IOException unreadable) {
            throw new TrustStoreException(
                    "Cannot look for a trust store in " + root.path() + ": " + Reasons.of(unreadable) + ".",
                    unreadable);
        }
    }

    private static Layout found(Root root) throws IOException, UnsupportedRootException {
        if (root.exists("/etc/alpine-release")) {
            return ALPINE;
        }
        if (root.exists(DEBIAN_TOOL)
                && (root.exists("/etc/debian_version") || root.exists("/usr/local/share"))
                && !root.exists("/etc/pki/ca-trust")
                && !root.exists("/var/lib/ca-certificates/pem")) {
            return DEBIAN;
        }
        throw new UnsupportedRootException("The root " + root.path()
                + " has no trust store that Capstan knows: neither " + DEBIAN_TOOL
                + " nor /etc/alpine-release. On Debian and Ubuntu install the package ca-certificates.");
    }
}
