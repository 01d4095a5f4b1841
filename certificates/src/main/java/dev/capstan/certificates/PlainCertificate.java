package dev.capstan.certificates;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A CA's certificate as nearly all are made: of version 3, with a positive serial number, signed with a sound algorithm, names of
 * one attribute in each part, an RSA or ECDSA key, and no other critical extension than its BasicConstraints and keyUsage. It is
 * read here alone. Any other goes to the JDK's parser, which takes as long again as all else that is done with a certificate.
 *
 * <p>Both give the same, since nothing is taken here that the JDK would refuse or that something is to be said of, but for its
 * key: where one more kind would have to be known exactly, it is left to the JDK. What the JDK looks at: {@code X509CertImpl},
 * {@code X509CertInfo} and what they call; extensions that are not critical it does not refuse for what is in them.
 *
 * @param notBefore from when on it is valid
 * @param notAfter until when it is valid
 */
record PlainCertificate(Instant notBefore, Instant notAfter) {

    private static final int BOOLEAN = 0x01;
    private static final int VERSION = 0xa0;
    private static final int EXTENSIONS = 0xa3;
    private static final int GENERALIZED_TIME_LENGTH = 15;
    private static final int MOST_SERIAL_BYTES = 20;
    /** The JDK takes 4,096. */
    private static final int MOST_IDENTIFIER_BYTES = 64;

    /** UTF8String, PrintableString, TeletexString, IA5String. */
    private static final Set<Integer> STRINGS = Set.of(0x0c, 0x13, 0x14, 0x16);

    private static final byte[] VERSION_3 = hex("020102");
    private static final byte[] TRUE = hex("ff");

    /** RSA with SHA-256, SHA-384 and SHA-512, and ECDSA with these: what is in their AlgorithmIdentifiers. */
    private static final List<byte[]> SOUND_SIGNATURES = Stream.of(
                    "06092a864886f70d01010b0500",
                    "06092a864886f70d01010c0500",
                    "06092a864886f70d01010d0500",
                    "06082a8648ce3d040302",
                    "06082a8648ce3d040303",
                    "06082a8648ce3d040304")
            .map(PlainCertificate::hex)
            .toList();

    /** RSA with SHA-1, by which nobody judges a root. */
    private static final byte[] SHA_1 = hex("06092a864886f70d0101050500");

    private static final byte[] RSA_KEY = hex("06092a864886f70d0101010500");
    private static final byte[] P_256 = hex("06072a8648ce3d020106082a8648ce3d030107");
    private static final byte[] P_384 = hex("06072a8648ce3d020106052b81040022");
    private static final byte[] P_521 = hex("06072a8648ce3d020106052b81040023");
    private static final byte[] THREE = hex("03");
    private static final byte[] FERMAT_4 = hex("010001");

    private static final byte[] BASIC_CONSTRAINTS = hex("551d13");
    private static final byte[] KEY_USAGE = hex("551d0f");
    private static final byte[] NAME_CONSTRAINTS = hex("551d1e");
    private static final int KEY_CERT_SIGN = 0x04;

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    /**
     * The certificate, if it is one of these.
     *
     * @param whole one that {@link CertificateShape} and {@link StrictDer} have nothing against, and {@link KeyFacts} can use
     */
    static Optional<PlainCertificate> of(DerElement whole) {
        List<DerElement> parts = whole.children();
        List<DerElement> signed = parts.getFirst().children();
        // With its version, and without identifiers of issuer and subject, which are of version 2.
        if (signed.size() != 8
                || signed.getFirst().tag() != VERSION
                || !signed.getFirst().holds(VERSION_3)
                || !parts.get(1).equalsDer(signed.get(2))
                || parts.get(2).at(0) != 0) {
            return Optional.empty();
        }
        List<DerElement> fields = signed.subList(1, signed.size());
        DerElement issuer = fields.get(Certificate.ISSUER);
        DerElement subject = fields.get(Certificate.SUBJECT);
        boolean plain = isPositive(fields.get(Certificate.SERIAL_NUMBER))
                && isSound(parts.get(1), issuer.equalsDer(subject))
                && isName(issuer)
                && isName(subject)
                && isKey(fields.get(Certificate.KEY).children())
                && fields.getLast().tag() == EXTENSIONS
                && isCa(fields.getLast().children().getFirst().children());
        return plain ? valid(fields.get(Certificate.VALIDITY).children()) : Optional.empty();
    }

    private static boolean isPositive(DerElement serialNumber) {
        return serialNumber.length() <= MOST_SERIAL_BYTES
                && (serialNumber.at(0) > 0 || (serialNumber.at(0) == 0 && serialNumber.length() > 1));
    }

    private static boolean isSound(DerElement signature, boolean selfIssued) {
        return SOUND_SIGNATURES.stream().anyMatch(signature::holds) || (selfIssued && signature.holds(SHA_1));
    }

