package dev.capstan.proof;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** A socket that gives no more than so many bytes: no peer of a proof has more to say. */
final class MeteredSocket extends Socket {

    /** More than a handshake with the largest chain and an answer's head take. */
    static final int MOST_BYTES = 1024 * 1024;

    private int read;

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                return counted(super.read(), 1);
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int count = super.read(into, offset, length);
                return counted(count, count);
            }
        };
    }

    private int counted(int result, int bytes) throws IOException {
        if (result >= 0) {
            read += bytes;
            if (read > MOST_BYTES) {
                throw new IOException("the peer sent more than " + MOST_BYTES + " bytes");
            }
        }
        return result;
    }
}
