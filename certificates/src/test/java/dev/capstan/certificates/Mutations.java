package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes inputs out of the table's: at the level of bytes, of lines and pieces of PEM, and of the DER inside the blocks, whose
 * elements are changed, doubled, dropped, exchanged, with all lengths around them put right. The same seed gives the same
 * inputs.
 */
final class Mutations {

    private static final List<String> PIECES = List.of(
            "-----BEGIN CERTIFICATE-----\n",
            "-----END CERTIFICATE-----\n",
            "-----BEGIN PKCS7-----\n",
            "\n",
            "\r\n",
            "\r",
            " ",
            "\t",
            "\ufeff",
            "\u00a0",
            "-----",
            "\\n",
            "#",
            ":",
            "=",
            "A",
            "-----BEGIN ",
            "\0",
            "LS0tLS1CRUdJTi",
            "x\n\n");

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN (CERTIFICATE|PKCS7)-----\n([A-Za-z0-9+/=\n]+)-----END \\1-----\n");

    private static final int[] TAGS = {
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1c, 0x1e, 0x30, 0x31, 0xa0,
        0xa3, 0x80
    };

    private final Random random;
    private final List<byte[]> seeds;

    Mutations(long seed, List<byte[]> seeds) {
        this.random = new Random(seed);
        this.seeds = seeds;
    }

    byte[] next() {
        byte[] input = seeds.get(random.nextInt(seeds.size()));
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            input = switch (random.nextInt(8)) {
                case 0 -> bytes(input);
                case 1, 2 -> pieces(input);
                case 3 -> lines(input);
                case 4 -> wrapped(input);
                default -> der(input);
            };
        }
        return input;
    }

    private byte[] bytes(byte[] input) {
        byte[] changed = input.clone();
        for (int flips = 1 + random.nextInt(4); flips > 0 && changed.length > 0; flips--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(changed, random.nextInt(changed.length + 1)) : changed;
    }

    private byte[] pieces(byte[] input) {
        StringBuilder text = new StringBuilder(new String(input, ISO_8859_1));
        int at = random.nextInt(text.length() + 1);
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        text.insert(at, new String(piece.getBytes(java.nio.charset.StandardCharsets.UTF_8), ISO_8859_1));
        return Pki.bytes(text.toString());
    }

    private byte[] lines(byte[] input) {
        List<String> lines = new ArrayList<>(List.of(new String(input, ISO_8859_1).split("\n", -1)));
        int at = random.nextInt(lines.size());
        switch (random.nextInt(4)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
            case 2 -> lines.set(at, "  " + lines.get(at) + (random.nextBoolean() ? " " : ""));
            default -> lines.add(random.nextInt(lines.size()), lines.remove(at));
        }
        return Pki.bytes(String.join("\n", lines));
    }

    private byte[] wrapped(byte[] input) {
        return switch (random.nextInt(4)) {
            case 0 -> Base64.getEncoder().encode(input);
            case 1 ->
                Base64.getMimeEncoder(1 + random.nextInt(80), new byte[] {'\n'}).encode(input);
            case 2 -> Pki.bytes(new String(input, ISO_8859_1).replace("\n", random.nextBoolean() ? "\r" : "\r\n"));
            default -> Inputs.join(input, seeds.get(random.nextInt(seeds.size())));
        };
    }

    private byte[] der(byte[] input) {
        String text = new String(input, ISO_8859_1);
        Matcher matcher = BLOCK.matcher(text);
        if (!matcher.find()) {
            return pieces(input);
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
            byte[] changed = element(DerElement.first(der), 0);
            return Pki.bytes(text.substring(0, matcher.start())
                    + Pki.pem(matcher.group(1), changed)
                    + text.substring(matcher.end()));
        } catch (IllegalArgumentException broken) {
            return bytes(input);
        }
    }

    /** The element with a change somewhere in it. */
    private byte[] element(DerElement element, int depth) {
        List<DerElement> children = children(element);
        if (!children.isEmpty() && random.nextInt(8) > 0 && depth < 12) {
            List<byte[]> parts = new ArrayList<>();
            children.forEach(child -> parts.add(child.encoded()));
            int at = random.nextInt(parts.size());
            switch (random.nextInt(12)) {
                case 0 -> parts.remove(at);
                case 1 -> parts.add(at, parts.get(random.nextInt(parts.size())));
                case 2 -> parts.add(random.nextInt(parts.size()), parts.remove(at));
                default -> parts.set(at, element(children.get(at), depth + 1));
            }
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            parts.forEach(content::writeBytes);
            return encoded(element.tag(), content.toByteArray());
        }
        byte[] content = element.content();
        return switch (random.nextInt(6)) {
            case 0 -> encoded(TAGS[random.nextInt(TAGS.length)], content);
            case 1 -> encoded(element.tag(), new byte[random.nextInt(4)]);
            case 2 -> encoded(element.tag(), Arrays.copyOf(content, random.nextInt(content.length + 8)));
            case 3 -> Inputs.join(element.encoded(), element.encoded());
            default -> encoded(element.tag(), bytes(content));
        };
    }

    private static List<DerElement> children(DerElement element) {
        try {
            return (element.tag() & 0x20) != 0 ? element.children() : List.of();
        } catch (IllegalArgumentException none) {
            return List.of();
        }
    }

    private static byte[] encoded(int tag, byte[] content) {
        int length = content.length;
        byte[] head = length < 0x80
                ? new byte[] {(byte) tag, (byte) length}
                : length < 0x100
                        ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
                        : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        return Inputs.join(head, content);
    }
}
