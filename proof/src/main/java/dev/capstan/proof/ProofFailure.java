package dev.capstan.proof;

/** Why a proof came no further, in words. */
final class ProofFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    ProofFailure(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
