package dev.capstan.truststore.format;

import dev.capstan.certificates.DerElement;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * Encryption and authentication by {@link Keystore#PASSWORD}, with the algorithms that Java's PKCS#12 keystores have had
 * (RFC 8018, RFC 7292 appendices B and C).
 */
final class PasswordCipher {

    /** So that a made-up number does not keep this busy for long; Java writes 10,000, old versions up to 100,000. */
    private static final int MOST_ITERATIONS = 1_000_000;

    private static final byte[] PBES2 = Der.oid("1.2.840.113549.1.5.13");

    /** Algorithms that are named by their object identifiers alone. */
    private static final Map<String, String> OTHERS = Map.of(
            "1.2.840.113549.1.12.1.3", "PBEWithSHA1AndDESede",
            "1.2.840.113549.1.12.1.5", "PBEWithSHA1AndRC2_128",
            "1.2.840.113549.1.12.1.6", "PBEWithSHA1AndRC2_40");

    private static final Map<String, String> MACS = Map.of(
            "1.3.14.3.2.26", "HmacPBESHA1",
            "2.16.840.1.101.3.4.2.1", "HmacPBESHA256",
            "2.16.840.1.101.3.4.2.2", "HmacPBESHA384",
            "2.16.840.1.101.3.4.2.3", "HmacPBESHA512");

    private PasswordCipher() {}

    /**
     * Encrypts or decrypts.
     *
     * @param mode as {@link Cipher} has it
     * @param algorithm an AlgorithmIdentifier, with salt and all
     * @throws GeneralSecurityException if the password is another, the content is damaged or the algorithm not known
     */
    static byte[] run(int mode, byte[] algorithm, byte[] content) throws GeneralSecurityException {
        List<DerElement> parts = DerElement.first(algorithm).children();
        byte[] oid = parts.getFirst().encoded();
        boolean pbes2 = Arrays.equals(oid, PBES2);
        String name = pbes2 ? "PBES2" : known(OTHERS, oid);
        AlgorithmParameters parameters = AlgorithmParameters.getInstance(name);
        try {
            parameters.init(parts.getLast().encoded());
        } catch (IOException malformed) {
            throw new GeneralSecurityException("its parameters are not those of the algorithm");
        }
        checkIterations(parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount());
        Cipher cipher = Cipher.getInstance(pbes2 ? parameters.toString() : name);
        cipher.init(mode, key(), parameters);
        return cipher.doFinal(content);
    }

    /**
     * The code of authenticity of PKCS#12.
     *
     * @param algorithm the object identifier of the digest, with its tag and length
     */
    static byte[] mac(byte[] algorithm, byte[] salt, int iterations, byte[] content) throws GeneralSecurityException {
        checkIterations(iterations);
        Mac mac = Mac.getInstance(known(MACS, algorithm));
        AlgorithmParameterSpec parameters = new PBEParameterSpec(salt, iterations);
        mac.init(key(), parameters);
        return mac.doFinal(content);
    }

    private static String known(Map<String, String> names, byte[] oid) throws GeneralSecurityException {
        for (Map.Entry<String, String> name : names.entrySet()) {
            if (Arrays.equals(Der.oid(name.getKey()), oid)) {
                return name.getValue();
            }
        }
        throw new GeneralSecurityException("an algorithm that Java's keystores do not have");
    }

    private static void checkIterations(int iterations) throws GeneralSecurityException {
        if (iterations < 1 || iterations > MOST_ITERATIONS) {
            throw new GeneralSecurityException("a number of iterations that no keystore has");
        }
    }

    private static Key key() throws GeneralSecurityException {
        return SecretKeyFactory.getInstance("PBE").generateSecret(new PBEKeySpec(Keystore.PASSWORD.toCharArray()));
    }
}
