package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The bundle of the simple tools, Debian's, Alpine's and Flatcar's: CERTIFICATE blocks one after the other. Text between
 * them is kept, also where the block below it goes.
 */
public record PemBundle() implements StoreFormat {

    @Override
    public Held read(byte[] bytes) {
        return PemText.held(PemText.parse(bytes), block -> new Held.Entry(block.der(), Optional.empty(), true));
    }

    @Override
    public boolean takes(Certificate certificate) {
        return true;
    }

    @Override
    public byte[] edit(byte[] now, Edit edit) {
        Set<Identity> distrusted = edit.distrusted();
        List<Certificate> adding = edit.add().stream()
                .filter(certificate -> !distrusted.contains(certificate.identity()))
                .toList();
        PemText.Rules rules = new PemText.Rules() {
            @Override
            public Optional<Identity> counted(PemText.Block block) {
                return block.identity();
            }

            @Override
            public boolean unwanted(PemText.Block block) {
                return block.identity()
                        .filter(held -> edit.drop().contains(held) || distrusted.contains(held))
                        .isPresent();
            }

            @Override
            public PemText.Block made(Certificate certificate) {
                return PemText.block(PemText.CERTIFICATE, certificate.der(), new byte[0]);
            }
        };
        return PemText.edit(now, PemText.parse(now), edit.place(), adding, rules);
    }
}
