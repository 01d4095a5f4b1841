package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The inputs of the table in {@code docs/inputs.md}, by their names there. */
final class Inputs {

    /** CA certificates of nine lines each. */
    static final String ONE = Pki.ca("one");

    static final String TWO = Pki.ca("two");

    /** One whose base64 is padded. */
    static final String THREE = Pki.ca("three");

    private final Map<String, byte[]> inputs = new LinkedHashMap<>();

    private Inputs() {}

    /** All of them, in the order of the table. */
    static Map<String, byte[]> all() {
        Inputs all = new Inputs();
        all.lines();
        all.marks();
        all.indentation();
        all.lineBreaks();
        all.words();
        all.containers();
        all.base64();
        all.nothing();
        all.broken();
        all.otherKinds();
        all.inputs.putAll(CheckInputs.all());
        all.inputs.putAll(KeyInputs.all());
        return all.inputs;
    }

    private void input(String name, String text) {
        input(name, text.getBytes(UTF_8));
    }

    private void input(String name, byte[] bytes) {
        if (inputs.put(name, bytes) != null) {
            throw new IllegalStateException("twice: " + name);
        }
    }

    private void lines() {
        input("one certificate", ONE);
        input("two, a blank line between", ONE + "\n" + TWO);
        input("two, no blank line between", ONE + TWO);
        input("no line end at the end", ONE.stripTrailing());
        input("CRLF", crlf(ONE));
        input("CRLF, two, a blank line between", crlf(ONE + "\n" + TWO));
        input("LF and CRLF mixed", ONE + "\n" + crlf(TWO));
        input("CR alone", ONE.replace('\n', '\r'));
        input("blank lines before and after", "\n\n" + ONE + "\n\n");
        input("blank lines with spaces before and after", " \n" + ONE + "  \n");
        input("a blank line with spaces between", ONE + "  \n" + TWO);
        input("white space at the ends of lines", ONE.replace("\n", " \t\n"));
        input("a no-break space behind BEGIN", ONE.replaceFirst("-----\n", "-----\u00a0\n"));
        input("blank lines inside the block", ONE.replaceFirst("-----\n", "-----\n\n \n"));
        input("base64 on one line", wrapped(ONE, 10_000));
        input("base64 in lines of 76", wrapped(ONE, 76));
        input("base64 one character a line", wrapped(ONE, 1));
        input("header lines", ONE.replaceFirst("-----\n", "-----\nFriendly-Name: x\nKeyId: 1\n\n"));
        input("a header line, no blank line behind", ONE.replaceFirst("-----\n", "-----\nFriendly-Name: x\n"));
        input("base64 without its padding", THREE.replace("=", ""));
        input("the same twice", ONE + "\n" + ONE);
        input("the same in another wrapping", ONE + "\n" + wrapped(ONE, 76));
    }

    private void marks() {
        input("a byte order mark", "\ufeff" + ONE);
        input("a byte order mark before the second", ONE + "\n\ufeff" + TWO);
        input("a byte order mark before a comment", "\ufeff# our CA\n\n" + ONE);
        input("UTF-16, little endian", ("\ufeff" + ONE).getBytes(UTF_16LE));
        input("UTF-16, big endian", ("\ufeff" + ONE).getBytes(UTF_16BE));
        input("UTF-16 without a byte order mark", ONE.getBytes(UTF_16LE));
        input("UTF-16, big endian, without a byte order mark", ONE.getBytes(UTF_16BE));
        input("UTF-16 with CRLF, two", ("\ufeff" + crlf(ONE + "\n" + TWO)).getBytes(UTF_16LE));
        input("a comment in UTF-8", "# Zürich\n" + ONE);
        input("a comment in ISO 8859-1", Pki.bytes("# Zürich\n" + ONE));
    }

    private void indentation() {
        input(
                "AKS's example, indented as its page prints it",
                indented(ONE + "\n" + TWO, "    ").stripLeading());
        input("indented by blanks", indented(ONE, "    "));
        input("indented by a tab", indented(ONE, "\t"));
        input("indented by no-break spaces", indented(ONE, "\u00a0\u00a0"));
        input("indented base64 alone", ONE.replace("\nM", "\n   M"));
        input("indented BEGIN alone", "  " + ONE);
        input("indented END alone", ONE.replace("-----END", "  -----END"));
        input("the second indented", ONE + "\n" + indented(TWO, "  "));
    }

