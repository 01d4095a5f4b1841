package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.DerElement;
import dev.capstan.certificates.Identity;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * What a file of certificates gives to the bundle. A sound file gives itself, byte for byte, with a line feed at its end,
 * as update-ca-certificates takes it. From any other come only the certificates in it that can be used: the tool copies
 * what is cut, a byte order mark or a private key into the bundle too, where one cut block makes OpenSSL and GnuTLS lose
 * all that follow, and everybody can read the key.
 */
final class SourceContent {

    private final byte[] bytes;
    private final List<Found> certificates;
    private final String flaw;
    private final boolean plain;

    private SourceContent(byte[] bytes, List<Found> certificates, String flaw, boolean plain) {
        this.bytes = bytes;
        this.certificates = List.copyOf(certificates);
        this.flaw = flaw;
        this.plain = plain;
    }

    /** What goes into the bundle; none where nothing can be used. Not to be written to. */
    byte[] bytes() {
        return bytes;
    }

    /** The certificates in those bytes. */
    List<Found> certificates() {
        return certificates;
    }

    /** Why the file is not taken as it is; empty for a sound one. */
    String flaw() {
        return flaw;
    }

    /** Whether the file is one certificate as Capstan writes it. */
    boolean plain() {
        return plain;
    }

    /** A certificate, and what OpenSSL looks for it under in a folder, see {@link SubjectHash}. */
    record Found(Identity identity, String hash) {}

    static SourceContent parse(byte[] file) {
        boolean marked = file.length > 2 && (file[0] & 0xff) == 0xef && (file[1] & 0xff) == 0xbb;
        Bundle bundle = Bundle.parse(marked ? Arrays.copyOfRange(file, 3, file.length) : file);
        List<Found> found = new ArrayList<>();
        ByteArrayOutputStream usable = new ByteArrayOutputStream(file.length);
        String flaw = "";
        for (Bundle.Block block : bundle.blocks()) {
            try {
                if (DerElement.first(block.der()).size() != block.der().length) {
                    throw new IllegalArgumentException("bytes follow the certificate inside the block");
                }
                found.add(new Found(block.identity(), SubjectHash.ofDer(block.der())));
                usable.writeBytes(Bundle.pem(block.der()));
            } catch (RuntimeException malformed) {
                // Hostile DER fails in many ways; whatever it is, it is no certificate.
                flaw = "a block in it is not a certificate";
            }
        }
        if (!bundle.broken().isEmpty()) {
            flaw = "the block at line " + bundle.broken().getFirst() + " is cut or not base64";
        } else if (bundle.hasPrivateKey()) {
            flaw = "it holds a private key";
        } else if (found.isEmpty() && flaw.isEmpty()) {
            flaw = "no CERTIFICATE block is in it";
        } else if (marked) {
            flaw = "it begins with a byte order mark, behind which Go finds nothing";
        }
        byte[] written = usable.toByteArray();
        boolean plain = found.size() == 1 && Arrays.equals(written, file);
        return new SourceContent(flaw.isEmpty() ? endLine(file) : written, found, flaw, plain);
    }

    /** One of ours. */
    static SourceContent of(Certificate certificate) {
        return new SourceContent(
                certificate.pem().getBytes(ISO_8859_1),
                List.of(new Found(certificate.identity(), SubjectHash.of(certificate))),
                "",
                true);
    }

    private static byte[] endLine(byte[] file) {
        if (file[file.length - 1] == '\n') {
            return file;
        }
        byte[] ended = Arrays.copyOf(file, file.length + 1);
        ended[file.length] = '\n';
        return ended;
    }

    /** This without some certificates; itself where it holds none of them. */
    SourceContent without(Collection<Identity> distrusted) {
        List<Found> rest = new ArrayList<>();
        for (Found found : certificates) {
            if (!distrusted.contains(found.identity())) {
                rest.add(found);
            }
        }
        if (rest.size() == certificates.size()) {
            return this;
        }
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        for (Bundle.Block block : Bundle.parse(bytes).blocks()) {
            if (!distrusted.contains(block.identity())) {
                kept.writeBytes(Bundle.pem(block.der()));
            }
        }
        return new SourceContent(kept.toByteArray(), rest, flaw, false);
    }
}
