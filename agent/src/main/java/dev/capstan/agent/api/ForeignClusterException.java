package dev.capstan.agent.api;

import java.io.IOException;

/**
 * The server answers for another cluster than the one this node belongs to, or it cannot be told which. Nothing that it
 * says of objects, least of all that there are none, may be acted on.
 */
public final class ForeignClusterException extends IOException {

    private static final long serialVersionUID = 1;

    ForeignClusterException(String words) {
        super(words);
    }
}
