package dev.capstan.embeddedkubernetes.store;

/** The disk did not take or give what it should have; nothing of the failed write is in memory. */
public final class StorageFailure extends RuntimeException {
    private final boolean full;

    StorageFailure(String message, boolean full, Throwable cause) {
        super(message, cause);
        this.full = full;
    }

    StorageFailure(String message) {
        super(message);
        this.full = false;
    }

    /** Whether the reason was a full disk. */
    public boolean isDiskFull() {
        return full;
    }
}
