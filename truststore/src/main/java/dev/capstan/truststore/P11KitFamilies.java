package dev.capstan.truststore;

import dev.capstan.truststore.Family.Kind;
import dev.capstan.truststore.Family.Output;
import dev.capstan.truststore.P11KitLayout.FileOutput;
import dev.capstan.truststore.P11KitLayout.FolderOutput;
import dev.capstan.truststore.P11KitLayout.Mirror;
import dev.capstan.truststore.format.HashFolder;
import dev.capstan.truststore.format.JavaKeystore;
import dev.capstan.truststore.format.P11KitBundle;
import dev.capstan.truststore.format.Purpose;
import dev.capstan.truststore.format.SignatureLists;
import dev.capstan.truststore.format.TrustedBundle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The families whose tool lets p11-kit write the outputs, from their own packages; docs/decisions/0012 has the sources.
 * The formats were compared with p11-kit's own output; the tools around it were not run.
 */
final class P11KitFamilies {

    private static final String RHEL = "/etc/pki/ca-trust/extracted";
    private static final String SUSE = "/var/lib/ca-certificates";
    private static final String ARCH = "/etc/ca-certificates/extracted";

    private P11KitFamilies() {}

    /** The layout of this root, if it is one of these. */
    static Optional<P11KitLayout> of(Root root) throws IOException {
        if (root.isFolder(RHEL)) {
            return Optional.of(rhel(blocklist(root, "/etc/pki/ca-trust/source")));
        }
        if (root.isFolder(SUSE + "/pem")) {
            return Optional.of(suse(blocklist(root, "/etc/pki/trust")));
        }
        return root.isFolder(ARCH)
                ? Optional.of(arch(blocklist(root, "/etc/ca-certificates/trust-source")))
                : Optional.empty();
    }

    /** p11-kit before 0.24 looks into {@code blacklist}. */
    private static String blocklist(Root root, String source) throws IOException {
        return root.isFolder(source + "/blacklist") && !root.isFolder(source + "/blocklist")
                ? "blacklist"
                : "blocklist";
    }

    private static P11KitLayout rhel(String blocklist) {
        FileOutput bundle = bundle(RHEL + "/pem/tls-ca-bundle.pem", Purpose.SERVER_AUTHENTICATION);
        return new P11KitLayout(
                new Family(
                        "RHEL, Fedora, Amazon Linux, Azure Linux, Mariner",
                        false,
                        "update-ca-trust",
                        "/etc/pki/ca-trust/source/anchors",
                        List.of(
                                new Output(bundle.path(), Kind.BUNDLE, "Go, curl, Python, OpenSSL by default"),
                                new Output(RHEL + "/pem/email-ca-bundle.pem", Kind.BUNDLE, "mail programs"),
                                new Output(RHEL + "/pem/objsign-ca-bundle.pem", Kind.BUNDLE, "checks of signed code"),
                                new Output(
                                        RHEL + "/openssl/ca-bundle.trust.crt",
                                        Kind.OPENSSL_TRUST,
                                        "OpenSSL where told to"),
                                new Output(RHEL + "/java/cacerts", Kind.JAVA, "Java"),
                                new Output(RHEL + "/edk2/cacerts.bin", Kind.EDK2, "firmware of virtual machines"),
                                new Output(
                                        RHEL + "/pem/directory-hash",
                                        Kind.LINKS,
                                        "OpenSSL's -CApath, where the folder is there")),
                        Optional.empty()),
                List.of("/etc/pki/ca-trust/source", "/usr/share/pki/ca-trust-source"),
                blocklist,
                bundle,
                List.of(
                        bundle,
                        bundle(RHEL + "/pem/email-ca-bundle.pem", Purpose.EMAIL_PROTECTION),
                        bundle(RHEL + "/pem/objsign-ca-bundle.pem", Purpose.CODE_SIGNING),
                        new FileOutput(RHEL + "/openssl/ca-bundle.trust.crt", new TrustedBundle()),
                        new FileOutput(RHEL + "/java/cacerts", JavaKeystore.p11Kit()),
                        new FileOutput(RHEL + "/edk2/cacerts.bin", new SignatureLists())),
                List.of(new FolderOutput(RHEL + "/pem/directory-hash", HashFolder.pem(SubjectHash::of))),
                Optional.empty());
    }

