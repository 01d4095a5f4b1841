package dev.capstan.certificates;

import java.util.List;

/** A PKCS#7 or CMS container of certificates ({@code .p7b}; RFC 2315, 9.1, RFC 5652, 5.1): signed data, its signers of no interest. */
final class Pkcs7 {

    /** 1.2.840.113549.1.7.2, signedData. */
    private static final byte[] SIGNED_DATA = {0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x07, 0x02
    };

    private static final int FIRST_IN_CONTEXT = 0xa0;

    private Pkcs7() {}

    /** Whether this is a container of signed data. */
    static boolean is(DerElement whole) {
        if (whole.tag() != DerElement.SEQUENCE) {
            return false;
        }
        try {
            List<DerElement> parts = whole.children();
            return parts.size() == 2
                    && parts.getFirst().tag() == ObjectIdentifier.TAG
                    && parts.getFirst().holds(SIGNED_DATA);
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /**
     * The DER of the certificates in it, in their order; none if it holds none.
     *
     * @throws IllegalArgumentException if it is not made as such containers are
     */
    static List<byte[]> certificates(DerElement whole) {
        List<DerElement> content = whole.children().get(1).children();
        List<DerElement> signedData =
                content.isEmpty() ? List.of() : content.getFirst().children();
        // The version, digest algorithms and content come first; of what may follow, [0] are the certificates.
        return signedData.stream()
                .skip(3)
                .filter(part -> part.tag() == FIRST_IN_CONTEXT)
                .flatMap(part -> part.children().stream())
                .filter(part -> part.tag() == DerElement.SEQUENCE)
                .map(DerElement::encoded)
                .toList();
    }
}
