package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/** Which names a CA may issue for (RFC 5280, 4.2.1.10), in words. */
final class NameConstraints {

    static final String OID = "2.5.29.30";

    private static final int PERMITTED = 0xa0;
    private static final int EXCLUDED = 0xa1;
    private static final int SHOWN = 5;

    private NameConstraints() {}

    /**
     * {@code for corp.test, 10.0.0.0/8 only; not for lab.corp.test}.
     *
     * @param value the extension's value
     * @throws IllegalArgumentException if it is not made as such are
     */
    static String words(byte[] value) {
        List<String> words = new ArrayList<>();
        for (DerElement trees : DerElement.first(value).children()) {
            String names = names(trees.children());
            if (trees.tag() == PERMITTED) {
                words.add("for " + names + " only");
            } else if (trees.tag() == EXCLUDED) {
                words.add("not for " + names);
            }
        }
        return ShownText.of(String.join("; ", words));
    }

    private static String names(List<DerElement> trees) {
        List<String> names = new ArrayList<>();
        for (DerElement tree : trees.subList(0, Math.min(SHOWN, trees.size()))) {
            List<DerElement> parts = tree.children();
            names.add(parts.isEmpty() ? "nothing" : name(parts.getFirst()));
        }
        return String.join(", ", names) + (trees.size() > SHOWN ? " and " + (trees.size() - SHOWN) + " more" : "");
    }

    private static String name(DerElement general) {
        byte[] content = general.content();
        return switch (general.tag()) {
            case 0x81, 0x82, 0x86 -> content.length == 0 ? "any" : new String(content, ISO_8859_1);
            case 0x87 -> address(content);
            case 0xa4 -> "a directory name";
            default -> "another kind of name";
        };
    }

    private static String address(byte[] content) {
        if (content.length != 8) {
            return content.length == 32 ? "a range of IPv6 addresses" : "an address";
        }
        int bits = 0;
        for (int i = 4; i < 8; i++) {
            bits += Integer.bitCount(content[i] & 0xff);
        }
        return (content[0] & 0xff) + "." + (content[1] & 0xff) + "." + (content[2] & 0xff) + "." + (content[3] & 0xff)
                + "/" + bits;
    }
}
