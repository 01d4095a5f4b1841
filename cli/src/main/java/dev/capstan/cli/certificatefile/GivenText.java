package dev.capstan.cli.certificatefile;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Certificates given on the command line itself in place of a file's name: as base64 strings, which the AKS page asks its
 * reader to have ({@code --custom-ca-trust-certificates "$(base64 ca.pem)"}). Several are parted by blanks or commas; line breaks are
 * part of one, since {@code base64} makes them. PEM text cannot be given so: it begins as an option does.
 *
 * <p>What is the name of a file is that file. What is not, and is too long for one that somebody means to name and has no
 * character that base64 has not, is base64: a certificate has hundreds of bytes.
 */
final class GivenText {

    private static final int SHORTEST = 200;
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=,\\s]+");
    private static final Pattern BETWEEN = Pattern.compile("[ \\t]*,\\s*|(?<=\\S)[ \\t]+(?=\\S)");

    private GivenText() {}

    /** The text of a file that would hold what this value gives; empty if the value names a file. */
    static Optional<byte[]> of(String value) {
        return value.length() >= SHORTEST && BASE64.matcher(value).matches() && !isFile(value)
                ? Optional.of(BETWEEN.matcher(value.strip()).replaceAll("\n\n").getBytes(StandardCharsets.US_ASCII))
                : Optional.empty();
    }

    /** The value in an error: what is as long as a certificate may be a private key, and is not repeated. */
    static String shown(String value) {
        return value.length() < SHORTEST ? value : "what was given (" + value.length() + " characters)";
    }

    private static boolean isFile(String value) {
        try {
            return Files.exists(Path.of(value));
        } catch (InvalidPathException noName) {
            return false;
        }
    }
}
