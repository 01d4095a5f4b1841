package dev.capstan.certificates;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What kind of public key a certificate has (RFC 5280, 4.1.2.7), read from its DER without making a key of it, which would
 * take a hostile one for granted. Who verifies with what: Go's {@code crypto/x509} and {@code crypto/rsa} (RSA from 1024 bits,
 * as of 1.24; up to 8192 in a handshake, as of 1.20.7; curves P-224 to P-521; Ed25519), OpenSSL ({@code rsa.h}: RSA up to
 * 16384 bits), the JDK (RSA from 512 to 16384 bits; curves P-256, P-384 and P-521).
 */
final class KeyFacts {

    /** An RSA key of fewer bits is broken by anybody, and of more is verified by nobody. */
    private static final int LEAST_RSA = 1024;

    private static final int WEAK_RSA = 2048;
    private static final int LARGE_RSA = 8192;
    private static final int MOST_RSA = 16384;

    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String EC = "1.2.840.10045.2.1";
    private static final String DSA = "1.2.840.10040.4.1";
    private static final String ED25519 = "1.3.101.112";

    private static final Map<String, String> CURVES =
            Map.of("1.2.840.10045.3.1.7", "P-256", "1.3.132.0.34", "P-384", "1.3.132.0.35", "P-521");

    private static final Map<String, String> OTHERS = Map.of(
            "1.3.101.113", "Ed448",
            "1.2.840.113549.1.1.10", "RSA-PSS",
            "2.16.840.1.101.3.4.3.17", "ML-DSA-44",
            "2.16.840.1.101.3.4.3.18", "ML-DSA-65",
            "2.16.840.1.101.3.4.3.19", "ML-DSA-87");

    private static final Set<String> QUICK = Set.of("Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87");

    private final String name;
    private final Optional<Remark> remark;

    private KeyFacts(String name, Optional<Remark> remark) {
        this.name = name;
        this.remark = remark;
    }

    /**
     * Reads the key.
     *
     * @param key a {@code SubjectPublicKeyInfo}
     * @throws IllegalArgumentException if it is none
     */
    static KeyFacts of(DerElement key) {
        List<DerElement> parts = key.children();
        List<DerElement> algorithm = parts.size() == 2 ? parts.getFirst().children() : List.of();
        if (algorithm.isEmpty()) {
            throw new IllegalArgumentException("its key is not made as keys are");
        }
        String oid = ObjectIdentifier.text(algorithm.getFirst());
        return switch (oid) {
            case RSA -> rsa(parts.get(1));
            case EC -> curve(algorithm.subList(1, algorithm.size()));
            case ED25519 -> new KeyFacts("Ed25519", Optional.empty());
            case DSA ->
                new KeyFacts(
                        "DSA", weak("its key is of DSA, which Go, and with it containerd, verifies nothing with."));
            default -> {
                String name = OTHERS.getOrDefault(oid, oid);
                yield new KeyFacts(
                        name,
                        Optional.of(
                                new Remark(
                                        FindingCode.UNSUPPORTED_KEY,
                                        "its key is of " + name
                                                + ", which not all programs on a node verify with; Go 1.24, and with it containerd,"
                                                + " does not.",
                                        "Have the CA issue from an RSA, ECDSA or Ed25519 key until the programs know this kind.")));
            }
        };
    }

    private static KeyFacts rsa(DerElement bitString) {
        byte[] content = bitString.content();
        if (bitString.tag() != DerElement.BIT_STRING || content.length < 2) {
            throw new IllegalArgumentException("its key is not made as keys are");
        }
        DerElement sequence = DerElement.at(content, 1, content.length);
        List<DerElement> numbers = sequence.children();
        if (numbers.size() != 2 || numbers.getFirst().tag() != DerElement.INTEGER) {
            throw new IllegalArgumentException("its key is not made as keys are");
        }
        byte[] modulus = numbers.getFirst().content();
        byte[] exponent = numbers.get(1).content();
        int bits = bits(modulus);
        String name = "RSA " + bits;
        if (bits < LEAST_RSA || bits > MOST_RSA) {
            return new KeyFacts(
                    name,
                    unusable("its RSA key has " + bits + " bits; programs verify with " + LEAST_RSA + " to " + MOST_RSA
                            + ", and a smaller one is broken by anybody."));
        }
        BigInteger e = exponent.length == 0 || exponent.length > 8 ? BigInteger.ZERO : new BigInteger(exponent);
        if (e.compareTo(BigInteger.TWO) <= 0 || !e.testBit(0) || modulus[0] < 0) {
            return new KeyFacts(name, unusable("its RSA key has numbers that no RSA key has."));
        }
        if (bits < WEAK_RSA) {
            return new KeyFacts(name, weak("its RSA key has " + bits + " bits; " + WEAK_RSA + " are the least today."));
        }
        return new KeyFacts(
                name,
                bits <= LARGE_RSA
                        ? Optional.empty()
                        : Optional.of(new Remark(
                                FindingCode.UNSUPPORTED_KEY,
                                "its RSA key has " + bits + " bits; Go, and with it containerd, takes no more than "
                                        + LARGE_RSA + " in a handshake.",
                                "Have the CA issue from a key of 4096 bits or less.")));
    }

    private static int bits(byte[] number) {
        int first = 0;
        while (first < number.length && number[first] == 0) {
            first++;
        }
        return first == number.length
                ? 0
                : (number.length - first) * 8 - Integer.numberOfLeadingZeros(number[first] & 0xff) + 24;
    }

    private static KeyFacts curve(List<DerElement> parameters) {
        boolean named = !parameters.isEmpty() && parameters.getFirst().tag() == ObjectIdentifier.TAG;
        String oid = named ? ObjectIdentifier.text(parameters.getFirst()) : "";
        String known = CURVES.get(oid);
        return known != null
                ? new KeyFacts("EC " + known, Optional.empty())
                : new KeyFacts(
                        "EC " + (oid.isEmpty() ? "own parameters" : oid),
                        unusable(
                                "its key is on an elliptic curve that Go or Java do not know; both know P-256, P-384 and"
                                        + " P-521."));
    }

    private static Optional<Remark> unusable(String message) {
        return Optional.of(new Remark(
                FindingCode.UNUSABLE_KEY, message, "Have the CA make a new key: RSA of 3072 bits, or P-256."));
    }

    private static Optional<Remark> weak(String message) {
        return Optional.of(
                new Remark(FindingCode.WEAK_KEY, message, "Plan a new CA with RSA of 3072 bits, P-256 or Ed25519."));
    }

    /** The kind of key, for people: {@code RSA 2048}, {@code EC P-256}, {@code Ed25519}. */
    String name() {
        return name;
    }

    /** Whether a signature is verified with it in a few milliseconds at the most, and this JDK knows how. */
    boolean isQuick() {
        boolean isUnsupported = remark.filter(said -> said.code() == FindingCode.UNSUPPORTED_KEY)
                .isPresent();
        return QUICK.contains(name) || (!isUnsupported && (name.startsWith("RSA ") || name.startsWith("EC ")));
    }

    /** What is to be said of it; nothing of a good one. */
    Optional<Remark> remark() {
        return remark;
    }
}
