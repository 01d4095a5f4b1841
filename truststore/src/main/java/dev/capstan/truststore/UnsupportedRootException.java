package dev.capstan.truststore;

/** The root is of a family whose trust store Capstan does not write; the message names what was found. */
public final class UnsupportedRootException extends TrustStoreException {

    public UnsupportedRootException(String message) {
        super(message);
    }
}
