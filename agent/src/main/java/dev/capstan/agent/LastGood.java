package dev.capstan.agent;

import dev.capstan.agent.disk.DurableFile;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringTokenizer;

/**
 * The last good set, on the node's disk: what the node's own cluster last said it shall trust. With the API away, also
 * after a reboot, it is what the node holds on to.
 *
 * <p>It is recorded before the trust store is touched. A crash between the two is then completed forwards at the next
 * start; the other way round, a removed certificate could come back.
 *
 * <p>The file is text: a first line naming the format, a line with the set's fingerprint, a line
 * {@code distrusted IDENTITY} for each that is distrusted, then per certificate a line
 * {@code sources WORD…} and its PEM, and a last line with the SHA-256 of all before it. A file that does not prove itself is
 * reported and not used.
 */
final class LastGood {

    private static final String FORMAT = "capstan last good set 1\n";
    private static final String FINGERPRINT = "fingerprint ";
    private static final String DISTRUSTED = "distrusted ";
    private static final String SOURCES = "sources ";
    private static final String DIGEST = "sha256 ";

    private final Path file;
    private final CertificateReader reader;

    LastGood(Path folder, CertificateReader reader) {
        this.file = folder.resolve("last-good");
        this.reader = reader;
    }

    /** What the file holds. */
    sealed interface Content {
        /** A set that proved itself. */
        record Good(NodeSet set) implements Content {}

        /** There is no file: this node has never been told anything. */
        record Missing() implements Content {}

        /** There is a file, and it cannot be believed. */
        record Damaged(String words) implements Content {}
    }

    /** Reads the file. */
    Content read() {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException first) {
            return new Content.Missing();
        } catch (IOException unreadable) {
            return damaged(unreadable.toString());
        }
        int digest = text.lastIndexOf(DIGEST);
        if (!text.startsWith(FORMAT) || digest < 0) {
            return damaged("it is not whole");
        }
        String signed = text.substring(0, digest);
        if (!text.substring(digest).equals(DIGEST + sha256(signed) + "\n")) {
            return damaged("its content does not match its SHA-256");
        }
        return parse(signed.substring(FORMAT.length()));
    }

    /**
     * Replaces the file's content, unless it holds the same already.
     *
     * @throws IOException if the disk refuses; the old content then still stands
     */
    void record(NodeSet set) throws IOException {
        if (!(read() instanceof Content.Good(NodeSet known)) || !known.equals(set)) {
            DurableFile.replace(file, text(set).getBytes(StandardCharsets.UTF_8), "rw-r--r--");
        }
    }

    private Content parse(String body) {
        List<NodeSet.Entry> entries = new ArrayList<>();
        int at = body.indexOf(SOURCES);
        String head = at < 0 ? body : body.substring(0, at);
        while (at >= 0) {
            int next = body.indexOf(SOURCES, at + 1);
            String block = body.substring(at + SOURCES.length(), next < 0 ? body.length() : next);
            int lineEnd = Math.max(0, block.indexOf('\n'));
            Reading reading = reader.readPem(
                    block.substring(lineEnd).getBytes(StandardCharsets.US_ASCII), Place.of(file.toString()));
            if (reading.certificates().size() != 1) {
                return damaged("certificate " + (entries.size() + 1) + " cannot be read");
            }
            entries.add(new NodeSet.Entry(
                    reading.certificates().getFirst().certificate(), words(block.substring(0, lineEnd))));
            at = next;
        }
        try {
            NodeSet set = NodeSet.of(entries)
                    .distrusting(head.lines()
                            .filter(line -> line.startsWith(DISTRUSTED))
                            .map(line -> new Identity(line.substring(DISTRUSTED.length())))
                            .toList());
            return head.equals(head(set))
                    ? new Content.Good(set)
                    : damaged("its certificates do not match its fingerprint");
        } catch (IllegalArgumentException noIdentity) {
            return damaged(noIdentity.getMessage() + "");
        }
    }

    private static String head(NodeSet set) {
        StringBuilder head = new StringBuilder(FINGERPRINT)
                .append(set.wanted().fingerprint())
                .append('\n');
        set.distrusted()
                .forEach(identity -> head.append(DISTRUSTED).append(identity).append('\n'));
        return head.toString();
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringTokenizer tokens = new StringTokenizer(line, " ");
        while (tokens.hasMoreTokens()) {
            words.add(tokens.nextToken());
        }
        return words;
    }

    private Content.Damaged damaged(String words) {
        return new Content.Damaged("the last good set in " + file + " is damaged and not used: " + words
                + ". The trust store stays as it is until the API tells the set anew, which also replaces the file");
    }

    private static String text(NodeSet set) {
        StringBuilder text = new StringBuilder(FORMAT).append(head(set));
        for (NodeSet.Entry entry : set.entries()) {
            text.append(SOURCES)
                    .append(String.join(" ", entry.sources()))
                    .append('\n')
                    .append(entry.certificate().pem());
        }
        return text + DIGEST + sha256(text.toString()) + "\n";
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
