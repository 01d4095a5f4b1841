package dev.capstan.truststore;

/** The trust store could not be read or changed; the message says what, where, why and what to do. */
public sealed class TrustStoreException extends Exception permits UnsupportedRootException {

    public TrustStoreException(String message) {
        super(message);
    }

    public TrustStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
