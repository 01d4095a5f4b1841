package dev.capstan.truststore.reader;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The bundle as OpenSSL reads one file of CAs ({@code X509_load_cert_crl_file}, behind {@code -CAfile} and curl's
 * compiled-in path): every certificate of it, or an error and none.
 */
record OpensslBundle(RootFiles files, Decoder decoder) {

    /**
     * Where programs look, by how distributions build them: curl of Debian, Alpine, Arch and Flatcar, curl and OpenSSL of
     * the Red Hat family, SUSE, {@code OPENSSLDIR/cert.pem} of Alpine and Arch, of Debian and of upstream.
     */
    static final List<String> PLACES = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/pki/tls/cert.pem",
            "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
            "/usr/lib/ssl/cert.pem",
            "/usr/local/ssl/cert.pem");

    /** The bundles there are, each file once. */
    private List<String> places() throws IOException {
        List<String> places = new ArrayList<>();
        List<String> real = new ArrayList<>();
        for (String place : PLACES) {
            if (files.exists(place) && !real.contains(files.real(place))) {
                places.add(place);
                real.add(files.real(place));
            }
        }
        return places;
    }

    /** One view for each bundle; where there is none, one that says so. */
    List<View> views() throws IOException {
        List<View> views = new ArrayList<>();
        for (String place : places()) {
            views.add(view(place));
        }
        if (views.isEmpty()) {
            views.add(new View.Failing(
                    Client.OPENSSL_BUNDLE,
                    new View.Fault(
                            PLACES.getFirst(),
                            "there is no bundle here, nor where other families have it",
                            Remedy.REBUILD)));
        }
        return views;
    }

    private View view(String place) {
        OpensslPem pem;
        List<View.Fault> faults = new ArrayList<>();
        try {
            pem = OpensslPem.read(files.read(place), decoder);
            if (!files.isReadableByAll(place)) {
                faults.add(new View.Fault(
                        place, "only some users may read it", "Let everybody read it: chmod a+r " + place));
            }
        } catch (IOException unreadable) {
            return failing(place, RootFiles.why(unreadable));
        }
        if (pem.broken().isPresent()) {
            return failing(place, pem.broken().get().getMessage() + ", so that nothing of the file is taken");
        }
        if (pem.certificates().isEmpty()) {
            return failing(place, "it holds no certificate");
        }
        NavigableMap<Identity, String> certificates = new TreeMap<>();
        for (SeenCertificate certificate : pem.certificates()) {
            if (certificates.put(certificate.identity(), place) != null) {
                faults.add(
                        new View.Fault(place, "it holds " + certificate.subject() + " more than once", Remedy.REBUILD));
            }
        }
        return new View.Trusting(Client.OPENSSL_BUNDLE, List.of(place), certificates, Map.of(), faults);
    }

    private static View failing(String place, String words) {
        return new View.Failing(Client.OPENSSL_BUNDLE, new View.Fault(place, words, Remedy.REBUILD));
    }
}
