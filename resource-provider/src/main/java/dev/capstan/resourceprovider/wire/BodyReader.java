package dev.capstan.resourceprovider.wire;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;

/**
 * Reads bodies, bounded in size and in time: a client that sends a byte now and then is cut off after a while, though each single
 * wait is short enough for the server's read timeout.
 *
 * @param patience how long a body may take
 */
record BodyReader(Duration patience) {

    /** How much of a body is read at all; what is beyond the limit is thrown away. */
    private static final int MOST_READ = 12 * 1024 * 1024;

    private static final int PIECE = 16 * 1024;

    /**
     * All of it.
     *
     * @throws ArmFailure 413 if it is larger than the limit, 408 if it takes too long
     */
    byte[] read(InputStream in, int limit) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        byte[] bytes = new byte[PIECE];
        int length = 0;
        while (length <= limit) {
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(2 * length, limit + 1));
            }
            int read = in.read(bytes, length, bytes.length - length);
            if (read < 0) {
                return Arrays.copyOf(bytes, length);
            }
            length += read;
            check(end);
        }
        // A client that still sends would see the connection cut, and never the answer (RFC 9112, 9.6).
        for (int thrown = length; thrown < MOST_READ; ) {
            int read = in.read(bytes, 0, bytes.length);
            if (read < 0) {
                break;
            }
            thrown += read;
            check(end);
        }
        throw ArmFailure.of(
                413,
                "RequestEntityTooLarge",
                "The request's body is larger than " + limit + " bytes, which is all that is read.");
    }

    private void check(long end) {
        if (System.nanoTime() - end > 0) {
            throw ArmFailure.of(
                    408, "RequestTimeout", "The request's body did not arrive within " + patience.toSeconds() + " s.");
        }
    }
}
