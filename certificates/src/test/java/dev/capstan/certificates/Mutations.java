package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
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
            Pattern.compile("-----BEGIN ((?:TRUSTED )?CERTIFICATE|PKCS7)-----\n([A-Za-z0-9+/=\n]+)-----END \\1-----\n");

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

    /** One of the seeds, which are DER, with one change in it. */
    byte[] changedDer() {
        return element(DerElement.first(seeds.get(random.nextInt(seeds.size()))), 0);
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
        try {
            if (Der.beginsWith(input)) {
                DerElement first = DerElement.first(input);
                byte[] rest = Arrays.copyOfRange(input, first.size(), input.length);
                return Inputs.join(element(first, 0), rest);
            }
            String text = new String(input, ISO_8859_1);
            List<MatchResult> blocks = BLOCK.matcher(text).results().toList();
            if (blocks.isEmpty()) {
                return pieces(input);
            }
            MatchResult block = blocks.get(random.nextInt(blocks.size()));
            byte[] der = Base64.getMimeDecoder().decode(block.group(2));
            return Inputs.join(
                    Inputs.join(
                            Pki.bytes(text.substring(0, block.start())),
                            contained(block.group(1), element(DerElement.first(der), 0))),
                    Pki.bytes(text.substring(block.end())));
        } catch (IllegalArgumentException broken) {
            return bytes(input);
        }
    }

    /** What was changed, mostly in a block as it was, sometimes in one of the other things that certificates come in. */
    private byte[] contained(String label, byte[] der) {
        return switch (random.nextInt(12)) {
            case 0 -> der;
            case 1 -> Base64.getEncoder().encode(der);
            case 2 ->
                Pki.bytes(Pki.pem("TRUSTED CERTIFICATE", Inputs.join(der, encoded(DerElement.SEQUENCE, new byte[0]))));
            case 3 -> Pki.bytes(Pki.pem("PKCS7", container(der)));
            case 4 -> container(der);
            default -> Pki.bytes(Pki.pem(label, der));
        };
    }

    /** Signed data without signers (RFC 5652, 5.1) around one certificate. */
    static byte[] container(byte[] certificate) {
        byte[] data = encoded(ObjectIdentifier.TAG, HexFormat.of().parseHex("2a864886f70d010701"));
        byte[] signedData = encoded(ObjectIdentifier.TAG, HexFormat.of().parseHex("2a864886f70d010702"));
        byte[] content = new byte[0];
        for (byte[] part : List.of(
                encoded(DerElement.INTEGER, new byte[] {1}),
                encoded(DerElement.SET, new byte[0]),
                encoded(DerElement.SEQUENCE, data),
                encoded(0xa0, certificate),
                encoded(DerElement.SET, new byte[0]))) {
            content = Inputs.join(content, part);
        }
        return encoded(
                DerElement.SEQUENCE, Inputs.join(signedData, encoded(0xa0, encoded(DerElement.SEQUENCE, content))));
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
            if (element.tag() == DerElement.BIT_STRING) {
                content.write(0);
            }
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

    /** What is in an element, also in the OCTET STRINGs that extensions and the BIT STRINGs that keys are in. */
    private static List<DerElement> children(DerElement element) {
        try {
            if ((element.tag() & 0x20) != 0) {
                return element.children();
            }
            boolean bits = element.tag() == DerElement.BIT_STRING;
            byte[] content = element.content();
            if ((bits && content.length > 4 && content[0] == 0)
                    || (element.tag() == DerElement.OCTET_STRING && content.length > 1)) {
                DerElement inner = DerElement.at(content, bits ? 1 : 0, content.length);
                return inner.size() == content.length - (bits ? 1 : 0) ? List.of(inner) : List.of();
            }
            return List.of();
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
