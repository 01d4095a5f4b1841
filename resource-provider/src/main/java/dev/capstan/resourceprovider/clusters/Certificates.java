package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.Limits;
import dev.capstan.certificates.ListEntry;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.Severity;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Problems;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The list at the door. An entry is refused if its base64 does not decode, if it has no certificate that PEM readers find, or
 * if anything in it is no CA certificate, and the whole list with it, so that nothing of it is stored; so is a list of more
 * than {@value Limits#MOST_IN_LIST} different certificates, however they are spread over entries.
 *
 * <p>What passes is stored in one form: each certificate an entry of its own, once, in the order in which they came, as
 * canonical PEM in base64. So a list that was read and is written back stays as it is to the letter, and the Azure CLI, which
 * prints what the base64 holds, prints certificates and nothing else.
 */
final class Certificates {

    static final String TARGET = "securityProfile.customCATrustCertificates";

    /** What AKS says of a list that it refuses, and people search for. */
    private static final String AKS_WORDS =
            "failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64 decoding.";

    private static final String INVALID = "The value of parameter " + TARGET + " is invalid: ";

    /** Said of a list at the most, so that ten thousand bad entries do not make a long answer. */
    private static final int SAID_AT_MOST = 50;

    /** Who says a warning of a list; clients that have looked at their list themselves leave those out. */
    private static final String AGENT = "certificates";

    private final CertificateReader reader;

    Certificates(InstantSource clock) {
        this.reader = new CertificateReader(clock);
    }

    /** The entries to be stored; what is wrong with those that are given is added to the problems. */
    List<String> read(JsonNode given, Problems problems) {
        if (!given.isArray()) {
            problems.invalid(TARGET, INVALID + "it is a list of texts.");
            return List.of();
        }
        List<String> entries = new ArrayList<>();
        for (JsonNode entry : given) {
            if (!entry.isTextual()) {
                problems.invalid(TARGET, INVALID + "entry " + entries.size() + " (counted from 0) is no text.");
                return List.of();
            }
            entries.add(entry.asText());
        }
        Reading reading = reader.readList(entries, TARGET);
        refuse(reading.findings().stream().filter(Certificates::isError).toList(), problems);
        limits(reading)
                .filter(finding -> finding.code() == FindingCode.OVER_LIMIT)
                .forEach(many -> problems.invalid(TARGET, INVALID + many.message() + " " + many.fix()));
        return reading.certificates().stream()
                .map(found -> ListEntry.encode(found.certificate().pem()))
                .toList();
    }

    /** The answer with what is to be said of the list that a body gave and that was taken. */
    ArmAnswer warned(ArmAnswer answer, JsonNode given) {
        List<String> entries = new ArrayList<>();
        given.forEach(entry -> entries.add(entry.asText()));
        Reading reading = reader.readList(entries, TARGET);
        List<String> texts = Stream.concat(reading.findings().stream(), limits(reading))
                .filter(finding -> finding.severity() == Severity.WARNING)
                .map(Certificates::words)
                .toList();
        return Warnings.on(answer, AGENT, texts);
    }

    private static Stream<Finding> limits(Reading reading) {
        return Limits.ofList(reading.set(), Place.of(TARGET)).stream();
    }

    private static boolean isError(Finding finding) {
        return finding.severity() == Severity.ERROR;
    }

    private static void refuse(List<Finding> errors, Problems problems) {
        if (errors.isEmpty()) {
            return;
        }
        StringBuilder message = new StringBuilder(AKS_WORDS);
        List<Problem> details = new ArrayList<>();
        for (Finding error : errors.subList(0, Math.min(errors.size(), SAID_AT_MOST))) {
            message.append('\n').append(words(error));
            details.add(new Problem(
                    error.code().word(),
                    words(error),
                    TARGET + "[" + error.place().entry() + "]"));
        }
        if (errors.size() > SAID_AT_MOST) {
            // No number: the reader itself lists no more than so many of an input.
            message.append("\nThere are more, which are not listed.");
        }
        // One is said in the message already.
        problems.add(Problem.invalidParameter(TARGET, message.toString()), details.size() > 1 ? details : List.of());
    }

    private static String words(Finding finding) {
        Place place = finding.place();
        String where = place.entry().isEmpty() ? "" : "entry " + place.entry() + " (counted from 0)";
        return where + (place.line() == 0 ? "" : ", line " + place.line()) + (where.isEmpty() ? "" : ": ")
                + finding.message() + " " + finding.fix();
    }
}
