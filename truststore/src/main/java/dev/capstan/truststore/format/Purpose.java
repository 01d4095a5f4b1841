package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.DerElement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a file of a p11-kit store is for. A plain anchor is trusted for everything, unless its own extended key usage
 * (RFC 5280, 4.2.1.12) says for what alone; the file of any other purpose leaves it out, that of the object
 * {@code anyExtendedKeyUsage} none (p11-kit, trust/enumerate.c). One whose extension does not parse is in no file.
 */
public enum Purpose {
    SERVER_AUTHENTICATION("1.3.6.1.5.5.7.3.1"),
    EMAIL_PROTECTION("1.3.6.1.5.5.7.3.4"),
    CODE_SIGNING("1.3.6.1.5.5.7.3.3");

    private static final byte[] EXTENDED_KEY_USAGE = Der.oid("2.5.29.37");
    private static final byte[] ANY = Der.oid("2.5.29.37.0");

    private final String dotted;

    Purpose(String dotted) {
        this.dotted = dotted;
    }

    /** Its object identifier, with tag and length. */
    byte[] oid() {
        return Der.oid(dotted);
    }

    /** Whether an anchor of this certificate counts for this purpose. */
    boolean allows(Certificate certificate) {
        return usages(certificate)
                .map(usages -> usages.isEmpty() || usages.stream().anyMatch(this::covers))
                .orElse(false);
    }

    private boolean covers(byte[] usage) {
        return Arrays.equals(usage, oid()) || Arrays.equals(usage, ANY);
    }

    /** Whether the certificate's extended key usage can be read, or there is none. */
    static boolean isReadable(Certificate certificate) {
        return usages(certificate).isPresent();
    }

    /** The object identifiers of its usages, none where it has no such extension; empty where that does not parse. */
    private static Optional<List<byte[]>> usages(Certificate certificate) {
        try {
            Optional<byte[]> extension = Fields.of(certificate.der()).extension(EXTENDED_KEY_USAGE);
            if (extension.isEmpty()) {
                return Optional.of(List.of());
            }
            DerElement usages = DerElement.first(extension.get());
            List<byte[]> oids =
                    usages.children().stream().map(DerElement::encoded).toList();
            return usages.tag() == DerElement.SEQUENCE && !oids.isEmpty() ? Optional.of(oids) : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
