package dev.capstan.embeddedkubernetes.wire;

/** A protobuf body that cannot be read. The message is for the person who sent it. */
public final class WireException extends RuntimeException {

    /** Why, and the HTTP status to answer with. */
    public enum Reason {
        /** The bytes are not what they claim to be. */
        MALFORMED(400),
        /** The bytes hold a kind this server reads as JSON only. */
        UNSUPPORTED(415);

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

    WireException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why it cannot be read. */
    public Reason reason() {
        return reason;
    }
}
