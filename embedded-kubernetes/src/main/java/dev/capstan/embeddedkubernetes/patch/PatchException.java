package dev.capstan.embeddedkubernetes.patch;

/** A patch that cannot be applied. The message is for the person who sent it. */
public final class PatchException extends RuntimeException {

    /** Why, and the HTTP status a Kubernetes API server answers with. */
    public enum Reason {
        /** The patch itself is not well formed. */
        MALFORMED(400),
        /** A JSON-patch {@code test} operation did not hold. */
        TEST_FAILED(422),
        /** The patch is well formed but does not fit the document, such as a missing path. */
        NOT_APPLICABLE(422),
        /** The patch, or what it would make, is too large or too deep. */
        TOO_LARGE(413);

        private final int status;

        Reason(int status) {
            this.status = status;
        }

        /** The HTTP status. */
        public int status() {
            return status;
        }
    }

    private final Reason reason;

    PatchException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why it cannot be applied. */
    public Reason reason() {
        return reason;
    }
}
