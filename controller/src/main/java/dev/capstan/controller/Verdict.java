package dev.capstan.controller;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a condition says, without when it began to.
 *
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason one word
 * @param message for people; the same facts give the same words, so nothing in it changes with time alone
 */
record Verdict(String status, String reason, String message) {

    static Verdict yes(String reason, String message) {
        return new Verdict("True", reason, message);
    }

    static Verdict no(String reason, String message) {
        return new Verdict("False", reason, message);
    }

    static Verdict unknown(String reason, String message) {
        return new Verdict("Unknown", reason, message);
    }

    /** The same, and a remark. */
    Verdict adding(String remark) {
        return new Verdict(status, reason, message.isEmpty() ? remark : message + "; " + remark);
    }

    boolean isTrue() {
        return status.equals("True");
    }

    boolean sameAs(@Nullable String otherStatus, @Nullable String otherReason, @Nullable String otherMessage) {
        return status.equals(otherStatus)
                && Objects.equals(reason, otherReason)
                && Objects.equals(message, otherMessage);
    }
}
