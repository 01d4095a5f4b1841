package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.List;
import java.util.Optional;

/** A file of one certificate in a hash folder, there already or to come. */
final class CertificateFile {

    private final String name;
    private final boolean isNew;
    private final PemText.Block block;
    private final Identity identity;
    private final Node.File node;

    private CertificateFile(String name, boolean isNew, PemText.Block block, Identity identity, Node.File node) {
        this.name = name;
        this.isNew = isNew;
        this.block = block;
        this.identity = identity;
        this.node = node;
    }

    /** The file, if it holds one certificate and no other block of such. */
    static Optional<CertificateFile> parse(String name, Node.File node) {
        List<PemText.Block> blocks = PemText.parse(node.bytes()).stream()
                .filter(PemText.Block.class::isInstance)
                .map(PemText.Block.class::cast)
                .toList();
        return blocks.size() == 1
                ? blocks.getFirst()
                        .identity()
                        .map(identity -> new CertificateFile(name, false, blocks.getFirst(), identity, node))
                : Optional.empty();
    }

    /**
     * A file to come, by p11-kit's rules.
     *
     * @param trusted whether it holds a TRUSTED CERTIFICATE
     */
    static CertificateFile made(Certificate certificate, boolean trusted) {
        Label label = Label.of(certificate);
        PemText.Block block = trusted
                ? PemText.block(
                        PemText.TRUSTED,
                        certificate.der(),
                        CertificateAux.anchor(label).encode())
                : PemText.block(PemText.CERTIFICATE, certificate.der(), new byte[0]);
        return new CertificateFile(label.stem(), true, block, certificate.identity(), new Node.File(block.bytes()));
    }

    /** Its name; of one to come the stem. */
    String name() {
        return name;
    }

    boolean isNew() {
        return isNew;
    }

    String stem() {
        return isNew ? name : Numbering.FILES.stem(name);
    }

    Identity identity() {
        return identity;
    }

    byte[] der() {
        return block.der();
    }

    Node.File node() {
        return node;
    }
}
