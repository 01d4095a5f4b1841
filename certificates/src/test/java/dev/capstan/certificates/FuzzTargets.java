package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * One target for every way into the reader, as Jazzer looks for them ({@code script/fuzz}); Jazzer itself is not needed to build
 * them. What holds of every input is the {@link ReaderOracle}'s; {@link FuzzTest} is the part of it that every run of the tests
 * has. What Jazzer starts from is written by {@link FuzzSeeds}.
 */
final class FuzzTargets {

    private FuzzTargets() {}

    /** Any bytes as a file, a key of a Secret and an entry of a list, and what is written of them. */
    public static final class File {
        private File() {}

        public static void fuzzerTestOneInput(byte[] input) {
            ReaderOracle.judge(input);
        }
    }

    /** Several keys of a Secret, zero bytes between their values. */
    public static final class Secret {
        private Secret() {}

        public static void fuzzerTestOneInput(byte[] input) {
            String[] values = new String(input, ISO_8859_1).split("\0", -1);
            Map<String, byte[]> data = new java.util.HashMap<>();
            for (int i = 0; i < values.length; i++) {
                data.put("ca" + i + ".crt", Pki.bytes(values[i]));
            }
            CertificateSet set = new CertificateReader(DoorsTest.NOW)
                    .readSecret(data, "secret")
                    .set();
            if (!DoorsTest.secret(Pki.bytes(set.pem())).set().equals(set)) {
                throw new AssertionError("what was written reads otherwise");
            }
        }
    }

    /** An entry of a list before its base64 is decoded: the input is what is sent. */
    public static final class ListOfArm {
        private ListOfArm() {}

        public static void fuzzerTestOneInput(byte[] input) {
            ReaderOracle.sent(input);
        }
    }

    /** DER alone, and in a block. */
    public static final class DerAlone {
        private DerAlone() {}

        public static void fuzzerTestOneInput(byte[] input) {
            ReaderOracle.judge(input);
            ReaderOracle.judge(Pki.bytes(Pki.pem(input)));
        }
    }

    /** DER in a TRUSTED CERTIFICATE block. */
    public static final class Trusted {
        private Trusted() {}

        public static void fuzzerTestOneInput(byte[] input) {
            ReaderOracle.judge(Pki.bytes(Pki.pem("TRUSTED CERTIFICATE", input)));
        }
    }

    /** DER in a PKCS7 block, and around it a container. */
    public static final class Pkcs7Block {
        private Pkcs7Block() {}

        public static void fuzzerTestOneInput(byte[] input) {
            ReaderOracle.judge(Pki.bytes(Pki.pem("PKCS7", input)));
            ReaderOracle.judge(Pki.bytes(Pki.pem("PKCS7", Mutations.container(input))));
        }
    }

    /** So many layers of base64 as the first byte says, around the rest. */
    public static final class Layers {
        private Layers() {}

        public static void fuzzerTestOneInput(byte[] input) {
            byte[] inner = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
            for (int layers = input.length == 0 ? 0 : input[0] & 3; layers >= 0; layers--) {
                inner = Base64.getMimeEncoder().encode(inner);
            }
            ReaderOracle.judge(inner);
        }
    }
}
