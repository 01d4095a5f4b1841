package dev.capstan.agent.api;

import java.io.IOException;

/** The server's answer is no HTTP, no JSON, larger than allowed, or does not hold what an answer of its kind must hold. */
public final class MalformedAnswerException extends IOException {

    private static final long serialVersionUID = 1;

    MalformedAnswerException(String words) {
        super("malformed answer of the API server: " + words);
    }
}
