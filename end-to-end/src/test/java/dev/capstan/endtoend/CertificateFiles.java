package dev.capstan.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Files of certificates, well and badly made, as people give them to {@code --custom-ca-trust-certificates}: what reaches the
 * server of each was recorded with the Azure CLI 2.74, which cuts a file at blank lines and looks at nothing else.
 */
final class CertificateFiles {

    private final Path folder;
    private final List<String> authorities = new ArrayList<>();

    private CertificateFiles(Path folder) {
        this.folder = folder;
    }

    /** Makes so many CAs. */
    static CertificateFiles with(Path folder, int authorities) throws IOException {
        CertificateFiles files = new CertificateFiles(folder);
        for (int i = 0; i < authorities; i++) {
            Program.clean()
                    .run(Repository.lab("make-ca").toString(), folder.toString(), "ca" + i, "host" + i + ".test")
                    .orFail();
            files.authorities.add(files.read("ca" + i + "-ca.crt"));
        }
        return files;
    }

    /** The PEM of a CA, with one line end at its end. */
    String authority(int number) {
        return authorities.get(number);
    }

    /** Everything in the folder that is not a CA certificate and that nobody should ever see again. */
    String key() throws IOException {
        return read("ca0-ca.key");
    }

    /** Writes the first two CAs in this manner, which the server can read. */
    byte[] good(String manner) {
        String one = authority(0);
        String two = authority(1);
        String both = one + "\n" + two;
        return switch (manner) {
            case "as the page wants it" -> bytes(both);
            case "without a blank line" -> bytes(one + two);
            case "CRLF" -> bytes(both.replace("\n", "\r\n"));
            case "white space at the end of lines" -> bytes(both.replace("\n", "  \n"));
            case "a blank line that holds white space" -> bytes(one + "   \n" + two);
            case "more blank lines" -> bytes("\n\n" + both.replace("\n\n", "\n\n\n\n") + "\n\n");
            case "text before a certificate" -> bytes("subject=CN = Lab\n" + both);
            case "indented as the page prints it" -> bytes(both.replaceAll("(?m)^(?=[^-\n])", "    "));
            case "a byte order mark" -> bytes("\ufeff" + both);
            default -> throw new IllegalArgumentException(manner);
        };
    }

    static final List<String> GOOD = List.of(
            "as the page wants it",
            "without a blank line",
            "CRLF",
            "white space at the end of lines",
            "a blank line that holds white space",
            "more blank lines",
            "text before a certificate",
            "indented as the page prints it",
            "a byte order mark");

    /**
     * A file that is refused.
     *
     * @param name of the file
     * @param content of it
     * @param words what the user reads, in this order
     */
    @SuppressWarnings("ArrayRecordComponent") // only written to a file
    record Bad(String name, byte[] content, List<String> words) {
        private static Bad of(String name, String content, String... words) {
            return new Bad(name, bytes(content), List.of(words));
        }
    }

    /** What is refused, and what the user then reads. */
    List<Bad> bad() throws IOException {
        String one = authority(0);
        String undecodable =
                "failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64 decoding";
        List<Bad> all = new ArrayList<>(List.of(
                Bad.of(
                        "eleven",
                        String.join("\n", authorities),
                        "ERROR: Only up to 10 new-line separated CAs can be passed, got 11 instead."),
                Bad.of(
                        "eleven-without-blank-lines",
                        String.join("", authorities),
                        "(InvalidParameter)",
                        "there are 11 different certificates; a cluster's list takes 10"),
                Bad.of(
                        "indented",
                        one.replaceAll("(?m)^", "    "),
                        undecodable,
                        "line 1",
                        "indented",
                        "Remove the white space"),
                Bad.of("base64", base64(bytes(one)) + "\n", undecodable, "encoded once more than it should be"),
                Bad.of("base64-in-lines", lines(bytes(one)), undecodable, "encoded once more than it should be"),
                Bad.of("text-between", one + "\nhello\n\n" + authority(1), undecodable, "entry 1"),
                Bad.of("garbage", "no certificate\n", undecodable, "entry 0"),
                Bad.of("cut", one.substring(0, one.length() / 2) + "\n", undecodable, "entry 0"),
                Bad.of("key", key(), "(InvalidParameter)", "private key"),
                Bad.of("key-beside", one + "\n" + key(), "(InvalidParameter)", "entry 1", "private key"),
                Bad.of("server", read("ca0.crt"), "(InvalidParameter)", "entry 0", "is not that of a CA")));
        byte[] binary = new byte[384];
        for (int i = 0; i < binary.length; i++) {
            binary[i] = (byte) (128 + i % 128);
        }
        all.add(new Bad("binary", binary, List.of("ERROR: Failed to decode file binary - unknown decoding")));
        return all;
    }

    private static String lines(byte[] content) {
        return Base64.getMimeEncoder(76, bytes("\n")).encodeToString(content) + "\n";
    }

    private static String base64(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name)).strip() + "\n";
    }
}
