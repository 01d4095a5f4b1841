package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.wire.Sha256;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key of access tokens: EC on P-256.
 *
 * @param id names it in tokens and in the key set: the first bytes of the public key's SHA-256
 * @param created when it was made; of those of earlier versions, which did not say, the epoch
 */
record TokenKey(String id, Instant created, PrivateKey privateKey, ECPublicKey publicKey) {

    /** What the entries of a Secret end with. */
    static final String PUBLIC = "public.der";

    private static final String PRIVATE = "private.der";
    private static final Pattern DATED = Pattern.compile("key-([0-9]{1,12})-");
    private static final int COORDINATE_BYTES = 32;

    /** A fresh one. */
    static TokenKey generate(Instant now) {
        KeyPair pair = generate();
        return new TokenKey(
                id(pair.getPublic().getEncoded()), now.truncatedTo(ChronoUnit.SECONDS), pair.getPrivate(), (ECPublicKey)
                        pair.getPublic());
    }

    /**
     * One of those in a Secret.
     *
     * @param prefix what its two entries begin with
     */
    static TokenKey of(String secret, String prefix, Map<String, byte[]> data) {
        byte[] secretPart = data.getOrDefault(prefix + PRIVATE, new byte[0]);
        byte[] publicPart = data.getOrDefault(prefix + PUBLIC, new byte[0]);
        Matcher dated = DATED.matcher(prefix);
        try {
            KeyFactory keys = KeyFactory.getInstance("EC");
            return new TokenKey(
                    id(publicPart),
                    dated.matches() ? Instant.ofEpochSecond(Long.parseLong(dated.group(1))) : Instant.EPOCH,
                    keys.generatePrivate(new PKCS8EncodedKeySpec(secretPart)),
                    (ECPublicKey) keys.generatePublic(new X509EncodedKeySpec(publicPart)));
        } catch (GeneralSecurityException e) {
            // Without its cause, which could repeat parts of the key.
            throw new IllegalStateException("the Secret capstan-system/" + secret
                    + " holds something else than EC keys;" + " delete it, and another is made at the next start");
        }
    }

    /** Its entries in a Secret. */
    Map<String, byte[]> data() {
        String prefix = created.equals(Instant.EPOCH) ? "" : "key-" + created.getEpochSecond() + "-";
        return Map.of(prefix + PRIVATE, privateKey.getEncoded(), prefix + PUBLIC, publicKey.getEncoded());
    }

    private static String id(byte[] publicPart) {
        return base64(Arrays.copyOf(Sha256.of(publicPart), 12));
    }

    private static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java makes EC P-256 keys", impossible);
        }
    }

    /** A coordinate of the public key as a JSON Web Key has it (RFC 7518, 6.2.1.2). */
    static String coordinate(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] fixed = new byte[COORDINATE_BYTES];
        int length = Math.min(bytes.length, COORDINATE_BYTES);
        System.arraycopy(bytes, bytes.length - length, fixed, COORDINATE_BYTES - length, length);
        return base64(fixed);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "TokenKey[" + id + "]";
    }
}
