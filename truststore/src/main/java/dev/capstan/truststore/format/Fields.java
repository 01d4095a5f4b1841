package dev.capstan.truststore.format;

import dev.capstan.certificates.DerElement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The fields of a certificate that the formats' rules ask for (RFC 5280, 4.1), each with its tag and length. */
final class Fields {

    private static final int VERSION = 0xa0;
    private static final int EXTENSIONS = 0xa3;

    private final List<DerElement> fields;

    private Fields(List<DerElement> fields) {
        this.fields = fields;
    }

    /**
     * The fields of the certificate with this DER encoding.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Fields of(byte[] der) {
        DerElement whole = DerElement.first(der);
        List<DerElement> parts = whole.tag() == DerElement.SEQUENCE ? whole.children() : List.of();
        List<DerElement> signed = parts.size() == 3 ? parts.getFirst().children() : List.of();
        boolean hasVersion = !signed.isEmpty() && signed.getFirst().tag() == VERSION;
        List<DerElement> fields = hasVersion ? signed.subList(1, signed.size()) : signed;
        if (fields.size() < 6) {
            throw new IllegalArgumentException("it lacks fields that every certificate has");
        }
        return new Fields(fields);
    }

    byte[] serialNumber() {
        return fields.get(0).encoded();
    }

    byte[] issuer() {
        return fields.get(2).encoded();
    }

    DerElement subject() {
        return fields.get(4);
    }

    /** The SubjectPublicKeyInfo. */
    byte[] key() {
        return fields.get(5).encoded();
    }

    /** What the first extension of this kind holds (RFC 5280, 4.2): the content of its extnValue. */
    Optional<byte[]> extension(byte[] oid) {
        for (DerElement field : fields) {
            if (field.tag() == EXTENSIONS) {
                for (DerElement extension : field.children().getFirst().children()) {
                    List<DerElement> parts = extension.children();
                    if (Arrays.equals(parts.getFirst().encoded(), oid)) {
                        return Optional.of(parts.getLast().content());
                    }
                }
            }
        }
        return Optional.empty();
    }
}
