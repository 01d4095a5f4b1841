package dev.capstan.certificates;

import java.util.Arrays;

/** Bytes that are compared by what they are, as keys of a map. A ByteBuffer is that too, and takes several times as long. */
final class Bytes {

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** These bytes, which must not change. */
    static Bytes of(byte[] bytes) {
        return new Bytes(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