    private void lineBreaks() {
        input("line breaks gone", ONE.replace("\n", ""));
        input("line breaks as spaces", ONE.strip().replace("\n", " "));
        input("line breaks as backslash n", ONE.replace("\n", "\\n"));
        input("line breaks as backslash r, backslash n", ONE.replace("\n", "\\r\\n"));
        input("END and BEGIN on one line", ONE.strip() + TWO);
        input("END behind the base64", ONE.replace("\n-----END", "-----END"));
        input("base64 behind BEGIN", ONE.replaceFirst("-----\n", "-----"));
    }

    private void words() {
        input("a comment touches the block", "# our CA\n" + ONE);
        input("a comment of its own", "# our CAs\n# of 2026\n\n" + ONE);
        input("words touch the block", ONE + "and this -- with dashes --\n");
        input("words of their own", ONE + "\nhello\n\n" + TWO);
        input("openssl x509 -text", "Certificate:\n    Data:\n        Version: 3 (0x2)\n" + ONE);
        input("a certificate made a comment", ONE.replaceAll("(?m)^", "# ") + "\n" + TWO);
        input("the words BEGIN and END", "BEGIN of the list of CAs\n" + ONE + "END of it\n");
        input("base64 of PEM beside PEM", ONE + "\n" + base64(TWO) + "\n");
    }

    private void containers() {
        input("TRUSTED CERTIFICATE", Pki.pem("TRUSTED CERTIFICATE", join(der(ONE), new byte[] {0x30, 0})));
        input("X509 CERTIFICATE", Pki.pem("X509 CERTIFICATE", der(ONE)));
        input("PKCS#7", Pki.pem("PKCS7", Containers.pkcs7(ONE, TWO)));
        input("PKCS#7, labelled CERTIFICATE", Pki.pem(Containers.pkcs7(ONE, TWO)));
        input("PKCS#7 in DER", Containers.pkcs7(ONE, TWO));
        input("PKCS#7, base64 alone", Base64.getEncoder().encodeToString(Containers.pkcs7(ONE)));
        input("PKCS#7 without certificates", Pki.pem("PKCS7", Containers.pkcs7()));
        input("PKCS#7, damaged", Pki.pem("PKCS7", Containers.damagedPkcs7(ONE)));
        input("DER", der(ONE));
        input("DER, two", join(der(ONE), der(TWO)));
        input("DER and a line feed", join(der(ONE), new byte[] {'\n'}));
    }

    private void base64() {
        input("base64 of PEM", base64(ONE));
        input("base64 of PEM, in lines", lines(base64(ONE), 76));
        input("base64 of PEM, unpadded", base64("# CA\n" + ONE).replace("=", ""));
        input("base64 of PEM, indented", indented(lines(base64(ONE), 76), "    "));
        input("base64 of words and PEM", base64("# CA\n" + ONE));
        input("base64 of PEM with CRLF", base64(crlf(ONE)));
        input("base64 of PEM in UTF-16", Base64.getEncoder().encodeToString(("\ufeff" + ONE).getBytes(UTF_16LE)));
        input("base64 of base64 of PEM", base64(base64(ONE)));
        input("base64, four times", base64(base64(base64(base64(ONE)))));
        input("base64 of PEM, two, a blank line between", base64(ONE) + "\n\n" + base64(TWO) + "\n");
        input("base64 of DER", base64(der(ONE)));
        input("base64 of DER, in lines", lines(base64(der(ONE)), 64));
        input("base64 of DER, unpadded", base64(der(THREE)).replace("=", ""));
        input("base64 of base64 of DER", base64(base64(der(ONE))));
    }

    private void nothing() {
        input("nothing", "");
        input("white space", " \n\t\r\n");
        input("words", "the CA of our company\n");
        input("the placeholder of AKS's page", "{base64EncodedCertStringHere}\n");
        input("the word of AKS's page", "values");
        input("a page of HTML", "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n");
        input("zero bytes", new byte[100]);
        input("a Java key store", new byte[] {(byte) 0xfe, (byte) 0xed, (byte) 0xfe, (byte) 0xed, 0, 0, 0, 2, 0, 0, 0, 0
        });
        input("DER, cut", Arrays.copyOf(der(ONE), 100));
        input("too large", "x".repeat(CertificateReader.LARGEST_ENTRY + 1));
        input("as large as may be", ONE + "\n".repeat(CertificateReader.LARGEST_ENTRY - ONE.length()));
    }

