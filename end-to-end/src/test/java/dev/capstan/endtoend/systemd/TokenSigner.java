package dev.capstan.endtoend.systemd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * Signs tokens with the API server's own key (RFC 7515, RS256): a token that it made, with other times in it. Kubernetes gives
 * none that lives for less than ten minutes.
 *
 * @param key its private key, PKCS #8 in PEM
 */
record TokenSigner(Path key) {

    /** The same token, good for an hour that ends at this second since the epoch. */
    String endingAt(String token, long second) throws IOException, GeneralSecurityException {
        String[] parts = token.split("\\.", -1);
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replaceFirst("\"exp\":\\d+", "\"exp\":" + second)
                .replaceFirst("\"iat\":\\d+", "\"iat\":" + (second - 3600))
                .replaceFirst("\"nbf\":\\d+", "\"nbf\":" + (second - 3600));
        String signed = parts[0] + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
        String pem = Files.readString(key).replaceAll("-----[A-Z ]+-----|\\s", "");
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))));
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + base64(signature.sign());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
