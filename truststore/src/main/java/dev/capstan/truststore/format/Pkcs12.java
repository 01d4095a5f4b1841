package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.UTF_16BE;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.DerElement;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#12 file (RFC 7292) as Java keeps trusted certificates in one: bags in safes, each plain or encrypted by the
 * password, and a code of authenticity over all of them. Java trusts a certificate whose bag has the attribute
 * {@code trustedKeyUsage} of Java's own; its alias is the friendly name, small (sun.security.pkcs12.PKCS12KeyStore).
 *
 * <p>Every bag is kept byte for byte, also such as Java does not see. A safe that changes is encrypted again by the same
 * algorithm with the same salt: so the same content always gives the same bytes, and every program that could read the
 * file still can. The salt is to hide contents from who does not know the password, and this one all know. New
 * certificates go to the first safe that has certificates, else to a plain one of their own.
 */
final class Pkcs12 implements Keystore {

    private static final byte[] DATA = Der.oid("1.2.840.113549.1.7.1");
    private static final byte[] ENCRYPTED = Der.oid("1.2.840.113549.1.7.6");
    private static final byte[] CERTIFICATE_BAG = Der.oid("1.2.840.113549.1.12.10.1.3");
    private static final byte[] X509 = Der.oid("1.2.840.113549.1.9.22.1");
    private static final byte[] FRIENDLY_NAME = Der.oid("1.2.840.113549.1.9.20");
    private static final byte[] TRUSTED_KEY_USAGE = Der.oid("2.16.840.1.113894.746875.1.1");
    private static final byte[] ANY_USAGE = Der.oid("2.5.29.37.0");

    private static final int BMP_STRING = 0x1e;
    private static final int EXPLICIT = 0xa0;
    private static final int IMPLICIT_OCTETS = 0x80;

    private static final String DAMAGED =
            "it is neither a Java keystore of the format JKS nor one of the format PKCS#12,"
                    + " or it is cut or damaged: let the distribution's tool make the file anew";

    /** A safe: its whole ContentInfo, and by which AlgorithmIdentifier it is encrypted; none for a plain one. */
    private static final class Safe {

        private final byte[] info;
        private final byte[] algorithm;

        Safe(byte[] info, byte[] algorithm) {
            this.info = info;
            this.algorithm = algorithm;
        }
    }

    private final byte[] version;
    private final DerElement mac;
    private final List<Safe> safes;
    private final List<Item> items;

    private Pkcs12(byte[] version, DerElement mac, List<Safe> safes, List<Item> items) {
        this.version = version;
        this.mac = mac;
        this.safes = safes;
        this.items = items;
    }

    /** @throws UneditableException if it is damaged, not made as Java makes it, or under another password or none */
    static Pkcs12 parse(byte[] bytes) throws UneditableException {
        List<DerElement> parts;
        byte[] content;
        try {
            DerElement whole = DerElement.first(bytes);
            parts = whole.children();
            if (whole.size() < bytes.length || parts.size() < 2) {
                throw new UneditableException(DAMAGED);
            }
            content = data(parts.get(1));
        } catch (IllegalArgumentException malformed) {
            throw new UneditableException(DAMAGED);
        }
        if (parts.size() == 2) {
            throw new UneditableException("the Java keystore (PKCS#12) has no password, so that whoever reads it gives"
                    + " none: make it anew with the password '" + PASSWORD + "'");
        }
        try {
            DerElement mac = parts.get(2);
            byte[] code = mac.children().getFirst().children().getLast().content();
            if (!MessageDigest.isEqual(code, code(mac, content))) {
                throw new UneditableException("the Java keystore (PKCS#12) is under another password than '" + PASSWORD
                        + "', or damaged: set that password with keytool -storepasswd, or let the distribution's"
                        + " tool make the file anew");
            }
            List<Safe> safes = new ArrayList<>();
            List<Item> items = new ArrayList<>();
            for (DerElement info : DerElement.first(content).children()) {
                safe(info, safes, items);
            }
            return new Pkcs12(parts.getFirst().encoded(), mac, safes, List.copyOf(items));
        } catch (GeneralSecurityException unknown) {
            throw new UneditableException(
                    "the Java keystore (PKCS#12) is protected by an algorithm that Capstan does not"
                            + " know, or damaged: make it anew with keytool -importkeystore");
        } catch (RuntimeException malformed) {
            // Also what Java's own decoders of algorithm parameters throw on bytes that are none.
            throw new UneditableException(DAMAGED);
        }
    }

    /** What a ContentInfo of plain data holds. */
    private static byte[] data(DerElement info) {
        List<DerElement> parts = info.children();
        if (parts.size() != 2 || !Arrays.equals(parts.getFirst().encoded(), DATA)) {
            throw new IllegalArgumentException("it is not plain data");
        }
        return parts.getLast().children().getFirst().content();
    }

    private static void safe(DerElement info, List<Safe> safes, List<Item> items) throws GeneralSecurityException {
        byte[] algorithm = new byte[0];
        byte[] bags = new byte[0];
        byte[] kind = info.children().getFirst().encoded();
        if (Arrays.equals(kind, DATA)) {
            bags = data(info);
        } else if (Arrays.equals(kind, ENCRYPTED)) {
            DerElement sealed = info.children().getLast().children().getFirst();
            List<DerElement> content = sealed.children().get(1).children();
            algorithm = content.get(1).encoded();
            bags = PasswordCipher.run(
                    Cipher.DECRYPT_MODE, algorithm, content.get(2).content());
        }
        // What is sealed by a public key is a safe without items here; it goes back as it is.
        if (bags.length > 0) {
            for (DerElement bag : DerElement.first(bags).children()) {
                items.add(item(bag, safes.size()));
            }
        }
        safes.add(new Safe(info.encoded(), algorithm));
    }

