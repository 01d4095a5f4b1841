package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.List;
import java.util.Optional;

/**
 * The bundle that {@code trust extract --format=pem-bundle --filter=ca-anchors} writes: CERTIFICATE blocks of those
 * anchors that count for one purpose, with comments ({@code --comment}, as RHEL's and its kin's tools do it) or without
 * (SUSE's, with a text of its own at the head).
 *
 * @param purpose what the file is for
 * @param commented whether above each block stands its label
 */
public record P11KitBundle(Purpose purpose, boolean commented) implements StoreFormat {

    private List<PemText.Piece> parse(byte[] bytes) {
        return commented ? PemText.parseCommented(bytes) : PemText.parse(bytes);
    }

    @Override
    public Held read(byte[] bytes) {
        return PemText.held(parse(bytes), block -> new Held.Entry(block.der(), block.comment(), true));
    }

    @Override
    public boolean takes(Certificate certificate) {
        return purpose.allows(certificate);
    }

    @Override
    public byte[] edit(byte[] now, Edit edit) {
        Distrust distrust = Distrust.of(edit.distrust());
        List<Certificate> adding = edit.add().stream()
                .filter(certificate -> takes(certificate) && !distrust.covers(certificate.der()))
                .toList();
        PemText.Rules rules = new PemText.Rules() {
            @Override
            public Optional<Identity> counted(PemText.Block block) {
                return block.identity();
            }

            @Override
            public boolean unwanted(PemText.Block block) {
                return block.identity().filter(edit.drop()::contains).isPresent() || distrust.covers(block.der());
            }

            @Override
            public PemText.Block made(Certificate certificate) {
                return commented
                        ? PemText.block(Label.of(certificate), PemText.CERTIFICATE, certificate.der(), new byte[0])
                        : PemText.block(PemText.CERTIFICATE, certificate.der(), new byte[0]);
            }
        };
        return PemText.edit(now, parse(now), edit.place(), adding, rules);
    }
}
