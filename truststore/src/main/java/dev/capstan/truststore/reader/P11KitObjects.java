package dev.capstan.truststore.reader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.DerElement;
import dev.capstan.certificates.Identity;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of p11-kit's own format (trust/persist.c), as the distributions of its kind ship the public roots in: sections
 * that begin with {@code [p11-kit-object-v1]}, each an object of lines {@code name: value} and a PEM block. An object of
 * class certificate says whether it is trusted or distrusted; an extension object narrows what a certificate of the same
 * public key is trusted for, and one not meant for TLS servers is not trusted by TLS clients.
 *
 * @param trusted for TLS servers
 * @param distrusted by everybody
 * @param unsaid certificates of which it says neither
 */
record P11KitObjects(Set<Identity> trusted, Set<Identity> distrusted, Set<Identity> unsaid) {

    private static final String SECTION = "[p11-kit-object-v1]";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final Pattern ESCAPE = Pattern.compile("%([0-9a-fA-F]{2})");

    /** extKeyUsage (RFC 5280, 4.2.1.12), and p11-kit's extension of usages that are refused (trust/oid.h). */
    private static final String USAGE = "2.5.29.37";

    private static final String REJECTED = "1.3.6.1.4.1.3319.6.10.1";

    /** DER of the contents of id-kp-serverAuth and anyExtendedKeyUsage (RFC 5280, 4.2.1.12). */
    private static final String SERVER = bytes("2b06010505070301");

    private static final String ANY = bytes("551d2500");

    static boolean isOne(byte[] bytes) {
        return new String(bytes, ISO_8859_1).contains(SECTION);
    }

    static P11KitObjects of(byte[] bytes, Decoder decoder) {
        P11KitObjects objects = new P11KitObjects(new HashSet<>(), new HashSet<>(), new HashSet<>());
        String text = new String(bytes, ISO_8859_1);
        if (!isOne(bytes)) {
            return objects;
        }
        List<String> sections = List.of(text.split(Pattern.quote(SECTION), -1));
        Set<String> keysNotForServers = new HashSet<>();
        for (String section : sections) {
            if (isNotForServers(section)) {
                block(section, "PUBLIC KEY")
                        .map(Base64.getEncoder()::encodeToString)
                        .ifPresent(keysNotForServers::add);
            }
        }
        for (String section : sections) {
            block(section, "CERTIFICATE")
                    .filter(der -> decoder.decode(der).isPresent())
                    .ifPresent(der -> objects.add(section, der, keysNotForServers));
        }
        return objects;
    }

    private void add(String section, byte[] der, Set<String> keysNotForServers) {
        Identity identity = Identity.ofDer(der);
        if (has(section, "x-distrusted", "true")) {
            distrusted.add(identity);
        } else if (!has(section, "trusted", "true")) {
            unsaid.add(identity);
        } else if (!keysNotForServers.contains(Base64.getEncoder().encodeToString(publicKey(der)))) {
            trusted.add(identity);
        }
    }

    private static boolean isNotForServers(String section) {
        Optional<String> value = value(section, "value").map(P11KitObjects::unescaped);
        if (value.isEmpty()) {
            return false;
        }
        boolean server = value.get().contains(SERVER) || value.get().contains(ANY);
        return value(section, "object-id")
                .map(id -> (id.equals(USAGE) && !server) || (id.equals(REJECTED) && server))
                .orElse(false);
    }

    private static boolean has(String section, String name, String value) {
        return value(section, name).equals(Optional.of(value));
    }

    private static Optional<String> value(String section, String name) {
        return section.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }

    private static String unescaped(String value) {
        return ESCAPE.matcher(value)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))));
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    }

    private static Optional<byte[]> block(String section, String label) {
        Matcher blocks = BLOCK.matcher(section);
        List<byte[]> found = new ArrayList<>();
        while (blocks.find()) {
            if (blocks.group(1).equals(label)) {
                Base64Text.decode(blocks.group(2)).ifPresent(found::add);
            }
        }
        return found.stream().findFirst();
    }

    /** The subjectPublicKeyInfo of a certificate (RFC 5280, 4.1): the seventh field, or the sixth without a version. */
    private static byte[] publicKey(byte[] der) {
        List<DerElement> fields = DerElement.first(der).children().getFirst().children();
        boolean hasVersion = fields.getFirst().tag() == 0xa0;
        return fields.get(hasVersion ? 6 : 5).encoded();
    }
}
