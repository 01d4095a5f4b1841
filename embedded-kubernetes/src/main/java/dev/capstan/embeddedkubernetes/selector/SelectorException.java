package dev.capstan.embeddedkubernetes.selector;

/** A selector that cannot be read or is not supported; a 400 whose message is in Kubernetes' words. */
public final class SelectorException extends RuntimeException {

    SelectorException(String message) {
        super(message);
    }
}
