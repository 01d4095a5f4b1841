package dev.capstan.embeddedkubernetes.schema;

/** A body that is no object of its kind: a 400 whose message is in Kubernetes' words. */
public final class DecodingException extends RuntimeException {

    DecodingException(String message) {
        super(message);
    }
}
