package dev.capstan.truststore;

import dev.capstan.truststore.Family.Kind;
import dev.capstan.truststore.Family.Output;
import dev.capstan.truststore.format.JavaKeystore;
import dev.capstan.truststore.format.P11KitBundle;
import dev.capstan.truststore.format.Purpose;
import dev.capstan.truststore.format.SignatureLists;
import dev.capstan.truststore.format.StoreFormat;
import dev.capstan.truststore.format.TrustedBundle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The families whose tool lets p11-kit extract the outputs. */
final class ExtractedFamilies {

    /** As update-ca-trust of Fedora and RHEL extracts; Amazon Linux and Azure Linux have taken it over. */
    static final ExtractedLayout RED_HAT =
            redHat("RHEL, Fedora, Amazon Linux, Azure Linux", "/etc/pki/ca-trust/source");

    /** The same outputs, where anchors have their place beside the distribution's own. */
    static final ExtractedLayout MARINER = redHat("Mariner", "/usr/share/pki/ca-trust-source");

    /** As the hooks of openSUSE's update-ca-certificates extract; /etc/ssl/certs is a link to its hash folder. */
    static final ExtractedLayout SUSE = suse("/var/lib/ca-certificates");

    /** As Arch's update-ca-trust extracts; in /etc/ssl/certs each name of its hash folder links to the file. */
    static final ExtractedLayout ARCH = arch("/etc/ca-certificates/extracted");

    private ExtractedFamilies() {}

    private static ExtractedLayout redHat(String name, String source) {
        String extracted = "/etc/pki/ca-trust/extracted";
        Map<String, StoreFormat> files = new LinkedHashMap<>();
        files.put(extracted + "/pem/tls-ca-bundle.pem", new P11KitBundle(Purpose.SERVER_AUTHENTICATION, true));
        files.put(extracted + "/pem/email-ca-bundle.pem", new P11KitBundle(Purpose.EMAIL_PROTECTION, true));
        files.put(extracted + "/pem/objsign-ca-bundle.pem", new P11KitBundle(Purpose.CODE_SIGNING, true));
        files.put(extracted + "/openssl/ca-bundle.trust.crt", new TrustedBundle());
        files.put(extracted + "/java/cacerts", JavaKeystore.p11Kit());
        files.put(extracted + "/edk2/cacerts.bin", new SignatureLists());
        String folder = extracted + "/pem/directory-hash";
        return new ExtractedLayout(
                new Family(
                        name,
                        false,
                        "update-ca-trust",
                        source + "/anchors",
                        List.of(
                                new Output(
                                        extracted + "/pem/tls-ca-bundle.pem",
                                        Kind.BUNDLE,
                                        "OpenSSL, curl, Python and Go through /etc/pki/tls/certs and /etc/pki/tls/cert.pem"),
                                new Output(extracted + "/pem/email-ca-bundle.pem", Kind.BUNDLE, "mail programs"),
                                new Output(extracted + "/pem/objsign-ca-bundle.pem", Kind.BUNDLE, "code signing"),
                                new Output(
                                        extracted + "/openssl/ca-bundle.trust.crt",
                                        Kind.OPENSSL_TRUST,
                                        "OpenSSL, with what each certificate is for"),
                                new Output(extracted + "/java/cacerts", Kind.JAVA, "Java"),
                                new Output(extracted + "/edk2/cacerts.bin", Kind.EDK2, "firmware of virtual machines"),
                                new Output(folder, Kind.LINKS, "OpenSSL by default, where the folder is there")),
                        Optional.empty()),
                List.of(source + "/blocklist", source + "/blacklist"),
                extracted + "/pem/tls-ca-bundle.pem",
                files,
                Map.of(folder, false),
                Optional.empty(),
                Hook.FOR_RUN_PARTS);
    }

