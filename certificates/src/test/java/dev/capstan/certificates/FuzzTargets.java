package dev.capstan.certificates;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One target for every way into the reader, as Jazzer looks for them ({@code script/fuzz}); Jazzer itself is not needed to build
 * them. {@link FuzzTest} is the part of it that every run of the tests has.
 */
final class FuzzTargets {

    private FuzzTargets() {}

    /** A file, and what is written of it. */
    public static final class File {
        private File() {}

        public static void fuzzerTestOneInput(byte[] input) {
            CertificateSet set = DoorsTest.file(input).set();
            if (!DoorsTest.secret(Pki.bytes(set.pem())).set().equals(set)) {
                throw new AssertionError("what was written reads otherwise");
            }
        }
    }

    /** A key of a Secret. */
    public static final class Secret {
        private Secret() {}

        public static void fuzzerTestOneInput(byte[] input) {
            DoorsTest.secret(input);
        }
    }

    /** An entry of a list, as it is sent. */
    public static final class ListOfArm {
        private ListOfArm() {}

        public static void fuzzerTestOneInput(byte[] input) {
            new CertificateReader(DoorsTest.NOW)
                    .readList(List.of(new String(input, StandardCharsets.ISO_8859_1)), "list");
            DoorsTest.list(input);
        }
    }
}