    private static boolean isName(DerElement name) {
        for (DerElement relative : name.children()) {
            DerElement attribute =
                    relative.children().size() == 1 ? relative.children().getFirst() : null;
            if (attribute == null || attribute.tag() != DerElement.SEQUENCE) {
                return false;
            }
            DerElement type = attribute.children().getFirst();
            if (type.tag() != ObjectIdentifier.TAG
                    || type.length() > MOST_IDENTIFIER_BYTES
                    || !STRINGS.contains(attribute.children().getLast().tag())) {
                return false;
            }
        }
        return !name.children().isEmpty();
    }

    private static boolean isKey(List<DerElement> key) {
        DerElement algorithm = key.getFirst();
        DerElement bits = key.get(1);
        if (bits.at(0) != 0) {
            return false;
        }
        if (algorithm.holds(RSA_KEY)) {
            return isRsaKey(bits.content());
        }
        int point = algorithm.holds(P_256) ? 64 : algorithm.holds(P_384) ? 96 : algorithm.holds(P_521) ? 132 : 0;
        // Uncompressed (SEC 1, 2.3.3).
        return point > 0 && bits.length() == 2 + point && bits.at(1) == 4;
    }

    /** Two numbers and nothing else: a modulus of whole bytes, and one of the exponents that all have. */
    private static boolean isRsaKey(byte[] bits) {
        DerElement key = DerElement.at(bits, 1, bits.length);
        DerElement modulus = key.children().getFirst();
        DerElement exponent = key.children().get(1);
        return key.tag() == DerElement.SEQUENCE
                && key.size() == bits.length - 1
                && modulus.at(0) == 0
                && modulus.at(1) < 0
                && exponent.tag() == DerElement.INTEGER
                && (exponent.holds(FERMAT_4) || exponent.holds(THREE));
    }

    private static boolean isCa(List<DerElement> extensions) {
        Set<Bytes> seen = new HashSet<>();
        boolean ca = false;
        for (DerElement extension : extensions) {
            List<DerElement> parts = extension.children();
            DerElement kind = parts.getFirst();
            byte[] value = parts.getLast().content();
            boolean constraints = kind.holds(BASIC_CONSTRAINTS);
            boolean usage = kind.holds(KEY_USAGE);
            boolean critical = parts.size() == 3;
            if (kind.length() > MOST_IDENTIFIER_BYTES
                    || !seen.add(Bytes.of(kind.content()))
                    || (critical && !(parts.get(1).holds(TRUE) && (constraints || usage)))
                    || kind.holds(NAME_CONSTRAINTS)
                    || (constraints && !saysCa(value))
                    || (usage && !allowsSigning(value))) {
                return false;
            }
            ca |= constraints;
        }
        return ca;
    }

    /** cA=TRUE, with a short pathLenConstraint or none (RFC 5280, 4.2.1.9). */
    private static boolean saysCa(byte[] value) {
        return value.length > 4
                && value[0] == DerElement.SEQUENCE
                && value[1] == value.length - 2
                && value[2] == BOOLEAN
                && value[3] == 1
                && value[4] == -1
                && (value.length == 5
                        || (value.length == 8 && value[5] == DerElement.INTEGER && value[6] == 1 && value[7] >= 0));
    }

    /** One byte of bits, none of them wrong, keyCertSign among them (RFC 5280, 4.2.1.3). */
    private static boolean allowsSigning(byte[] value) {
        return value.length == 4
                && value[0] == DerElement.BIT_STRING
                && value[1] == 2
                && value[2] >= 0
                && value[2] <= 2
                && (value[3] & ((1 << value[2]) - 1)) == 0
                && (value[3] & KEY_CERT_SIGN) != 0;
    }

    private static Optional<PlainCertificate> valid(List<DerElement> validity) {
        try {
            return Optional.of(new PlainCertificate(time(validity.getFirst()), time(validity.get(1))));
        } catch (DateTimeException noSuchTime) {
            return Optional.empty();
        }
    }

    /** The years of a UTCTime are those from 1950 to 2049 (RFC 5280, 4.1.2.5.1); no other time is earlier here. */
    private static Instant time(DerElement time) {
        boolean generalized = time.length() == GENERALIZED_TIME_LENGTH;
        int month = generalized ? 4 : 2;
        int ofCentury = two(time, month - 2);
        int century = generalized ? two(time, 0) : ofCentury < 50 ? 20 : 19;
        int year = 100 * century + ofCentury;
        if (year < 1950) {
            throw new DateTimeException("left to the JDK");
        }
        return LocalDateTime.of(
                        year,
                        two(time, month),
                        two(time, month + 2),
                        two(time, month + 4),
                        two(time, month + 6),
                        two(time, month + 8))
                .toInstant(ZoneOffset.UTC);
    }

    private static int two(DerElement digits, int at) {
        return 10 * (digits.at(at) - '0') + digits.at(at + 1) - '0';
    }
}
