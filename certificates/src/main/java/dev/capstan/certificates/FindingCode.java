package dev.capstan.certificates;

import static dev.capstan.certificates.Severity.ERROR;
import static dev.capstan.certificates.Severity.NOTE;
import static dev.capstan.certificates.Severity.WARNING;

/**
 * The kinds of findings, and the policy: what is an {@code ERROR} is not used (refused in a list and in a file, left out of
 * a Secret), at every door alike. What is wrong with the form alone is a {@code WARNING} where the door mends it, and an
 * error in ARM's list, which AKS does not mend. A code, once released, keeps its word and its meaning; each has a page,
 * {@code docs/findings/WORD.md}.
 */
public enum FindingCode {
    // Nothing in it can be used.
    UNREADABLE("unreadable", ERROR, "The file cannot be read"),
    NO_CERTIFICATE("no-certificate", ERROR, "There is no certificate in it"),
    NOT_TEXT("not-text", ERROR, "It is binary data of a kind that holds no certificate"),
    NOT_BASE64("not-base64", ERROR, "An entry of a list is not base64"),
    TOO_LARGE("too-large", ERROR, "It is larger than is read"),
    MALFORMED_PEM("malformed-pem", ERROR, "A PEM block is broken"),
    OTHER_BLOCK("other-block", ERROR, "A PEM block holds something else than a certificate"),
    NOT_X509("not-x509", ERROR, "A block is not an X.509 certificate"),
    PRIVATE_KEY("private-key", ERROR, "There is a private key in it"),

    // The certificate cannot do what it is here for.
    NOT_A_CA("not-a-ca", ERROR, "The certificate is not that of a CA"),
    UNUSABLE_KEY("unusable-key", ERROR, "No program on a node verifies with this key"),

    // The form is not what every program reads, and is mended.
    ENCODED_TWICE("encoded-twice", WARNING, "PEM text is base64-encoded once more than it should be"),
    BARE_BASE64("bare-base64", WARNING, "The base64 of a certificate has no BEGIN and END lines"),
    DER("der", WARNING, "The certificate is binary (DER)"),
    PKCS7("pkcs7", WARNING, "The certificates are in a PKCS#7 container"),
    OTHER_LABEL("other-label", WARNING, "The block has another label than CERTIFICATE"),
    UTF_16("utf-16", WARNING, "The text is in UTF-16"),
    BYTE_ORDER_MARK("byte-order-mark", WARNING, "The text has a byte order mark"),
    CR_LINE_ENDS("cr-line-ends", WARNING, "Lines end in a carriage return alone"),
    LINE_BREAKS_LOST("line-breaks-lost", WARNING, "Line breaks of a block are missing"),
    INDENTED("indented", WARNING, "The block is indented"),
    UNPADDED("unpadded", WARNING, "The base64 of a block lacks its padding"),
    PEM_HEADERS("pem-headers", WARNING, "The block has header lines"),
    BLANK_LINE_IN_BLOCK("blank-line-in-block", WARNING, "There is a blank line inside a block"),

    // The form is what AKS's own client minds, said of files only.
    CRLF("crlf", NOTE, "Lines end in CRLF"),
    TRAILING_SPACE("trailing-space", NOTE, "Lines end in white space"),
    SPACE_ON_BLANK_LINE("space-on-blank-line", NOTE, "Blank lines hold white space"),
    NO_BLANK_LINE("no-blank-line", NOTE, "No blank line stands between two certificates"),
    NO_FINAL_LINE_END("no-final-line-end", NOTE, "The last line has no line end"),
    TEXT_AROUND("text-around", NOTE, "Text stands around a certificate"),

    // The certificate is used, and somebody should look at it.
    EXPIRED("expired", WARNING, "The certificate has expired"),
    NOT_YET_VALID("not-yet-valid", WARNING, "The certificate is not yet valid"),
    EXPIRES_SOON("expires-soon", WARNING, "The certificate expires soon"),
    WEAK_KEY("weak-key", WARNING, "The key is weak"),
    UNSUPPORTED_KEY("unsupported-key", WARNING, "Not all programs on a node verify with this kind of key"),
    WEAK_SIGNATURE("weak-signature", WARNING, "The signature is weak"),
    SERIAL_NUMBER("serial-number", WARNING, "The serial number is not one that all programs read"),
    VERSION_1("version-1", WARNING, "The certificate is of X.509 version 1 or 2"),
    UNKNOWN_CRITICAL_EXTENSION(
            "unknown-critical-extension", WARNING, "A critical extension is one that verifiers do not know"),
    WITHOUT_ISSUER("without-issuer", WARNING, "An intermediate comes without the root that issued it"),

    // Good to know.
    DUPLICATE("duplicate", NOTE, "The same certificate is there twice"),
    RENEWAL("renewal", NOTE, "Two certificates are of one CA"),
    CROSS_SIGNED("cross-signed", NOTE, "One CA is certified by two"),
    NAME_CONSTRAINTS("name-constraints", NOTE, "The CA is limited to certain names"),
    ALREADY_TRUSTED("already-trusted", NOTE, "The system's own trust store has the certificate"),
    SIMILAR_KEYS("similar-keys", NOTE, "Two keys have names that AKS's own nodes take for one"),

    // About the whole input.
    OVER_LIMIT("over-limit", WARNING, "There are more certificates than a cluster's list takes"),
    OVER_SIZE("over-size", WARNING, "The certificates are larger than what carries them"),
    KEY_COLLISION("key-collision", WARNING, "Two values have one key");

    private final String word;
    private final Severity severity;
    private final String title;

    FindingCode(String word, Severity severity, String title) {
        this.word = word;
        this.severity = severity;
        this.title = title;
    }

    /** The stable word of this code on the wire and in output, such as {@code not-a-ca}. */
    public String word() {
        return word;
    }

    /** What it means at every door, and for the form at those that mend. */
    public Severity severity() {
        return severity;
    }

    /** What it says, in a few words. */
    public String title() {
        return title;
    }

    /** The page of the documentation that explains it, in the repository. */
    public String page() {
        return "docs/findings/" + word + ".md";
    }
}
