package dev.capstan.cli.certificatefile;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.Limits;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.Severity;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A file of CA certificates, as the reader of certificates takes files: what can be understood with certainty is understood,
 * and told; what is no CA certificate is refused before anything is done, everything that is wrong at once.
 *
 * <p>As the list of a cluster, {@code --custom-ca-trust-certificates} (az: aks_update), it holds up to 10, each sent as an
 * entry of its own in one canonical form; the option may give certificates themselves in a file's place. For the trust store of a machine it holds any number.
 */
public final class CertificateFile {

    private static final String AKS =
            "failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64 decoding";

    /** What makes Go's encoding/pem find no certificate, and AKS answer with the sentence above. */
    private static final Set<FindingCode> UNDECODABLE =
            EnumSet.of(FindingCode.NO_CERTIFICATE, FindingCode.MALFORMED_PEM, FindingCode.OTHER_BLOCK);

    private static final Set<FindingCode> BASE64 = EnumSet.of(FindingCode.ENCODED_TWICE, FindingCode.BARE_BASE64);

    private CertificateFile() {}

    /**
     * The entries that the option's value makes, each the base64 of one certificate's PEM; none if it is an empty file. What was
     * understood though AKS would not have is said.
     */
    public static List<String> entries(Session session, String path) {
        return entries(list(session, path));
    }

    /** The entries of a list that was read. */
    public static List<String> entries(Reading list) {
        return list.certificates().stream()
                .map(found -> found.certificate().pem())
                .map(pem -> Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)))
                .toList();
    }

    /** What {@link #entries} is made of, with all that was said of it; a {@link Problem} if it can be no cluster's list. */
    public static Reading list(Session session, String path) {
        if (path.isEmpty()) {
            throw Problem.failed(
                    "custom_ca_trust_certificates cannot be an empty string. Please provide a valid file path.",
                    "An empty file clears the list: --custom-ca-trust-certificates /dev/null");
        }
        var given = GivenText.of(path);
        var name = given.isPresent() ? "--custom-ca-trust-certificates" : path;
        var bytes = given.orElseGet(() -> bytes(path));
        if (isBlank(bytes)) {
            return new Reading(List.of(), List.of());
        }
        var reading = given.isPresent() ? asAskedFor(read(name, bytes)) : read(name, bytes);
        refuseErrors(name, reading.findings());
        var unique = reading.certificates().size();
        if (unique > Limits.MOST_IN_LIST) {
            throw Problem.failed(
                    "Only up to " + Limits.MOST_IN_LIST + " new-line separated CAs can be passed, got " + unique
                            + " instead.",
                    "AKS takes 10 certificates for a cluster. The Secret kube-system/custom-ca-trust-secret takes more.");
        }
        var findings = new ArrayList<>(reading.findings());
        findings.addAll(Limits.ofList(reading.set(), Place.of(path)));
        var list = new Reading(reading.certificates(), findings);
        say(session, list);
        return list;
    }

    /**
     * The set that the file makes for the trust store of a machine; the empty one if the file is empty, which is said. A
     * {@link Problem} with exit code 2 if the file cannot be used.
     */
    public static CertificateSet set(Session session, String path) {
        var bytes = InputFile.bytes(path);
        if (isBlank(bytes)) {
            session.messages().warning(path + " is empty: no certificate of Capstan's is asked for.");
            return CertificateSet.empty();
        }
        var reading = read(path, bytes);
        InputFile.refuse(
                path,
                reading.findings().stream()
                        .filter(finding -> finding.severity() == Severity.ERROR)
                        .map(CertificateFile::words)
                        .toList());
        say(session, reading);
        return reading.set();
    }

    /** Without what would be odd in a file and is what was asked for on the command line: that it is base64. */
    private static Reading asAskedFor(Reading reading) {
        return new Reading(
                reading.certificates(),
                reading.findings().stream()
                        .filter(finding -> !BASE64.contains(finding.code()))
                        .toList());
    }

    /** Whether a file holds nothing, a byte order mark and white space aside. */
    private static boolean isBlank(byte[] bytes) {
        return InputFile.text(bytes).filter(String::isBlank).isPresent();
    }

    /** What was understood though it is not as it should be, and what else is worth saying. */
    private static void say(Session session, Reading reading) {
        for (var finding : reading.findings()) {
            session.messages().warning(finding.place() + ": " + finding.message() + " " + finding.fix());
        }
    }

    /** A finding in two lines: where and what, and what to do. */
    static String words(Finding finding) {
        return String.format(
                "%s: %s [%s]%n    %s",
                finding.place(), finding.message(), finding.code().word(), finding.fix());
    }

    private static Reading read(String path, byte[] bytes) {
        var reading = new CertificateReader(InstantSource.system()).readPem(bytes, Place.of(path));
        var byLine = reading.findings().stream()
                .sorted(Comparator.comparingInt(finding -> finding.place().line()))
                .toList();
        return new Reading(reading.certificates(), byLine);
    }

    private static void refuseErrors(String path, List<Finding> findings) {
        var errors = findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
        if (errors.isEmpty()) {
            return;
        }
        var text = new StringBuilder();
        if (errors.stream().anyMatch(error -> error.code() == FindingCode.NOT_TEXT)) {
            text.append("Failed to decode file ").append(path).append(" - unknown decoding");
        } else if (errors.stream().anyMatch(error -> UNDECODABLE.contains(error.code()))) {
            text.append(AKS);
        } else {
            text.append("What is not a CA certificate cannot be added to the trust stores of nodes");
        }
        errors.forEach(error -> text.append(String.format("%n  %s", words(error))));
        throw Problem.failed(text.toString(), "Nothing was sent.");
    }

    private static byte[] bytes(String path) {
        try {
            var file = Path.of(path);
            if (Files.size(file) > CertificateReader.LARGEST_ENTRY) {
                throw Problem.failed(
                        path + " has " + Files.size(file) + " bytes; a file of 10 certificates has about 20,000.",
                        "Name a file with the CA certificates alone.");
            }
            return Files.readAllBytes(file);
        } catch (IOException | InvalidPathException e) {
            throw Problem.failed(
                    GivenText.shown(path) + " is not valid file, or not accessible.",
                    "Name a text file of up to 10 CA certificates, with blank lines between them.",
                    e);
        }
    }
}
