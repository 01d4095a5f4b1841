package dev.capstan.cli.certificatefile;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The text of a file of certificates, made plain: no byte order mark, lines without line ends, without white space before
 * or after. Every line keeps its number. What had to be made plain is told, once for each kind.
 *
 * @param lines the lines
 * @param repairs what was understood though it is not as AKS wants it, in words
 */
record FileText(List<String> lines, Set<String> repairs) {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";

    /** The text, or nothing if the bytes are no text. */
    static Optional<FileText> of(byte[] bytes) {
        var repairs = new LinkedHashSet<String>();
        return decoded(bytes, repairs).map(text -> new FileText(plain(text, repairs), repairs));
    }

    private static Optional<String> decoded(byte[] bytes, Set<String> repairs) {
        var first = bytes.length > 0 ? bytes[0] & 0xff : 0;
        var second = bytes.length > 1 ? bytes[1] & 0xff : 0;
        var utf16 = (first == 0xff && second == 0xfe) || (first == 0xfe && second == 0xff);
        Charset charset = utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
        try {
            var text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (utf16) {
                repairs.add("text in UTF-16");
            }
            if (text.startsWith("\ufeff")) {
                repairs.add("a byte order mark");
                text = text.substring(1);
            }
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        }
    }

    private static List<String> plain(String text, Set<String> repairs) {
        if (text.contains("\r\n")) {
            repairs.add("line ends CRLF");
        }
        var unix = text.replace("\r\n", "\n");
        if (unix.indexOf('\r') >= 0) {
            repairs.add("line ends CR");
            unix = unix.replace('\r', '\n');
        }
        if (!unix.isBlank() && !unix.endsWith("\n")) {
            repairs.add("no line end after the last line");
        }
        var lines = new ArrayList<String>();
        for (var line : unix.split("\n", -1)) {
            if (line.isBlank()) {
                if (!line.isEmpty()) {
                    repairs.add("blank lines that hold white space");
                }
                lines.add("");
                continue;
            }
            if (Character.isWhitespace(line.charAt(0))) {
                repairs.add("indented lines");
            }
            if (Character.isWhitespace(line.charAt(line.length() - 1))) {
                repairs.add("white space at the end of lines");
            }
            lines.add(line.strip());
        }
        aboutBlocks(lines, repairs);
        return lines;
    }

    private static void aboutBlocks(List<String> lines, Set<String> repairs) {
        var inside = false;
        var begunInPiece = 0;
        for (var line : lines) {
            if (line.isEmpty()) {
                begunInPiece = 0;
                if (inside) {
                    repairs.add("blank lines inside a certificate");
                }
            } else if (line.startsWith(BEGIN)) {
                inside = true;
                if (++begunInPiece == 2) {
                    repairs.add("several certificates without a blank line between them");
                }
            } else if (line.startsWith(END)) {
                inside = false;
            } else if (!inside && begunInPiece > 0) {
                repairs.add("text around a certificate");
            }
        }
    }

    /** All lines, each at its number. */
    String text() {
        return String.join("\n", lines) + "\n";
    }

    boolean isBlank() {
        return lines.stream().allMatch(String::isEmpty);
    }

    /** How many pieces blank lines make of it: az counts these. */
    int pieces() {
        var pieces = 0;
        for (var line = 0; line < lines.size(); line++) {
            if (!lines.get(line).isEmpty() && (line == 0 || lines.get(line - 1).isEmpty())) {
                pieces++;
            }
        }
        return pieces;
    }

    /** Every piece between blank lines that neither is, nor is part of, a block. */
    List<Piece> strangers() {
        var strangers = new ArrayList<Piece>();
        var inside = false;
        var hasBlock = false;
        var begun = -1;
        for (var number = 0; number <= lines.size(); number++) {
            var line = number < lines.size() ? lines.get(number) : "";
            if (line.isEmpty()) {
                if (begun >= 0 && !hasBlock) {
                    strangers.add(new Piece(begun + 1, String.join("\n", lines.subList(begun, number)) + "\n"));
                }
                begun = -1;
                hasBlock = inside;
                continue;
            }
            begun = begun < 0 ? number : begun;
            // Whatever was meant as a boundary is the reader's to judge.
            if (line.contains("--")) {
                hasBlock = true;
                inside = line.startsWith(BEGIN) || (inside && !line.startsWith(END));
            }
            hasBlock |= inside;
        }
        return strangers;
    }

    /**
     * A piece of the file.
     *
     * @param line its first line, from 1
     * @param text what it says
     */
    record Piece(int line, String text) {}
}
