package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bundle file: CERTIFICATE blocks one after the other, with any text between. Every byte of it belongs to exactly
 * one part, so that what is not ours is written again as it was.
 */
final class Bundle {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    /** A block with the text before it. {@code identity} is null for a block that is cut or does not decode. */
    private record Part(
            int textStart,
            int blockStart,
            int end,
            @Nullable Identity identity) {}

    private final String text;
    private final List<Part> parts;
    private final int tail;

    private Bundle(String text, List<Part> parts, int tail) {
        this.text = text;
        this.parts = parts;
        this.tail = tail;
    }

    static Bundle parse(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        List<Part> parts = new ArrayList<>();
        int textStart = 0;
        int blockStart = -1;
        int bodyStart = 0;
        for (int start = 0; start < text.length(); ) {
            int lineFeed = text.indexOf('\n', start);
            int end = lineFeed < 0 ? text.length() : lineFeed + 1;
            if (isLine(text, start, end, BEGIN)) {
                if (blockStart >= 0) {
                    parts.add(new Part(textStart, blockStart, start, null));
                    textStart = start;
                }
                blockStart = start;
                bodyStart = end;
            } else if (blockStart >= 0 && isLine(text, start, end, END)) {
                parts.add(new Part(textStart, blockStart, end, identity(text.substring(bodyStart, start))));
                textStart = end;
                blockStart = -1;
            }
            start = end;
        }
        if (blockStart >= 0) {
            parts.add(new Part(textStart, blockStart, text.length(), null));
            textStart = text.length();
        }
        return new Bundle(text, parts, textStart);
    }

    private static boolean isLine(String text, int start, int end, String line) {
        return text.startsWith(line, start)
                && text.substring(start + line.length(), end).isBlank();
    }

    private static @Nullable Identity identity(String base64) {
        try {
            return Identity.ofDer(Base64.getMimeDecoder().decode(base64));
        } catch (IllegalArgumentException notBase64) {
            // A foreign block that is damaged is reported and kept, see broken().
            return null;
        }
    }

    /** The certificates, in the order of the file; one that is there twice comes twice. */
    List<Identity> identities() {
        List<Identity> identities = new ArrayList<>();
        for (Part part : parts) {
            if (part.identity != null) {
                identities.add(part.identity);
            }
        }
        return identities;
    }

    int count(Identity identity) {
        return (int)
                parts.stream().filter(part -> identity.equals(part.identity)).count();
    }

    /** The lines, from 1, where a block begins that is cut or does not decode. */
    List<Integer> broken() {
        return parts.stream()
                .filter(part -> part.identity == null)
                .map(part -> 1
                        + Math.toIntExact(text.substring(0, part.blockStart)
                                .chars()
                                .filter(character -> character == '\n')
                                .count()))
                .toList();
    }

    /**
     * The bytes of this bundle without some blocks and with others.
     *
     * @param drop for each certificate which occurrences to leave out, counted from 0
     * @param insert what to put in, in this order
     * @param later the certificates before which it goes, where they end the bundle; with none of them it goes to the
     *     end. It never goes behind a block that is cut, since OpenSSL reads no further than there
     */
    byte[] with(Map<Identity, Set<Integer>> drop, List<Certificate> insert, Set<Identity> later) {
        List<Part> kept = new ArrayList<>();
        Map<Identity, Integer> met = new HashMap<>();
        for (Part part : parts) {
            Identity identity = part.identity;
            boolean dropped = identity != null
                    && drop.getOrDefault(identity, Set.of()).contains(met.merge(identity, 1, Integer::sum) - 1);
            kept.add(dropped ? new Part(part.textStart, part.blockStart, part.blockStart, null) : part);
        }
        int place = kept.size();
        while (place > 0 && isIn(later, kept.get(place - 1))) {
            place--;
        }
        for (int i = 0; i < place; i++) {
            Part part = kept.get(i);
            if (part.identity == null && part.end > part.blockStart) {
                place = i;
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + insert.size() * 2048);
        for (int i = 0; i < place; i++) {
            write(bytes, kept.get(i).textStart, kept.get(i).end);
        }
        if (place == kept.size()) {
            write(bytes, tail, text.length());
        }
        if (!insert.isEmpty()) {
            endLine(bytes);
        }
        insert.forEach(certificate -> bytes.writeBytes(certificate.pem().getBytes(ISO_8859_1)));
        for (int i = place; i < kept.size(); i++) {
            write(bytes, kept.get(i).textStart, kept.get(i).end);
        }
        if (place < kept.size()) {
            write(bytes, tail, text.length());
        }
        return bytes.toByteArray();
    }

    /** Whether this block is one of them; one that was dropped without leaving text is in nobody's way. */
    private static boolean isIn(Set<Identity> later, Part part) {
        return part.identity == null ? part.textStart == part.end : later.contains(part.identity);
    }

    private void write(ByteArrayOutputStream bytes, int start, int end) {
        bytes.writeBytes(text.substring(start, end).getBytes(ISO_8859_1));
    }

    private static void endLine(ByteArrayOutputStream bytes) {
        byte[] soFar = bytes.toByteArray();
        if (soFar.length > 0 && soFar[soFar.length - 1] != '\n') {
            bytes.write('\n');
        }
    }
}
