package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Path;

/**
 * Paths as text without loss. Names of files are bytes; Java turns them into text by the locale, and in the locale
 * {@code C}, where services run, it can neither read nor name what is not ASCII, which one of Debian's own certificates
 * is. So a text here has one character for each byte of the path ({@code ISO 8859-1}); it sorts as bytes do.
 */
public final class PathText {

    private static final String SAFE = "-._~/!$&'()*+,;=:@";

    private PathText() {}

    /** The path of which these are the bytes. */
    public static Path path(String bytes) {
        if (isAscii(bytes)) {
            return Path.of(bytes);
        }
        boolean absolute = bytes.startsWith("/");
        StringBuilder uri = new StringBuilder("file://").append(absolute ? "" : "/");
        for (int i = 0; i < bytes.length(); i++) {
            char octet = bytes.charAt(i);
            if (octet < 0x80 && (Character.isLetterOrDigit(octet) || SAFE.indexOf(octet) >= 0)) {
                uri.append(octet);
            } else {
                uri.append('%').append(hex(octet >> 4)).append(hex(octet & 0xf));
            }
        }
        Path path = Path.of(URI.create(uri.toString()));
        return absolute ? path : Path.of("/").relativize(path);
    }

    /** The bytes of this path. */
    public static String of(Path path) {
        String text = path.toString();
        if (isAscii(text)) {
            return text;
        }
        String raw = Path.of("/").resolve(path).toUri().getRawPath();
        StringBuilder bytes = new StringBuilder();
        for (int i = path.isAbsolute() ? 0 : 1; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                bytes.append((char) Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.append(raw.charAt(i));
            }
        }
        int last = bytes.length() - 1;
        if (last > 0 && bytes.charAt(last) == '/') {
            // A folder's URI ends with a slash.
            bytes.setLength(last);
        }
        return bytes.toString();
    }

    /** For people: the bytes as UTF-8, control characters as {@code ?}. */
    public static String shown(String bytes) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (byte octet : bytes.getBytes(ISO_8859_1)) {
            octets.write((octet >= 0 && octet < ' ') || octet == 0x7f ? '?' : octet);
        }
        return octets.toString(UTF_8);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }
}
