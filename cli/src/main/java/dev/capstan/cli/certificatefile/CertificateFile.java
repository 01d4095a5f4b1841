package dev.capstan.cli.certificatefile;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.Severity;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A file of CA certificates in PEM, with blank lines between them. What can be understood with certainty is understood, and
 * told. What is no CA certificate is refused before anything is done, everything that is wrong at once.
 *
 * <p>As the list of a cluster, {@code --custom-ca-trust-certificates} (az: aks_update), it holds up to 10, each sent as an
 * entry of its own in one canonical form. For the trust store of a machine it holds any number.
 */
public final class CertificateFile {

    /** AKS: at most so many entries. */
    private static final int MOST = 10;

    private static final String AKS =
            "failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64 decoding";

    /** What makes Go's encoding/pem find no certificate, and AKS answer with the sentence above. */
    private static final Set<FindingCode> UNDECODABLE = EnumSet.of(
            FindingCode.NO_CERTIFICATE,
            FindingCode.NOT_TEXT,
            FindingCode.ENCODED_TWICE,
            FindingCode.MALFORMED_PEM,
            FindingCode.OTHER_BLOCK);

    static final String NOT_TEXT = "It is binary, not PEM text. If it is a certificate in DER form, convert it:"
            + " openssl x509 -inform DER -in ";

    private CertificateFile() {}

    /**
     * The entries that the file makes, each the base64 of one certificate's PEM; none if the file is empty. What was
     * understood though AKS would not have is said.
     */
    public static List<String> entries(Session session, String path) {
        if (path.isEmpty()) {
            throw Problem.failed(
                    "custom_ca_trust_certificates cannot be an empty string. Please provide a valid file path.",
                    "An empty file clears the list: --custom-ca-trust-certificates /dev/null");
        }
        var text = FileText.of(bytes(path))
                .orElseThrow(
                        () -> Problem.failed("Failed to decode file " + path + " - unknown decoding", NOT_TEXT + path));
        if (text.isBlank()) {
            return List.of();
        }
        var reading = read(path, text);
        refuseErrors(reading.findings());
        var unique = reading.certificates().size();
        if (unique > MOST) {
            throw Problem.failed(
                    "Only up to 10 new-line separated CAs can be passed, got " + Math.max(unique, text.pieces())
                            + " instead.",
                    "AKS takes 10 certificates for a cluster. The Secret kube-system/custom-ca-trust-secret takes more.");
        }
        say(session, path, text, reading);
        return reading.certificates().stream()
                .map(found -> found.certificate().pem())
                .map(pem -> Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)))
                .toList();
    }

    /**
     * The set that the file makes for the trust store of a machine; the empty one if the file is empty, which is said. A
     * {@link Problem} with exit code 2 if the file cannot be used.
     */
    public static CertificateSet set(Session session, String path) {
        var text = InputFile.text(path);
        if (text.isBlank()) {
            session.messages().warning(path + " is empty: no certificate of Capstan's is asked for.");
            return CertificateSet.empty();
        }
        var reading = read(path, text);
        InputFile.refuse(
                path,
                reading.findings().stream()
                        .filter(finding -> finding.severity() == Severity.ERROR)
                        .map(CertificateFile::words)
                        .toList());
        say(session, path, text, reading);
        return reading.set();
    }

    /** What was understood though it is not as it should be, and what else is worth saying. */
    private static void say(Session session, String path, FileText text, Reading reading) {
        text.repairs()
                .forEach(repair -> session.messages().warning(path + " has " + repair + ": understood, and mended."));
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

    private static Reading read(String path, FileText text) {
        var reader = new CertificateReader(InstantSource.system());
        var place = Place.of(path);
        var strangers = text.strangers();
        var findings = new ArrayList<Finding>();
        for (var stranger : strangers) {
            var bytes = stranger.text().getBytes(StandardCharsets.UTF_8);
            findings.addAll(reader.readPem(bytes, place.line(stranger.line())).findings());
        }
        var whole = reader.readPem(text.text().getBytes(StandardCharsets.UTF_8), place);
        // A file of strangers alone is told of piece by piece already.
        whole.findings().stream()
                .filter(finding -> strangers.isEmpty() || finding.place().line() > 0)
                .filter(finding -> findings.stream().noneMatch(finding::equals))
                .forEach(findings::add);
        findings.sort(Comparator.comparingInt(finding -> finding.place().line()));
        return new Reading(whole.certificates(), findings);
    }

    private static void refuseErrors(List<Finding> findings) {
        var errors = findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
        if (errors.isEmpty()) {
            return;
        }
        var text = new StringBuilder();
        if (errors.stream().anyMatch(error -> UNDECODABLE.contains(error.code()))) {
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
        } catch (IOException e) {
            throw Problem.failed(
                    path + " is not valid file, or not accessible.",
                    "Name a text file of up to 10 CA certificates, with blank lines between them.",
                    e);
        }
    }
}
