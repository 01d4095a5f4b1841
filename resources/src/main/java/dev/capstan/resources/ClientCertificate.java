package dev.capstan.resources;

/**
 * A certificate that a client shows to an API in place of a token.
 *
 * @param certificate PEM, with what it is chained to
 * @param key PEM: PKCS #8, PKCS #1 or SEC 1, without a password; never logged
 */
public record ClientCertificate(String certificate, String key) {

    /**
     * What kind of key it is, by Java's name of it, such as {@code EC} or {@code RSA}; libraries want to be told.
     *
     * @throws IllegalArgumentException in words, if the key cannot be used
     */
    public String algorithm() {
        return PrivateKeyPem.parse(key).getAlgorithm();
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "ClientCertificate[…]";
    }
}
