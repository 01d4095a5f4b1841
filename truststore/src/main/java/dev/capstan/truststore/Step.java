package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.nio.file.Path;

/** One entry of a folder that a change makes, replaces or removes. Paths are as seen inside the root. */
sealed interface Step {

    String path();

    /** What is the matter with the entry as it is, in words. */
    String why();

    /** A file of these bytes takes the place of what is there. */
    final class Put implements Step {

        private final String path;
        private final byte[] bytes;
        private final boolean executable;
        private final String why;

        private Put(String path, byte[] bytes, boolean executable, String why) {
            this.path = path;
            this.bytes = bytes;
            this.executable = executable;
            this.why = why;
        }

        static Put file(String path, byte[] bytes, String why) {
            return new Put(path, bytes, false, why);
        }

        static Put program(String path, byte[] bytes, String why) {
            return new Put(path, bytes, true, why);
        }

        @Override
        public String path() {
            return path;
        }

        /** Not to be written to. */
        byte[] bytes() {
            return bytes;
        }

        boolean executable() {
            return executable;
        }

        @Override
        public String why() {
            return why;
        }
    }

    /** A symbolic link that says this takes the place of what is there. */
    record Link(String path, Path target, String why) implements Step {}

    /** What is under another name in the same folder comes under this one too. */
    record Again(String path, String existing, String why) implements Step {}

    /** What is there goes. */
    record Remove(String path, String why) implements Step {}

    /** A folder of staged files that an earlier change has left goes, with all that is in it. */
    record Clear(String path, String why) implements Step {}

    static String lacks(Identity identity) {
        return "lacks the certificate " + identity;
    }
}
