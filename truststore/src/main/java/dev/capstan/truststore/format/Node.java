package dev.capstan.truststore.format;

import java.util.Arrays;

/** What stands under a name in a folder. */
public sealed interface Node {

    /** A symbolic link with this content. */
    record Link(String target) implements Node {}

    /** A regular file. */
    final class File implements Node {

        private final byte[] bytes;

        public File(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        public byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof File that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }
}
