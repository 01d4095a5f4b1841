package dev.capstan.proof.cri;

import java.io.IOException;

/** The runtime refused a call, in its own words. */
public final class CriException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int code;

    CriException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** gRPC's status code, such as 5 for NOT_FOUND (grpc.io, doc/statuscodes). */
    public int code() {
        return code;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
