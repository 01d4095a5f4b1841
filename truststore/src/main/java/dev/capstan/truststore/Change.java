package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One change of the store, planned, staged and committed in the order that {@link TrustStore} explains. */
final class Change {

    private final Survey survey;
    private final CertificateSet wanted;
    private final StoreFolder anchors;
    private final StoreFolder outputs;
    private final List<Certificate> newAnchors = new ArrayList<>();
    private final List<Identity> newLinks = new ArrayList<>();
    private final List<Identity> oldLinks;
    private final List<Identity> oldAnchors;
    private final HashLinks hashLinks;
    private final Optional<byte[]> newBundle;

    Change(Survey survey, CertificateSet wanted) throws IOException {
        this.survey = survey;
        this.wanted = wanted;
        this.anchors = new StoreFolder(survey.layout.resolve(DebianLayout.ANCHORS));
        this.outputs = new StoreFolder(survey.layout.resolve(DebianLayout.OUTPUTS));
        for (Certificate certificate : wanted.certificates()) {
            Identity identity = certificate.identity();
            if (survey.anchors.getOrDefault(identity, Optional.empty()).isEmpty()
                    || !survey.isReadable(
                            DebianLayout.inside(DebianLayout.ANCHORS, DebianLayout.anchorName(identity)))) {
                newAnchors.add(certificate);
            }
            if (!survey.links.getOrDefault(identity, false)) {
                newLinks.add(identity);
            }
        }
        this.oldLinks = unwanted(survey.links.keySet());
        this.oldAnchors = unwanted(survey.anchors.keySet());
        this.hashLinks = new HashLinks(survey, wanted);
        this.newBundle = bundle();
    }

    private List<Identity> unwanted(Collection<Identity> identities) {
        return identities.stream()
                .filter(identity -> !wanted.contains(identity))
                .toList();
    }

    private Optional<byte[]> bundle() throws IOException {
        Path file = survey.layout.resolve(DebianLayout.BUNDLE);
        Map<Identity, Set<Integer>> drop = new HashMap<>();
        for (Identity identity : concerned()) {
            drop.put(identity, survey.ourBlocks(identity));
        }
        byte[] bytes = survey.bundle.with(drop, wanted.certificates(), survey.foreign.later());
        boolean same = Arrays.equals(bytes, RegularFile.read(file)) && survey.isReadable(DebianLayout.BUNDLE);
        return same ? Optional.empty() : Optional.of(bytes);
    }

    /** Every certificate that was or will be ours. */
    Set<Identity> concerned() {
        Set<Identity> concerned = new TreeSet<>(survey.known());
        wanted.certificates().forEach(certificate -> concerned.add(certificate.identity()));
        return concerned;
    }

    /** Makes everything that needs space, where no reader looks. */
    void stage() throws IOException {
        outputs.open();
        if (newBundle.isPresent()) {
            outputs.stage(DebianLayout.BUNDLE_NAME, newBundle.get());
        }
        for (Identity identity : newLinks) {
            outputs.stageLink(DebianLayout.linkName(identity), Path.of(DebianLayout.linkTarget(identity)));
        }
        hashLinks.stage(outputs);
        if (!newAnchors.isEmpty()) {
            anchors.open();
        }
        for (Certificate certificate : newAnchors) {
            // Without .crt, so that the distribution's tool does not take it for an anchor.
            anchors.stage(certificate.identity().hex(), certificate.pem().getBytes(UTF_8));
        }
    }

    void discard() throws IOException {
        outputs.close();
        anchors.close();
    }

    void commit() throws IOException {
        for (Certificate certificate : newAnchors) {
            anchors.publish(certificate.identity().hex(), DebianLayout.anchorName(certificate.identity()));
        }
        anchors.close();
        for (Identity identity : newLinks) {
            outputs.publish(DebianLayout.linkName(identity));
        }
        hashLinks.publish(outputs);
        for (Identity identity : oldLinks) {
            outputs.remove(DebianLayout.linkName(identity));
        }
        for (Identity identity : oldAnchors) {
            anchors.remove(DebianLayout.anchorName(identity));
        }
        if (!newAnchors.isEmpty() || !oldAnchors.isEmpty()) {
            anchors.sync();
        }
        if (newBundle.isPresent()) {
            outputs.publish(DebianLayout.BUNDLE_NAME);
        }
        outputs.close();
        outputs.sync();
    }
}
