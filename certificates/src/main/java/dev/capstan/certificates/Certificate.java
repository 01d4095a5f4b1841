package dev.capstan.certificates;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * One X.509 CA certificate: its DER encoding, its identity and the few facts that are shown of it. Holds no
 * {@code X509Certificate}, which costs several KiB each and the agent keeps sets for as long as it runs.
 */
public final class Certificate implements Comparable<Certificate> {

    private static final Base64.Encoder PEM_BASE64 =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private static final int VERSION = 0xa0;

    static final int SERIAL_NUMBER = 0;
    static final int ISSUER = 2;
    static final int VALIDITY = 3;
    static final int SUBJECT = 4;
    static final int KEY = 5;

    private final Identity identity;
    private final byte[] der;
    /** The first of its fields, to the key: windows on the DER. */
    private final List<DerElement> fields;

    private @Nullable String subject;
    private final Instant notBefore;
    private final Instant notAfter;

    /**
     * A certificate that was read.
     *
     * @param der its DER encoding, which nobody changes from here on
     * @param fields of it, as {@link #fields(DerElement)} has them
     */
    Certificate(byte[] der, List<DerElement> fields, Instant notBefore, Instant notAfter) {
        this.der = der;
        DerElement[] first = new DerElement[KEY + 1];
        Arrays.setAll(first, index -> fields.get(index).bare());
        this.fields = List.of(first);
        this.identity = Identity.ofDer(der);
        this.notBefore = notBefore;
        this.notAfter = notAfter;
    }

    public Identity identity() {
        return identity;
    }

    /** The certificate's DER encoding (X.690), a copy. */
    public byte[] der() {
        return der.clone();
    }

    /**
     * The subject as an RFC 2253 name, for people to read: control characters as <code>\\u{…}</code>, cut after 400
     * characters.
     */
    public String subject() {
        // Made when somebody asks, which of most certificates nobody does; two threads make the same.
        String shown = subject == null ? ShownText.of(new X500Principal(subjectDer()).getName()) : subject;
        subject = shown;
        return shown;
    }

    /** The subject's DER encoding, a {@code Name} (RFC 5280, 4.1.2.6). */
    public byte[] subjectDer() {
        return field(SUBJECT).encoded();
    }

    /** The issuer's DER encoding, a {@code Name} (RFC 5280, 4.1.2.4); equal to the subject's where it is self-issued. */
    public byte[] issuerDer() {
        return field(ISSUER).encoded();
    }

    /** The key's DER encoding, a {@code SubjectPublicKeyInfo} (RFC 5280, 4.1.2.7). */
    public byte[] keyDer() {
        return field(KEY).encoded();
    }

    /** The kind of key, for people: {@code RSA 2048}, {@code EC P-256}, {@code Ed25519}. */
    public String keyName() {
        return KeyFacts.of(field(KEY)).name();
    }

    /** Whether a signature is verified with its key in a few milliseconds at the most. */
    boolean isQuicklyVerifiedWith() {
        return KeyFacts.of(field(KEY)).isQuick();
    }

    /** What the issuer counts it by; may be negative where the issuer did not know better. */
    public BigInteger serialNumber() {
        return new BigInteger(field(SERIAL_NUMBER).content());
    }

    private DerElement field(int index) {
        return fields.get(index);
    }

    /** All of its fields, as {@link #fields(DerElement)} has them, read anew, so that what is made of them is not kept. */
    List<DerElement> fields() {
        return fields(DerElement.first(der));
    }

    /**
     * Whether a chain that ends in this certificate's CA can end in the other as well: the CA has the same name and the
     * same key, as when its certificate was renewed (RFC 5280, 4.1.2.6 and 4.1.2.7).
     */
    public boolean hasSameSubjectAndKey(Certificate other) {
        return Arrays.equals(subjectDer(), other.subjectDer()) && Arrays.equals(keyDer(), other.keyDer());
    }

    /**
     * The first fields of a certificate without its optional version number: serial number, algorithm, issuer, validity,
     * subject, key (RFC 5280, 4.1).
     *
     * @throws IllegalArgumentException if the element is not made like that
     */
    static List<DerElement> fields(DerElement certificate) {
        List<DerElement> parts = certificate.tag() == DerElement.SEQUENCE ? certificate.children() : List.of();
        List<DerElement> signed = parts.size() == 3 ? parts.getFirst().children() : List.of();
        boolean hasVersion = !signed.isEmpty() && signed.getFirst().tag() == VERSION;
        List<DerElement> fields = hasVersion ? signed.subList(1, signed.size()) : signed;
        if (fields.size() < 6) {
            throw new IllegalArgumentException("it lacks fields that every certificate has");
        }
        return fields;
    }

    public Instant notBefore() {
        return notBefore;
    }

    public Instant notAfter() {
        return notAfter;
    }

    /** The one way Capstan writes a certificate: RFC 7468 PEM, 64 columns, LF, ending in a line feed. */
    public String pem() {
        return "-----BEGIN CERTIFICATE-----\n" + PEM_BASE64.encodeToString(der) + "\n-----END CERTIFICATE-----\n";
    }

    @Override
    public int compareTo(Certificate other) {
        return identity.compareTo(other.identity);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Certificate that && Arrays.equals(der, that.der);
    }

    @Override
    public int hashCode() {
        return identity.hashCode();
    }

    @Override
    public String toString() {
        return subject() + " (" + identity + ")";
    }
}