    private void broken() {
        String cut = ONE.substring(0, ONE.indexOf("-----END"));
        input("cut before END", cut);
        input("cut, one behind it", cut + TWO);
        input("cut, one before it", TWO + "\n" + cut);
        input("END without its dashes", cut + "-----END CERTIFICATE\n");
        input("a BEGIN line alone", "-----BEGIN CERTIFICATE-----\n");
        input("an END line alone", "-----END CERTIFICATE-----\n");
        input("BEGIN missing", ONE.substring(28) + TWO);
        input("nested", "-----BEGIN CERTIFICATE-----\n" + ONE + "-----END CERTIFICATE-----\n");
        input("an empty block", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n\n" + ONE);
        input(
                "the example's placeholder in a block",
                "-----BEGIN CERTIFICATE-----\n    cert1\n    -----END CERTIFICATE-----\n");
        input("four dashes", ONE.replace("-----BEGIN", "----BEGIN") + "\n" + TWO);
        input("four dashes behind", ONE.replace("TE-----\nM", "TE----\nM") + "\n" + TWO);
        input("six dashes", ONE.replace("-----BEGIN", "------BEGIN") + "\n" + TWO);
        input("lower case", ONE.replace("BEGIN CERTIFICATE", "begin certificate") + "\n" + TWO);
        input("words behind BEGIN", ONE.replace("TE-----\nM", "TE----- our CA\nM"));
        input("quoted as in mail", ONE.replaceAll("(?m)^", "> "));
        input("a character that is not base64", replaced(ONE, 4, "*"));
        input("base64url", replaced(ONE, 40, "_"));
        input("a comment inside the block", ONE.replaceFirst("-----\n", "-----\n# ours\n"));
        input("a line lost", withoutLine(ONE, 2));
        input("a character lost", replaced(ONE, 40, ""));
        input("padding in the middle", replaced(ONE, 40, "=="));
        input("BEGIN and END of two kinds", ONE.replace("END CERT", "END TRUSTED CERT") + "\n" + TWO);
        input("one bad between two good", ONE + "\n" + withoutLine(TWO, 3) + "\n" + THREE);
    }

    private void otherKinds() {
        input("a request", Containers.request("one"));
        input("a public key beside a certificate", Containers.publicKey("one") + "\n" + ONE);
        input("a revocation list", Pki.pem("X509 CRL", new byte[] {0x30, 0}));
        input("a kind nobody knows", ONE.replace("CERTIFICATE", "SECRET SAUCE"));
        input(
                "a request, labelled CERTIFICATE",
                Containers.request("one").replace("CERTIFICATE REQUEST", "CERTIFICATE"));
        input("a byte behind the certificate", Pki.pem(join(der(ONE), new byte[] {0})));
        input("two in one block", Pki.pem(join(der(ONE), der(TWO))));
        input("DER cut inside the block", Pki.pem(Arrays.copyOf(der(ONE), 200)));
        input("DER of indefinite length", Pki.pem(indefinite(der(ONE))));
        input("random bytes in a block", Pki.pem(random(300)));
        input("a subject that is not in the encoding it claims", Pki.pem(Containers.badSubject()));
        input(
                "no subject",
                new Pki.Request("nobody").issuedBy("one").subject("").pem());
    }

    static String crlf(String text) {
        return text.replace("\n", "\r\n");
    }

    static String indented(String text, String by) {
        return text.replaceAll("(?m)^(?=[^\n])", by);
    }

    static String body(String pem) {
        return pem.lines().filter(line -> !line.startsWith("-")).reduce("", String::concat);
    }

    static byte[] der(String pem) {
        return Base64.getDecoder().decode(body(pem));
    }

    static String base64(String text) {
        return base64(text.getBytes(UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static String lines(String text, int width) {
        return text.replaceAll("(.{" + width + "})", "$1\n") + "\n";
    }

    static String wrapped(String pem, int width) {
        return "-----BEGIN CERTIFICATE-----\n" + lines(body(pem), width).replaceAll("\n+", "\n")
                + "-----END CERTIFICATE-----\n";
    }

    private static String withoutLine(String pem, int index) {
        List<String> lines = new java.util.ArrayList<>(pem.lines().toList());
        lines.remove(index);
        return String.join("\n", lines) + "\n";
    }

    /** Puts other characters in the place of one, in the first line of base64. */
    private static String replaced(String pem, int index, String by) {
        int start = pem.indexOf('\n') + 1 + index;
        return pem.substring(0, start) + by + pem.substring(start + 1);
    }

    static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The same certificate with its outermost length left open, as BER allows and DER does not. */
    private static byte[] indefinite(byte[] der) {
        return join(join(new byte[] {0x30, (byte) 0x80}, Arrays.copyOfRange(der, 4, der.length)), new byte[2]);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
