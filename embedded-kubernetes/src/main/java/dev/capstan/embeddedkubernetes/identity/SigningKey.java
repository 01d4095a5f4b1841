package dev.capstan.embeddedkubernetes.identity;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;

/** The key pair (EC, P-256) that signs and checks service-account tokens, with the key id derived from the public key. */
public final class SigningKey {
    // ES256 of RFC 7518 section 3.4: the signature is R and S, 32 bytes each.
    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

    private final KeyPair keys;
    private final String id;

    /**
     * @throws IllegalArgumentException if it is not an EC key pair on P-256
     */
    public SigningKey(KeyPair keys) {
        if (!(keys.getPublic() instanceof ECPublicKey key)
                || key.getParams().getOrder().bitLength() != 256) {
            throw new IllegalArgumentException("Service-account tokens are signed with ES256: an EC key pair on P-256"
                    + " is needed, not " + keys.getPublic().getAlgorithm() + ".");
        }
        this.keys = keys;
        this.id = Base64.getUrlEncoder().withoutPadding().encodeToString(AdministratorToken.sha256(key.getEncoded()));
    }

    /** The {@code kid}: base64url of the SHA-256 of the public key, as Kubernetes makes it. */
    String id() {
        return id;
    }

    byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(keys.getPrivate());
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Signing a token failed: " + e.getMessage(), e);
        }
    }

    boolean verify(byte[] bytes, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(keys.getPublic());
            signature.update(bytes);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            // A signature of the wrong length or outside the curve's order is no signature.
            return false;
        }
    }
}