    private static P11KitLayout suse(String blocklist) {
        FileOutput bundle =
                new FileOutput(SUSE + "/ca-bundle.pem", new P11KitBundle(Purpose.SERVER_AUTHENTICATION, false));
        return new P11KitLayout(
                new Family(
                        "SUSE, openSUSE",
                        false,
                        "update-ca-certificates",
                        "/etc/pki/trust/anchors",
                        List.of(
                                new Output(bundle.path(), Kind.BUNDLE, "Go, through /etc/ssl/ca-bundle.pem"),
                                new Output(SUSE + "/pem", Kind.LINKS, "Go and old programs, through /etc/ssl/certs"),
                                new Output(SUSE + "/openssl", Kind.LINKS, "OpenSSL by default"),
                                new Output(SUSE + "/java-cacerts", Kind.JAVA, "Java")),
                        Optional.empty()),
                List.of("/etc/pki/trust", "/usr/share/pki/trust"),
                blocklist,
                bundle,
                List.of(bundle, new FileOutput(SUSE + "/java-cacerts", JavaKeystore.p11Kit())),
                List.of(
                        new FolderOutput(SUSE + "/pem", HashFolder.pem(SubjectHash::of)),
                        new FolderOutput(SUSE + "/openssl", HashFolder.trusted(SubjectHash::of))),
                Optional.empty());
    }

    private static P11KitLayout arch(String blocklist) {
        FileOutput bundle = bundle(ARCH + "/tls-ca-bundle.pem", Purpose.SERVER_AUTHENTICATION);
        return new P11KitLayout(
                new Family(
                        "Arch",
                        false,
                        "update-ca-trust",
                        "/etc/ca-certificates/trust-source/anchors",
                        List.of(
                                new Output(
                                        bundle.path(),
                                        Kind.BUNDLE,
                                        "Go, curl, OpenSSL, through /etc/ssl/cert.pem and"
                                                + " /etc/ssl/certs/ca-certificates.crt"),
                                new Output(ARCH + "/email-ca-bundle.pem", Kind.BUNDLE, "mail programs"),
                                new Output(ARCH + "/objsign-ca-bundle.pem", Kind.BUNDLE, "checks of signed code"),
                                new Output(ARCH + "/ca-bundle.trust.crt", Kind.OPENSSL_TRUST, "OpenSSL where told to"),
                                new Output(ARCH + "/java-cacerts.jks", Kind.JAVA, "Java"),
                                new Output(ARCH + "/edk2-cacerts.bin", Kind.EDK2, "firmware of virtual machines"),
                                new Output("/etc/ssl/certs", Kind.LINKS, "OpenSSL by default, Go")),
                        Optional.empty()),
                List.of("/etc/ca-certificates/trust-source", "/usr/share/ca-certificates/trust-source"),
                blocklist,
                bundle,
                List.of(
                        bundle,
                        bundle(ARCH + "/email-ca-bundle.pem", Purpose.EMAIL_PROTECTION),
                        bundle(ARCH + "/objsign-ca-bundle.pem", Purpose.CODE_SIGNING),
                        new FileOutput(ARCH + "/ca-bundle.trust.crt", new TrustedBundle()),
                        new FileOutput(ARCH + "/java-cacerts.jks", JavaKeystore.p11Kit()),
                        new FileOutput(ARCH + "/edk2-cacerts.bin", new SignatureLists())),
                List.of(new FolderOutput(ARCH + "/cadir", HashFolder.pem(SubjectHash::of))),
                Optional.of(new Mirror("/etc/ssl/certs", ARCH + "/cadir", "../../ca-certificates/extracted/cadir/")));
    }

    private static FileOutput bundle(String path, Purpose purpose) {
        return new FileOutput(path, new P11KitBundle(purpose, true));
    }
}