    private static ExtractedLayout suse(String extracted) {
        Map<String, StoreFormat> files = new LinkedHashMap<>();
        files.put(extracted + "/ca-bundle.pem", new P11KitBundle(Purpose.SERVER_AUTHENTICATION, false));
        files.put(extracted + "/java-cacerts", JavaKeystore.p11Kit());
        Map<String, Boolean> folders = new LinkedHashMap<>();
        folders.put(extracted + "/pem", false);
        folders.put(extracted + "/openssl", true);
        return new ExtractedLayout(
                new Family(
                        "SUSE Linux Enterprise, openSUSE",
                        false,
                        "update-ca-certificates",
                        "/etc/pki/trust/anchors",
                        List.of(
                                new Output(
                                        extracted + "/ca-bundle.pem",
                                        Kind.BUNDLE,
                                        "Go, curl, through /etc/ssl/ca-bundle.pem"),
                                new Output(
                                        extracted + "/pem",
                                        Kind.LINKS,
                                        "OpenSSL, GnuTLS and Go through /etc/ssl/certs"),
                                new Output(
                                        extracted + "/openssl",
                                        Kind.LINKS,
                                        "OpenSSL, with what each certificate is for"),
                                new Output(extracted + "/java-cacerts", Kind.JAVA, "Java")),
                        Optional.of("/etc/ca-certificates/update.d")),
                List.of("/etc/pki/trust/blocklist", "/etc/pki/trust/blacklist"),
                extracted + "/ca-bundle.pem",
                files,
                folders,
                Optional.empty(),
                "zz-capstan.run");
    }

    private static ExtractedLayout arch(String extracted) {
        Map<String, StoreFormat> files = new LinkedHashMap<>();
        files.put(extracted + "/tls-ca-bundle.pem", new P11KitBundle(Purpose.SERVER_AUTHENTICATION, true));
        files.put(extracted + "/email-ca-bundle.pem", new P11KitBundle(Purpose.EMAIL_PROTECTION, true));
        files.put(extracted + "/objsign-ca-bundle.pem", new P11KitBundle(Purpose.CODE_SIGNING, true));
        files.put(extracted + "/ca-bundle.trust.crt", new TrustedBundle());
        files.put(extracted + "/edk2-cacerts.bin", new SignatureLists());
        files.put(extracted + "/java-cacerts.jks", JavaKeystore.p11Kit());
        return new ExtractedLayout(
                new Family(
                        "Arch Linux",
                        false,
                        "update-ca-trust",
                        "/etc/ca-certificates/trust-source/anchors",
                        List.of(
                                new Output(
                                        extracted + "/tls-ca-bundle.pem",
                                        Kind.BUNDLE,
                                        "OpenSSL, curl and Go through /etc/ssl/cert.pem and /etc/ssl/certs/ca-certificates.crt"),
                                new Output(extracted + "/email-ca-bundle.pem", Kind.BUNDLE, "mail programs"),
                                new Output(extracted + "/objsign-ca-bundle.pem", Kind.BUNDLE, "code signing"),
                                new Output(
                                        extracted + "/ca-bundle.trust.crt",
                                        Kind.OPENSSL_TRUST,
                                        "OpenSSL, with what each certificate is for"),
                                new Output(extracted + "/edk2-cacerts.bin", Kind.EDK2, "firmware of virtual machines"),
                                new Output(extracted + "/cadir", Kind.LINKS, "OpenSSL and Go through /etc/ssl/certs"),
                                new Output(
                                        extracted + "/java-cacerts.jks",
                                        Kind.JAVA,
                                        "Java through /etc/ssl/certs/java/cacerts")),
                        Optional.empty()),
                List.of("/etc/ca-certificates/trust-source/blocklist", "/etc/ca-certificates/trust-source/blacklist"),
                extracted + "/tls-ca-bundle.pem",
                files,
                Map.of(extracted + "/cadir", false),
                Optional.of("/etc/ssl/certs"),
                Hook.FOR_RUN_PARTS);
    }
}
