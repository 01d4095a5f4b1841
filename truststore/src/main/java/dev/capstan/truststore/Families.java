package dev.capstan.truststore;

import dev.capstan.truststore.Family.Kind;
import dev.capstan.truststore.Family.Output;
import dev.capstan.truststore.LinkedLayout.Order;
import dev.capstan.truststore.LinkedLayout.Search;
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
            Order.BY_FILE,
            "/usr/share/ca-certificates",
            true,
            "",
            ".crt",
            Search.DEEP,
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
            Order.BY_FILE,
            "/usr/share/ca-certificates",
            true,
            "ca-cert-",
            ".crt",
            Search.ALL,
            Optional.empty(),
            "bundle*");

    /** As the script update-ca-certificates of Flatcar (coreos-overlay, app-misc/ca-certificates) writes it. */
    static final LinkedLayout FLATCAR = new LinkedLayout(
            new Family(
                    "Flatcar",
                    false,
                    "update-ca-certificates",
                    "/etc/ssl/certs",
                    List.of(
                            new Output("/etc/ssl/certs/ca-certificates.crt", Kind.BUNDLE, "curl, Go"),
                            new Output("/etc/ssl/certs", Kind.LINKS, "OpenSSL by default, Go")),
                    Optional.empty()),
            "/etc/ssl/certs",
            "/etc/ssl/certs/ca-certificates.crt",
            Order.BY_HASH,
            "/usr/share/ca-certificates",
            false,
            "",
            ".pem",
            Search.SUFFIX,
            Optional.empty(),
            "ca-certificates.crt.*");

    /** A root without a tool of its own, such as a small image: OpenSSL's default places. */
    static LinkedLayout plain(String bundle) {
        return new LinkedLayout(
                new Family(
                        "plain OpenSSL directory",
                        false,
                        "openssl rehash",
                        "/etc/ssl/certs",
                        List.of(
                                new Output(bundle, Kind.BUNDLE, "OpenSSL's -CAfile, curl, Go, where the file is there"),
                                new Output("/etc/ssl/certs", Kind.LINKS, "OpenSSL by default, Go")),
                        Optional.empty()),
                "/etc/ssl/certs",
                bundle,
                Order.AS_IT_IS,
                "/usr/share/ca-certificates",
                true,
                "",
                ".pem",
                Search.SUFFIX,
                Optional.empty(),
                "ca-certificates.crt.new");
    }

    private static final String DEBIAN_TOOL = "/usr/sbin/update-ca-certificates";
    private static final List<String> BUNDLES = List.of("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem");

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
        Optional<String> instead = Elsewhere.instead(root);
        if (instead.isPresent()) {
            throw new UnsupportedRootException("The root " + root.path() + " is of " + instead.get());
        }
        if (root.exists("/etc/alpine-release")) {
            return ALPINE;
        }
        if (root.exists("/usr/share/flatcar") || root.exists("/usr/share/coreos/release")) {
            return FLATCAR;
        }
        if (root.exists("/etc/ca-certificates/extracted/tls-ca-bundle.pem")) {
            return ExtractedFamilies.ARCH;
        }
        if (root.exists("/var/lib/ca-certificates/ca-bundle.pem")) {
            return ExtractedFamilies.SUSE;
        }
        if (root.exists("/etc/pki/ca-trust/extracted")) {
            boolean beside = !root.exists("/etc/pki/ca-trust/source") && root.exists("/usr/share/pki/ca-trust-source");
            return beside ? ExtractedFamilies.MARINER : ExtractedFamilies.RED_HAT;
        }
        if (root.exists(DEBIAN_TOOL) && (root.exists("/etc/debian_version") || root.exists("/usr/local/share"))) {
            return DEBIAN;
        }
        if (root.isFolder("/etc/ssl/certs")) {
            for (String bundle : BUNDLES) {
                if (root.exists(bundle)) {
                    return plain(bundle);
                }
            }
            if (!new LinkFolder(root, "/etc/ssl/certs").hashLinks.isEmpty()) {
                return plain(BUNDLES.getFirst());
            }
        }
        throw new UnsupportedRootException("The root " + root.path()
                + " has no trust store that Capstan knows: no tool of a distribution (" + DEBIAN_TOOL
                + ", update-ca-trust), and in /etc/ssl/certs neither a bundle nor hash links. Install the"
                + " distribution's package ca-certificates.");
    }
}