    private static Item item(DerElement bag, int safe) {
        List<DerElement> parts = bag.children();
        String alias = "";
        byte @Nullable [] der = null;
        if (parts.size() == 3) {
            boolean trusted = false;
            for (DerElement attribute : parts.get(2).children()) {
                List<DerElement> typeAndValues = attribute.children();
                byte[] type = typeAndValues.getFirst().encoded();
                if (Arrays.equals(type, FRIENDLY_NAME)) {
                    byte[] name = typeAndValues.getLast().children().getFirst().content();
                    alias = new String(name, UTF_16BE).toLowerCase(Locale.ENGLISH);
                }
                trusted |= Arrays.equals(type, TRUSTED_KEY_USAGE);
            }
            if (trusted && Arrays.equals(parts.getFirst().encoded(), CERTIFICATE_BAG)) {
                DerElement certificate = parts.get(1).children().getFirst();
                der = certificate.children().getLast().children().getFirst().content();
            }
        }
        return new Item(alias, der, bag.encoded(), safe);
    }

    /** The code of authenticity over this content, made as this MacData says. */
    private static byte[] code(DerElement mac, byte[] content) throws GeneralSecurityException {
        List<DerElement> parts = mac.children();
        byte[] digest =
                parts.getFirst().children().getFirst().children().getFirst().encoded();
        int iterations = parts.size() > 2 ? new BigInteger(parts.get(2).content()).intValueExact() : 1;
        return PasswordCipher.mac(digest, parts.get(1).content(), iterations, content);
    }

    @Override
    public List<Item> items() {
        return items;
    }

    @Override
    public Item trusting(String alias, Certificate certificate) {
        int safe = items.stream()
                .filter(item -> item.identity().isPresent())
                .mapToInt(Item::group)
                .findFirst()
                .orElse(safes.size());
        return new Item(alias, certificate.der(), bag(alias, certificate.der()), safe);
    }

    @Override
    public Item renamed(Item item, String alias) {
        return new Item(alias, item.der(), bag(alias, item.der()), item.group());
    }

    /** As Java writes it. */
    private static byte[] bag(String alias, byte[] der) {
        byte[] value = Der.element(
                DerElement.SEQUENCE, X509, Der.element(EXPLICIT, Der.element(DerElement.OCTET_STRING, der)));
        byte[] name = Der.element(
                DerElement.SEQUENCE,
                FRIENDLY_NAME,
                Der.element(DerElement.SET, Der.element(BMP_STRING, alias.getBytes(UTF_16BE))));
        byte[] usage = Der.element(DerElement.SEQUENCE, TRUSTED_KEY_USAGE, Der.element(DerElement.SET, ANY_USAGE));
        return Der.element(
                DerElement.SEQUENCE,
                CERTIFICATE_BAG,
                Der.element(EXPLICIT, value),
                Der.element(DerElement.SET, name, usage));
    }

    @Override
    public byte[] with(List<Item> next) throws UneditableException {
        try {
            List<byte[]> infos = new ArrayList<>();
            int groups = safes.size() + (next.stream().anyMatch(item -> item.group() == safes.size()) ? 1 : 0);
            for (int group : IntStream.range(0, groups).toArray()) {
                infos.add(info(group, of(group, next)));
            }
            byte[] content = Der.element(DerElement.SEQUENCE, infos);
            List<DerElement> parts = mac.children();
            List<byte[]> authenticated = new ArrayList<>();
            authenticated.add(Der.element(
                    DerElement.SEQUENCE,
                    parts.getFirst().children().getFirst().encoded(),
                    Der.element(DerElement.OCTET_STRING, code(mac, content))));
            parts.subList(1, parts.size()).forEach(part -> authenticated.add(part.encoded()));
            return Der.element(
                    DerElement.SEQUENCE, version, plain(content), Der.element(DerElement.SEQUENCE, authenticated));
        } catch (GeneralSecurityException refused) {
            throw new UneditableException(
                    "the Java keystore (PKCS#12) cannot be encrypted again as it was: make it anew"
                            + " with keytool -importkeystore");
        }
    }

    private static List<Item> of(int group, List<Item> items) {
        return items.stream().filter(item -> item.group() == group).toList();
    }

    private byte[] info(int group, List<Item> next) throws GeneralSecurityException {
        byte[] bags =
                Der.element(DerElement.SEQUENCE, next.stream().map(Item::raw).toList());
        if (group == safes.size()) {
            return plain(bags);
        }
        Safe safe = safes.get(group);
        if (next.equals(of(group, items))) {
            return safe.info;
        }
        if (safe.algorithm.length == 0) {
            return plain(bags);
        }
        byte[] sealed = PasswordCipher.run(Cipher.ENCRYPT_MODE, safe.algorithm, bags);
        DerElement encrypted =
                DerElement.first(safe.info).children().getLast().children().getFirst();
        byte[] content = Der.element(DerElement.SEQUENCE, DATA, safe.algorithm, Der.element(IMPLICIT_OCTETS, sealed));
        List<byte[]> parts =
                new ArrayList<>(List.of(encrypted.children().getFirst().encoded(), content));
        encrypted.children().stream().skip(2).forEach(part -> parts.add(part.encoded()));
        return Der.element(
                DerElement.SEQUENCE, ENCRYPTED, Der.element(EXPLICIT, Der.element(DerElement.SEQUENCE, parts)));
    }

    private static byte[] plain(byte[] content) {
        return Der.element(
                DerElement.SEQUENCE, DATA, Der.element(EXPLICIT, Der.element(DerElement.OCTET_STRING, content)));
    }
}
