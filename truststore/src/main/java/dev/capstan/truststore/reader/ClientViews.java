package dev.capstan.truststore.reader;

import dev.capstan.certificates.Identity;
import dev.capstan.truststore.TrustStoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The trust store of a root as each kind of client sees it. Out of scope, because no file of the trust store tells of
 * it: processes whose environment names other places ({@code SSL_CERT_FILE}, {@code SSL_CERT_DIR},
 * {@code CURL_CA_BUNDLE}, {@code NODE_EXTRA_CA_CERTS} and kin), and programs with a store of their own (Node.js, browsers,
 * JDKs that did not come with the distribution).
 */
public final class ClientViews {

    private final List<View> views;
    private final NavigableMap<Identity, SeenCertificate> certificates;

    private ClientViews(List<View> views, NavigableMap<Identity, SeenCertificate> certificates) {
        this.views = List.copyOf(views);
        this.certificates = certificates;
    }

    /**
     * Reads this root.
     *
     * @throws TrustStoreException if a folder of it cannot be read at all
     */
    public static ClientViews of(Path root) throws TrustStoreException {
        RootFiles files = new RootFiles(root.toAbsolutePath());
        Decoder decoder = new Decoder();
        List<View> views = new ArrayList<>();
        try {
            views.addAll(new OpensslBundle(files, decoder).views());
            views.addAll(HashDirectory.views(files, decoder));
            views.add(new GnutlsRoots(files, decoder).view());
            views.add(new GoRoots(files, decoder).view());
            views.addAll(new JavaKeystores(files, decoder).views());
        } catch (IOException failed) {
            throw new TrustStoreException(
                    "Cannot read the trust store of " + root + " as its clients do: " + failed.getMessage() + ": "
                            + RootFiles.why(failed) + ".",
                    failed);
        }
        NavigableMap<Identity, SeenCertificate> certificates = new TreeMap<>();
        for (View view : views) {
            view.trusted().keySet().forEach(identity -> certificates.put(identity, decoder.known(identity)));
            if (view instanceof View.Trusting trusting) {
                trusting.hidden().keySet().forEach(identity -> certificates.put(identity, decoder.known(identity)));
            }
        }
        return new ClientViews(views, certificates);
    }

    /** One for each client; more where it has several places that hold different files. */
    public List<View> views() {
        return views;
    }

    /** What any client sees, by identity. */
    public Map<Identity, SeenCertificate> certificates() {
        return certificates;
    }

    /** In what they do not agree: first what clients have trouble with, then the certificates by identity. */
    public List<Disagreement> disagreements() {
        List<Disagreement> disagreements = new ArrayList<>();
        for (View view : views) {
            switch (view) {
                case View.Failing failing ->
                    disagreements.add(new Disagreement.OfClient(failing.client(), failing.fault(), true));
                case View.Trusting trusting ->
                    trusting.faults()
                            .forEach(fault ->
                                    disagreements.add(new Disagreement.OfClient(trusting.client(), fault, false)));
                case View.Absent absent -> {}
            }
        }
        certificates.values().forEach(certificate -> compare(certificate, disagreements));
        return disagreements;
    }

    private void compare(SeenCertificate certificate, List<Disagreement> disagreements) {
        List<Disagreement.Sight> seenBy = new ArrayList<>();
        List<Disagreement.Sight> missedBy = new ArrayList<>();
        Identity identity = certificate.identity();
        for (View view : views) {
            // Who reads nothing at all is told of once, not once for each certificate.
            if (view instanceof View.Trusting trusting) {
                String path = trusting.certificates().get(identity);
                View.Fault hidden = trusting.hidden().get(identity);
                if (path != null) {
                    seenBy.add(new Disagreement.Sight(view.client(), path, ""));
                } else if (hidden != null) {
                    missedBy.add(new Disagreement.Sight(view.client(), hidden.path(), hidden.words()));
                } else {
                    missedBy.add(new Disagreement.Sight(
                            view.client(), String.join(", ", trusting.places()), "it is not there"));
                }
            }
        }
        if (!missedBy.isEmpty()) {
            disagreements.add(
                    new Disagreement.OfCertificate(certificate, seenBy, missedBy, Remedy.of(seenBy, missedBy)));
        }
    }
}
