package dev.capstan.certificates;

/** The kinds of findings. A code, once released, keeps its word and its meaning. */
public enum FindingCode {
    /** The entry has no {@code -----BEGIN CERTIFICATE-----} block (RFC 7468). */
    NO_CERTIFICATE("no-certificate", Severity.ERROR),
    /** The entry is not text: DER, UTF-16 or other binary data. */
    NOT_TEXT("not-text", Severity.ERROR),
    /** The entry is base64 once more than it should be. */
    ENCODED_TWICE("encoded-twice", Severity.ERROR),
    /** The entry of a list is not base64. */
    NOT_BASE64("not-base64", Severity.ERROR),
    /** The entry is larger than is read. */
    TOO_LARGE("too-large", Severity.ERROR),
    /** A block is cut, nested, or its base64 does not decode. */
    MALFORMED_PEM("malformed-pem", Severity.ERROR),
    /** A block is well-formed PEM of another kind than a certificate. */
    OTHER_BLOCK("other-block", Severity.ERROR),
    /** A block decodes, but is not an X.509 certificate (RFC 5280). */
    NOT_X509("not-x509", Severity.ERROR),
    /** The certificate is not a CA by BasicConstraints or keyUsage (RFC 5280, 4.2.1.3 and 4.2.1.9). */
    NOT_A_CA("not-a-ca", Severity.ERROR),
    /** The entry holds a private key. The whole entry is left out and copied nowhere. */
    PRIVATE_KEY("private-key", Severity.ERROR),
    /** notAfter is past. Reported, never acted on. */
    EXPIRED("expired", Severity.WARNING),
    /** notBefore is still to come. */
    NOT_YET_VALID("not-yet-valid", Severity.WARNING),
    /** The same certificate came in before. */
    DUPLICATE("duplicate", Severity.NOTE);

    private final String word;
    private final Severity severity;

    FindingCode(String word, Severity severity) {
        this.word = word;
        this.severity = severity;
    }

    /** The stable word of this code on the wire and in output, such as {@code not-a-ca}. */
    public String word() {
        return word;
    }

    public Severity severity() {
        return severity;
    }
}
