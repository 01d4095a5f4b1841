package dev.capstan.resources;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A client's private key as kubeconfigs have it: PKCS#8 (RFC 5958), PKCS#1 for RSA (RFC 8017, kubeadm writes it) or SEC 1
 * for elliptic curves (RFC 5915, k3s writes it). Java reads the first; the others are put into its envelope. Nothing of a key
 * is ever said.
 */
public final class PrivateKeyPem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----([^-]*)-----END \\1-----");

    private static final HexFormat HEX = HexFormat.of();
    /** AlgorithmIdentifier of rsaEncryption with its NULL (RFC 8017, A.1). */
    private static final byte[] RSA = HEX.parseHex("300d06092a864886f70d0101010500");
    /** id-ecPublicKey (RFC 5480, 2.1.1). */
    private static final byte[] EC = HEX.parseHex("06072a8648ce3d0201");

    private static final byte[] VERSION = HEX.parseHex("020100");

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int PARAMETERS = 0xa0;

    private PrivateKeyPem() {}

    /**
     * Reads the first key of a PEM text.
     *
     * @throws IllegalArgumentException in words, if there is none that can be used
     */
    public static PrivateKey parse(String pem) {
        var block = BLOCK.matcher(pem);
        if (!block.find()) {
            throw new IllegalArgumentException("it holds no private key in PEM");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException noBase64) {
            throw new IllegalArgumentException("its private key is no base64");
        }
        return switch (block.group(1)) {
            case "ENCRYPTED PRIVATE KEY" -> throw new IllegalArgumentException("its private key is encrypted");
            case "RSA PRIVATE KEY" -> key(envelope(RSA, der));
            case "EC PRIVATE KEY" -> key(envelope(element(SEQUENCE, EC, curve(der)), der));
            default -> key(der);
        };
    }

    private static PrivateKey key(byte[] pkcs8) {
        for (var algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException another) {
                // One of another kind, or none at all: that is said where no kind fits.
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("every Java has " + algorithm, impossible);
            }
        }
        throw new IllegalArgumentException("its private key is none of RSA, EC or Ed25519");
    }

    private static byte[] envelope(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, VERSION, algorithm, element(OCTETS, key));
    }

    /** The curve that an ECPrivateKey names: its third member, {@code [0]}, as it stands. */
    private static byte[] curve(byte[] der) {
        try {
            var at = contentAt(der, 0);
            while (at < der.length) {
                var content = contentAt(der, at);
                if ((der[at] & 0xff) == PARAMETERS) {
                    return Arrays.copyOfRange(der, content, content + lengthAt(der, at));
                }
                at = content + lengthAt(der, at);
            }
        } catch (IndexOutOfBoundsException cut) {
            throw new IllegalArgumentException("its private key is cut off");
        }
        throw new IllegalArgumentException("its private key does not name its curve");
    }

    private static int contentAt(byte[] der, int at) {
        var first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int lengthAt(byte[] der, int at) {
        var first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        var length = 0;
        for (var more = 0; more < (first & 0x7f); more++) {
            length = (length << 8) | (der[at + 2 + more] & 0xff);
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... contents) {
        var content = new ByteArrayOutputStream();
        for (var part : contents) {
            content.writeBytes(part);
        }
        var whole = new ByteArrayOutputStream();
        whole.write(tag);
        var length = content.size();
        if (length < 0x80) {
            whole.write(length);
        } else {
            whole.write(0x82);
            whole.write(length >> 8);
            whole.write(length);
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}
