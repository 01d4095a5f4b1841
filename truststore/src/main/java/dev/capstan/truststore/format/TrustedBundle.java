package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * OpenSSL's bundle of certificates with what they are trusted for, {@code ca-bundle.trust.crt}: TRUSTED CERTIFICATE
 * blocks with comments, as {@code trust extract --format=openssl-bundle --filter=certificates --comment} writes it. It
 * holds all certificates, whatever for, also the distrusted ones, which are rejected for every usage. Those stand where
 * p11-kit reads them, behind the anchors of the same folder, and their labels are made from the certificate: what the
 * distribution's own file says of them gives way.
 */
public record TrustedBundle() implements StoreFormat {

    @Override
    public Held read(byte[] bytes) {
        return PemText.held(
                PemText.parseCommented(bytes),
                block -> new Held.Entry(block.der(), block.comment(), !isRejected(block)));
    }

    private static boolean isRejected(PemText.Block block) {
        try {
            return CertificateAux.parse(block.extra()).rejects();
        } catch (IllegalArgumentException unreadable) {
            // OpenSSL does not load such a block, so that nobody trusts it.
            return true;
        }
    }

    @Override
    public boolean takes(Certificate certificate) {
        return Purpose.isReadable(certificate);
    }

    @Override
    public byte[] edit(byte[] now, Edit edit) {
        Set<Identity> distrusted = edit.distrusted();
        List<Certificate> adding = Stream.concat(
                        edit.add().stream()
                                .filter(this::takes)
                                .filter(certificate -> !distrusted.contains(certificate.identity())),
                        edit.distrust().stream())
                .toList();
        PemText.Rules rules = new PemText.Rules() {
            @Override
            public Optional<Identity> counted(PemText.Block block) {
                return block.identity().filter(held -> isRejected(block) == distrusted.contains(held));
            }

            @Override
            public boolean unwanted(PemText.Block block) {
                return block.identity()
                        .filter(held -> edit.drop().contains(held)
                                || adding.stream()
                                        .anyMatch(wanted -> wanted.identity().equals(held)))
                        .isPresent();
            }

            @Override
            public PemText.Block made(Certificate certificate) {
                Label label = Label.of(certificate);
                CertificateAux aux = distrusted.contains(certificate.identity())
                        ? CertificateAux.rejected(label)
                        : CertificateAux.anchor(label);
                return PemText.block(label, PemText.TRUSTED, certificate.der(), aux.encode());
            }
        };
        return PemText.edit(now, PemText.parseCommented(now), edit.place(), adding, rules);
    }
}
