package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.ListEntry;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.Severity;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Problems;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The list at the door. An entry is refused if its base64 does not decode, if it has no certificate that PEM readers
 * find, or if anything in it is no CA certificate; and the whole list with it, so that nothing of it is stored. What
 * passes is kept byte for byte, its base64 in canonical form; only bytes that are no text, which make the Azure CLI fail
 * on every later read, are replaced by the entry's certificates in plain PEM.
 */
final class Certificates {

    static final String TARGET = "securityProfile.customCATrustCertificates";

    /** AKS's limit, on entries and on different certificates in them. */
    static final int MOST = 10;

    /** What AKS says, and people search for. */
    private static final String AKS_WORDS =
            "failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64 decoding";

    private final CertificateReader reader;

    Certificates(InstantSource clock) {
        this.reader = new CertificateReader(clock);
    }

    /** The entries to be stored; what is wrong with them is added to the problems. */
    List<String> read(JsonNode given, Problems problems) {
        List<String> entries = new ArrayList<>();
        if (!given.isArray()) {
            problems.invalid(TARGET, "The value of parameter " + TARGET + " is invalid: it is a list of texts.");
            return entries;
        }
        for (JsonNode entry : given) {
            if (!entry.isTextual()) {
                problems.invalid(
                        TARGET,
                        "The value of parameter " + TARGET + " is invalid: entry " + entries.size()
                                + " (counted from 0) is no text.");
                return entries;
            }
            entries.add(entry.asText());
        }
        if (entries.size() > MOST) {
            problems.invalid(
                    TARGET,
                    "The value of parameter " + TARGET + " is invalid: it has " + entries.size()
                            + " entries, and a cluster takes up to " + MOST + " certificates.");
            return entries;
        }
        Reading reading = reader.readList(entries, TARGET);
        List<Finding> errors = reading.findings().stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
        if (!errors.isEmpty()) {
            refuse(errors, problems);
        } else if (reading.certificates().size() > MOST) {
            problems.invalid(
                    TARGET,
                    "The value of parameter " + TARGET + " is invalid: its entries hold "
                            + reading.certificates().size() + " different certificates, and a cluster takes up to "
                            + MOST + ".");
        }
        return entries.stream().map(this::canonical).toList();
    }

    private static void refuse(List<Finding> errors, Problems problems) {
        // A certificate that is no CA decodes; of everything else AKS says that it does not.
        boolean decoded = errors.stream().allMatch(error -> error.code() == FindingCode.NOT_A_CA);
        StringBuilder message = new StringBuilder(
                decoded ? "The value of parameter " + TARGET + " is invalid. Nothing was changed." : AKS_WORDS + ".");
        List<Problem> details = new ArrayList<>();
        for (Finding error : errors) {
            String where = "entry " + error.place().entry() + " (counted from 0)"
                    + (error.place().line() == 0
                            ? ""
                            : ", line " + error.place().line());
            String words = where + ": " + error.message() + " " + error.fix();
            message.append('\n').append(words);
            details.add(new Problem(
                    error.code().word(), words, TARGET + "[" + error.place().entry() + "]"));
        }
        // One is said in the message already.
        problems.add(Problem.invalidParameter(TARGET, message.toString()), details.size() > 1 ? details : List.of());
    }

    private String canonical(String entry) {
        Optional<byte[]> bytes = ListEntry.decode(entry);
        if (bytes.isEmpty()) {
            return entry;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.get()));
            return ListEntry.encode(bytes.get());
        } catch (CharacterCodingException noText) {
            CertificateSet set = reader.readPem(bytes.get(), Place.of(TARGET)).set();
            return ListEntry.encode(set.pem());
        }
    }
}
