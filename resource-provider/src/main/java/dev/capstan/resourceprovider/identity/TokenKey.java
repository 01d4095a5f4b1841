package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Secrets;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The key that signs access tokens: EC on P-256, in the Secret {@code arm-token-key}. Who makes it first wins, so that
 * several servers sign with one key. Losing it ends every token that was handed out, no more.
 *
 * @param id names it in tokens and in the key set: the first bytes of the public key's SHA-256
 */
record TokenKey(String id, PrivateKey privateKey, ECPublicKey publicKey) {

    private static final String SECRET = "arm-token-key";
    private static final String PRIVATE = "private.der";
    private static final String PUBLIC = "public.der";
    private static final int COORDINATE_BYTES = 32;
    private static final int TRIES = 3;

    /** Reads the key, and makes it if there is none. */
    static TokenKey open(Secrets secrets) {
        for (int i = 0; i < TRIES; i++) {
            Optional<Map<String, byte[]>> kept = secrets.read(SECRET);
            if (kept.isPresent()) {
                return of(kept.get());
            }
            KeyPair fresh = generate();
            try {
                secrets.create(
                        SECRET,
                        Map.of(
                                PRIVATE, fresh.getPrivate().getEncoded(),
                                PUBLIC, fresh.getPublic().getEncoded()));
            } catch (Conflict madeByAnother) {
                // That one is read in the next turn, as is the one that was made here.
            }
        }
        throw new IllegalStateException("the Secret capstan-system/" + SECRET + " is made and deleted by others");
    }

    private static TokenKey of(Map<String, byte[]> data) {
        byte[] secretPart = data.getOrDefault(PRIVATE, new byte[0]);
        byte[] publicPart = data.getOrDefault(PUBLIC, new byte[0]);
        try {
            KeyFactory keys = KeyFactory.getInstance("EC");
            ECPublicKey publicKey = (ECPublicKey) keys.generatePublic(new X509EncodedKeySpec(publicPart));
            return new TokenKey(
                    base64(Arrays.copyOf(sha256(publicPart), 12)),
                    keys.generatePrivate(new PKCS8EncodedKeySpec(secretPart)),
                    publicKey);
        } catch (GeneralSecurityException e) {
            // Without its cause, which could repeat parts of the key.
            throw new IllegalStateException("the Secret capstan-system/" + SECRET
                    + " holds no EC key; delete it, and another is made at the next start");
        }
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

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return java.security.MessageDigest.getInstance("SHA-256").digest(bytes);
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
