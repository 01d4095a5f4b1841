package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of the store at one time, as a file: facts, one on a line, and the certificates as PEM. Every program
 * that reads PEM passes over the facts, so the file can be given to one as it is.
 *
 * <ul>
 *   <li>{@code fingerprint v1:SHA256}: of all that was asked.
 *   <li>{@code owned SHA256}: is or was ours. One that comes back by a foreign hand is known again by it.
 *   <li>{@code distrusted SHA256}: was asked to be distrusted.
 *   <li>{@code note TEXT}: what the survey that led to it has to know again, see {@link Survey#notes}.
 * </ul>
 */
final class Generation {

    private static final String FINGERPRINT = "fingerprint ";
    private static final String OWNED = "owned ";
    private static final String DISTRUSTED = "distrusted ";
    private static final String NOTE = "note ";
    private static final String HEAD = "# What Capstan was asked to bring this root's trust store to.\n";

    private final Path file;
    private final byte[] bytes;
    private @Nullable Fingerprint fingerprint;
    private final Set<Identity> owned = new LinkedHashSet<>();
    private final Set<Identity> distrusted = new TreeSet<>();
    private final Set<String> notes = new TreeSet<>();

    private Generation(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Reads a file that {@link #text} wrote.
     *
     * @throws IOException if somebody else wrote in it; the message says what to do
     */
    static Generation parse(Path file, byte[] bytes) throws IOException {
        Generation generation = new Generation(file, bytes);
        String text = new String(bytes, ISO_8859_1);
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            String line = text.substring(start, end);
            if (line.startsWith("-----BEGIN")) {
                break;
            }
            generation.parse(line);
            start = end + 1;
        }
        return generation;
    }

    private void parse(String line) throws IOException {
        try {
            if (line.startsWith(FINGERPRINT)) {
                fingerprint = Fingerprint.parse(line.substring(FINGERPRINT.length()));
            } else if (line.startsWith(OWNED)) {
                owned.add(new Identity(line.substring(OWNED.length())));
            } else if (line.startsWith(DISTRUSTED)) {
                distrusted.add(new Identity(line.substring(DISTRUSTED.length())));
            } else if (line.startsWith(NOTE)) {
                notes.add(line.substring(NOTE.length()));
            } else if (!line.startsWith("#")) {
                throw new IllegalArgumentException("no such fact");
            }
        } catch (IllegalArgumentException foreign) {
            throw damaged(file, foreign);
        }
    }

    static IOException damaged(Path file, IllegalArgumentException cause) {
        return new IOException(
                file + " has a line that Capstan did not write; remove the file, and the store is written anew", cause);
    }

    /** What was asked. */
    Wanted wanted() throws IOException {
        Reading reading = new CertificateReader(InstantSource.system()).readPem(bytes, Place.of(file.toString()));
        if (reading.hasErrors()) {
            boolean empty = reading.certificates().isEmpty() && new String(bytes, ISO_8859_1).indexOf("-----") < 0;
            if (!empty) {
                throw damaged(
                        file, new IllegalArgumentException(reading.findings().toString()));
            }
        }
        return Wanted.of(reading.set(), distrusted);
    }

    /** Whether this is what was asked. */
    boolean isOf(Wanted wanted) {
        return wanted.fingerprint().equals(fingerprint);
    }

    Set<Identity> owned() {
        return owned;
    }

    Set<String> notes() {
        return notes;
    }

    static byte[] text(Wanted wanted, Collection<Identity> owned, Collection<String> notes) {
        StringBuilder text = new StringBuilder(HEAD);
        text.append(FINGERPRINT).append(wanted.fingerprint()).append('\n');
        for (Identity identity : owned) {
            text.append(OWNED).append(identity.hex()).append('\n');
        }
        for (Identity identity : wanted.distrusted()) {
            text.append(DISTRUSTED).append(identity.hex()).append('\n');
        }
        for (String name : notes) {
            text.append(NOTE).append(name).append('\n');
        }
        return text.append(wanted.certificates().pem()).toString().getBytes(ISO_8859_1);
    }
}
