package dev.capstan.certificates;

import java.util.Optional;

/**
 * A way in which what is certainly a certificate is not the PEM that every program reads. In the order of their weight: of
 * several on one block the first says why Go does not read it.
 */
enum Mend {
    ENCODED_TWICE(
            FindingCode.ENCODED_TWICE,
            "it is base64 of PEM text: it was encoded once more than it should be",
            "Encode it once: --custom-ca-trust-certificates takes the PEM file as it is. With kubectl create secret"
                    + " --from-file or with stringData give the PEM text itself; in data give its base64, once."),
    BARE_BASE64(
            FindingCode.BARE_BASE64,
            "it is the base64 of a certificate without its BEGIN and END lines",
            "Write -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- after it, each on a line of its"
                    + " own."),
    DER(
            FindingCode.DER,
            "it is a certificate in binary form (DER), not PEM text",
            "Convert it with: openssl x509 -inform DER -in FILE"),
    PKCS7(
            FindingCode.PKCS7,
            "it is a PKCS#7 container of certificates",
            "Convert it with: openssl pkcs7 -print_certs -in FILE (with -inform DER where it is binary)"),
    OTHER_LABEL(
            FindingCode.OTHER_LABEL,
            "its label is one that only OpenSSL reads a certificate under, such as TRUSTED CERTIFICATE",
            "Make plain PEM of it with: openssl x509 -in FILE"),
    UTF_16(
            FindingCode.UTF_16,
            "it is text in UTF-16, which no TLS program reads",
            "Save the file as UTF-8 or ASCII; PowerShell's > writes UTF-16, Out-File -Encoding ascii does not."),
    BYTE_ORDER_MARK(
            FindingCode.BYTE_ORDER_MARK,
            "a byte order mark (three invisible bytes that some editors put at the start of a file) stands before the"
                    + " block",
            "Save the file as UTF-8 without a byte order mark."),
    CR_LINE_ENDS(
            FindingCode.CR_LINE_ENDS,
            "the lines end in a carriage return (CR) alone, so that programs see one long line",
            "Convert the file to line ends LF, for example with: tr '\\r' '\\n'"),
    LINE_BREAKS_LOST(
            FindingCode.LINE_BREAKS_LOST,
            "line breaks of the block are missing, or written as the two characters \\n",
            "Write the BEGIN line, the base64 and the END line each on lines of their own."),
    INDENTED(FindingCode.INDENTED, "the block is indented", "Remove the white space at the start of its lines."),
    UNPADDED(
            FindingCode.UNPADDED,
            "the base64 of the block lacks the = signs at its end",
            "Add = until the number of characters is a multiple of four."),
    TRAILING_SPACE(
            FindingCode.TRAILING_SPACE,
            "there is white space at the end of lines",
            "Remove it; AKS's own client takes a blank line that holds white space for no blank line."),
    PEM_HEADERS(
            FindingCode.PEM_HEADERS,
            "the block has header lines, which not all programs read (RFC 7468)",
            "Remove the header lines between BEGIN and the base64."),
    BLANK_LINE_IN_BLOCK(
            FindingCode.BLANK_LINE_IN_BLOCK,
            "there are blank lines inside a certificate",
            "Remove them: at a blank line AKS's own client cuts the certificate in two."),
    CRLF(
            FindingCode.CRLF,
            "the line ends are CRLF",
            "Nothing need be done; AKS's own client then sees no blank lines."),
    SPACE_ON_BLANK_LINE(
            FindingCode.SPACE_ON_BLANK_LINE,
            "there are blank lines that hold white space",
            "Remove the white space; AKS's own client takes such a line for no blank line, or at the end of the file"
                    + " for a certificate."),
    NO_BLANK_LINE(
            FindingCode.NO_BLANK_LINE,
            "there are several certificates without a blank line between them",
            "Put a blank line between them; AKS's own client counts them as one."),
    NO_FINAL_LINE_END(
            FindingCode.NO_FINAL_LINE_END,
            "there is no line end after the last line",
            "End the file with a line break, so that other files can be appended to it."),
    TEXT_AROUND(
            FindingCode.TEXT_AROUND,
            "there is text around a certificate",
            "Nothing need be done; the text is not sent to nodes.");

    private final FindingCode code;
    private final String what;
    private final String fix;

    Mend(FindingCode code, String what, String fix) {
        this.code = code;
        this.what = what;
        this.fix = fix;
    }

    /** Whether every program on a node reads it all the same. */
    boolean harmless() {
        return code.severity() == Severity.NOTE;
    }

    /** What is said where it is mended; nothing where the door does not mind. */
    Optional<Finding> mended(Door door, Place place) {
        return harmless() && door != Door.FILE
                ? Optional.empty()
                : Optional.of(new Finding(code, place, what + "; understood, and mended.", fix));
    }

    /** What is said where it is not mended. */
    Finding refused(Place place) {
        return new Finding(
                code,
                Severity.ERROR,
                place,
                what + ", and Go's PEM reader, by which AKS judges, finds no certificate there.",
                fix);
    }
}
