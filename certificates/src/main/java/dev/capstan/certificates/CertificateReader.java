package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads CA certificates from what people hand over, and says of everything it does not take where it stands, what is the
 * matter and how to mend it.
 *
 * <p>What can be used is used: a block that is cut, is no certificate or is no CA is left out, and all others of its
 * entry stay. One thing spoils its whole entry: a private key. Nothing of such an entry is kept, shown or counted, and
 * the only finding on it names the line.
 *
 * <p>Any bytes may come. Time and memory grow with their number only; entries beyond {@value #LARGEST_ENTRY} bytes are
 * not read at all, and of each entry at most {@value #MOST_FINDINGS} findings of each severity are listed one by one. No
 * method throws on account of its input.
 */
public final class CertificateReader {

    /** The largest entry that is read: three times what a Secret can hold. */
    public static final int LARGEST_ENTRY = 3 * 1024 * 1024;

    static final int MOST_FINDINGS = 100;

    private static final Map<String, String> OTHER_KINDS = Map.of(
            "TRUSTED CERTIFICATE",
                    "a certificate with OpenSSL's own trust settings, which other programs do not read;"
                            + " plain PEM is made with: openssl x509 -in FILE",
            "X509 CERTIFICATE", "a certificate under an old label; plain PEM is made with: openssl x509 -in FILE",
            "CERTIFICATE REQUEST", "a request for a certificate, not the certificate",
            "NEW CERTIFICATE REQUEST", "a request for a certificate, not the certificate",
            "PKCS7", "a PKCS#7 container; plain PEM is made with: openssl pkcs7 -print_certs -in FILE",
            "CMS", "a PKCS#7 container; plain PEM is made with: openssl pkcs7 -print_certs -in FILE",
            "X509 CRL", "a list of revoked certificates",
            "PUBLIC KEY", "a public key alone",
            "DH PARAMETERS", "Diffie-Hellman parameters",
            "EC PARAMETERS", "the name of an elliptic curve");

    private final InstantSource clock;

    /** A reader that judges validity dates by this clock. */
    public CertificateReader(InstantSource clock) {
        this.clock = clock;
    }

    /** Reads one PEM text, which is one entry; the findings' places are lines of the given place. */
    public Reading readPem(byte[] bytes, Place place) {
        Run run = new Run();
        run.entry(bytes, place);
        return run.reading();
    }

    /**
     * Reads the decoded data of a Secret. Every key is an entry of its own, whatever its name; keys are read in the order
     * of their names.
     */
    public Reading readSecret(Map<String, byte[]> data, String source) {
        Run run = new Run();
        new TreeMap<>(data)
                .forEach((key, bytes) -> run.entry(bytes, Place.of(source).entry(key)));
        return run.reading();
    }

    /**
     * Reads a list as ARM has it: every entry is the base64 of PEM text. Places are the entries' indices, from 0.
     *
     * @param entries base64, padded; line breaks in it count for nothing
     */
    public Reading readList(List<String> entries, String source) {
        Run run = new Run();
        for (int i = 0; i < entries.size(); i++) {
            Place place = Place.of(source).entry(String.valueOf(i));
            Optional<byte[]> bytes = ListEntry.decode(entries.get(i));
            if (bytes.isPresent()) {
                run.entry(bytes.get(), place);
            } else {
                run.findings.add(ListEntry.undecodable(entries.get(i), place));
            }
        }
        return run.reading();
    }

    /** One reading in the making. */
    private final class Run {

        private final Instant now = clock.instant();
        private final List<Reading.Sourced> certificates = new ArrayList<>();
        private final Map<Identity, Place> seen = new HashMap<>();
        private final List<Finding> findings = new ArrayList<>();

        Reading reading() {
            return new Reading(certificates, findings);
        }

        void entry(byte[] bytes, Place place) {
            if (bytes.length > LARGEST_ENTRY) {
                findings.add(new Finding(
                        FindingCode.TOO_LARGE,
                        place,
                        "the entry has " + bytes.length + " bytes; more than " + LARGEST_ENTRY + " are not read.",
                        "Put in CA certificates only, and spread them over several entries."));
                return;
            }
            String text = new String(bytes, ISO_8859_1);
            int keyLine = PrivateKeys.line(text);
            if (keyLine > 0) {
                findings.add(privateKey(place.line(keyLine)));
                return;
            }
            EntryFindings own = new EntryFindings(place);
            List<Reading.Sourced> found = new ArrayList<>();
            for (PemScanner.Piece piece : PemScanner.scan(text)) {
                Place at = place.line(piece.line());
                switch (piece) {
                    case PemScanner.Broken broken ->
                        own.add(FindingCode.MALFORMED_PEM, at, broken.message(), broken.fix());
                    case PemScanner.Block block
                    when !block.label().equals(PemScanner.CERTIFICATE) ->
                        own.add(
                                FindingCode.OTHER_BLOCK,
                                at,
                                "the block is "
                                        + OTHER_KINDS.getOrDefault(block.label(), "of another kind than a certificate")
                                        + ".",
                                "Put the CA certificate here as a CERTIFICATE block, and nothing else.");
                    case PemScanner.Block block
                    when PrivateKeys.isKey(block.der()) -> {
                        findings.add(privateKey(at));
                        return;
                    }
                    case PemScanner.Block block -> {
                        switch (X509.read(block.der())) {
                            case X509.Refused refused -> own.add(refused.code(), at, refused.message(), refused.fix());
                            case X509.Usable usable -> found.add(new Reading.Sourced(usable.certificate(), at));
                        }
                    }
                }
            }
            if (found.isEmpty() && own.isEmpty()) {
                own.add(withoutBlocks(bytes, text, place));
            }
            found.forEach(sourced -> take(sourced, own));
            findings.addAll(own.list());
        }

        private void take(Reading.Sourced sourced, EntryFindings own) {
            Certificate certificate = sourced.certificate();
            Place first = seen.putIfAbsent(certificate.identity(), sourced.place());
            if (first != null) {
                own.add(
                        FindingCode.DUPLICATE,
                        sourced.place(),
                        "the same certificate, " + certificate.subject() + ", came before (" + first + ").",
                        "Nothing need be done; one of the two can go.");
                return;
            }
            certificates.add(sourced);
            if (certificate.notAfter().isBefore(now)) {
                own.add(
                        FindingCode.EXPIRED,
                        sourced.place(),
                        certificate.subject() + " expired on " + day(certificate.notAfter())
                                + "; it is installed, but what it issued is refused.",
                        "Replace it by the CA's new certificate.");
            } else if (certificate.notBefore().isAfter(now)) {
                own.add(
                        FindingCode.NOT_YET_VALID,
                        sourced.place(),
                        certificate.subject() + " becomes valid on " + day(certificate.notBefore())
                                + "; it is installed, but what it issued is refused until then.",
                        "Wait, or check the clocks of this machine and of the CA.");
            }
        }
    }

    private static String day(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static Finding privateKey(Place place) {
        return new Finding(
                FindingCode.PRIVATE_KEY,
                place,
                "here is a private key. The whole entry is left out, and nothing of it is copied anywhere.",
                "Put the CA certificate alone into the entry. Whoever can read the entry has seen the key: make a new"
                        + " one.");
    }

    /** Why an entry has neither a block nor anything that was meant as one. */
    private static Finding withoutBlocks(byte[] bytes, String text, Place place) {
        if (text.isBlank()) {
            return new Finding(
                    FindingCode.NO_CERTIFICATE,
                    place,
                    bytes.length == 0 ? "the entry is empty." : "the entry has only white space.",
                    "Put a CA certificate in PEM form into it, or remove the entry.");
        }
        if (PrivateKeys.isKey(bytes)) {
            return privateKey(place);
        }
        if (bytes[0] == DerElement.SEQUENCE && bytes.length > 1 && bytes[1] < 0) {
            return new Finding(
                    FindingCode.NOT_TEXT,
                    place,
                    "the entry is binary (DER), not PEM text.",
                    "Convert it with: openssl x509 -inform DER -in FILE");
        }
        if (text.startsWith("\u00ff\u00fe") || text.startsWith("\u00fe\u00ff")) {
            return new Finding(
                    FindingCode.NOT_TEXT,
                    place,
                    "the entry is text in UTF-16, which no TLS program reads.",
                    "Save the file as UTF-8 or ASCII; PowerShell's > writes UTF-16, Out-File -Encoding ascii does not.");
        }
        if (text.indexOf('\0') >= 0) {
            return new Finding(
                    FindingCode.NOT_TEXT,
                    place,
                    "the entry is binary, not PEM text.",
                    "Put a CA certificate in PEM form into it.");
        }
        byte[] decoded = decodedOnceMore(text);
        if (decoded.length > 0
                && (PrivateKeys.isKey(decoded) || PrivateKeys.line(new String(decoded, ISO_8859_1)) > 0)) {
            return privateKey(place);
        }
        if (new String(decoded, ISO_8859_1).toUpperCase(Locale.ROOT).contains("-----BEGIN ")) {
            return new Finding(
                    FindingCode.ENCODED_TWICE,
                    place,
                    "the entry is base64 of PEM text: it was encoded once more than it should be.",
                    "Encode it once: --custom-ca-trust-certificates takes the PEM file as it is. With kubectl create secret --from-file or with stringData give the PEM text"
                            + " itself; in data give its base64, once.");
        }
        if (decoded.length > 2 && decoded[0] == DerElement.SEQUENCE && decoded[1] < 0) {
            return new Finding(
                    FindingCode.NO_CERTIFICATE,
                    place,
                    "the entry is the base64 of a certificate without its BEGIN and END lines.",
                    "Write -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- after it, each on a"
                            + " line of its own.");
        }
        return new Finding(
                FindingCode.NO_CERTIFICATE,
                place,
                "the entry has no -----BEGIN CERTIFICATE----- line.",
                "Put a CA certificate in PEM form into it, with its BEGIN and END lines.");
    }

    /** What base64, wrapped or not, decodes to; nothing if the text is something else. */
    private static byte[] decodedOnceMore(String text) {
        StringBuilder base64 = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (PemScanner.isBase64(character)) {
                base64.append(character);
            } else if (" \t\r\n".indexOf(character) < 0) {
                return new byte[0];
            }
        }
        try {
            return Base64.getDecoder().decode(base64.toString());
        } catch (IllegalArgumentException notBase64) {
            // Not an error: the text is what it is, and is reported as having no certificate.
            return new byte[0];
        }
    }
}
