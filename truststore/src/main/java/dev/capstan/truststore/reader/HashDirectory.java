package dev.capstan.truststore.reader;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hash directory as OpenSSL searches it ({@code get_cert_by_subject} in crypto/x509/by_dir.c): for a CA it opens
 * {@code HASH.0}, {@code HASH.1} and so on, HASH being that of the CA's subject, up to the first that is not there,
 * leads nowhere or cannot be read. What stands behind such a gap is never found, and neither is a certificate under the
 * hash of another subject.
 */
final class HashDirectory {

    /** {@code OPENSSLDIR/certs} of the distributions, and what curl of SUSE and newer Red Hat families is given. */
    private static final List<String> PLACES = List.of(
            "/etc/ssl/certs",
            "/etc/pki/tls/certs",
            "/etc/pki/ca-trust/extracted/pem/directory-hash",
            "/usr/local/ssl/certs");

    private static final Pattern LINK = Pattern.compile("([0-9a-f]{8})\\.(0|[1-9][0-9]{0,8})");

    private final RootFiles files;
    private final Decoder decoder;
    private final String folder;
    private final Map<String, NavigableSet<Integer>> numbers = new TreeMap<>();
    private final NavigableMap<Identity, String> found = new TreeMap<>();
    private final Map<Identity, View.Fault> hidden = new TreeMap<>();
    private final List<View.Fault> faults = new ArrayList<>();

    private HashDirectory(RootFiles files, Decoder decoder, String folder) throws IOException {
        this.files = files;
        this.decoder = decoder;
        this.folder = folder;
        for (String name : files.names(folder)) {
            Matcher matcher = LINK.matcher(name);
            if (matcher.matches()) {
                numbers.computeIfAbsent(matcher.group(1), hash -> new TreeSet<>())
                        .add(Integer.valueOf(matcher.group(2)));
            }
        }
        for (Map.Entry<String, NavigableSet<Integer>> chain : numbers.entrySet()) {
            search(chain.getKey(), chain.getValue());
        }
    }

    /** One view for each hash directory; where there is none, one that says whether there should be. */
    static List<View> views(RootFiles files, Decoder decoder) throws IOException {
        List<View> views = new ArrayList<>();
        Set<String> real = new HashSet<>();
        for (String place : PLACES) {
            if (files.isFolder(place) && real.add(files.real(place))) {
                HashDirectory directory = new HashDirectory(files, decoder, place);
                if (!directory.numbers.isEmpty()) {
                    views.add(directory.view());
                }
            }
        }
        if (views.isEmpty()) {
            views.add(none(files));
        }
        return views;
    }

    /** The Red Hat families had no hash links for long, and an OpenSSL of one's own may live by its bundle alone. */
    private static View none(RootFiles files) throws IOException {
        boolean needsNone = files.exists("/etc/pki/ca-trust") || !files.isFolder("/etc/ssl/certs");
        return needsNone
                ? new View.Absent(
                        Client.OPENSSL_DIRECTORY, "There is no hash directory here; OpenSSL reads its bundle instead.")
                : new View.Failing(
                        Client.OPENSSL_DIRECTORY,
                        new View.Fault(
                                "/etc/ssl/certs",
                                "it holds no hash link, so that nothing is found in it",
                                Remedy.REBUILD));
    }

    private View view() {
        hidden.keySet().removeAll(found.keySet());
        return new View.Trusting(Client.OPENSSL_DIRECTORY, List.of(folder), found, hidden, faults);
    }

    private void search(String hash, NavigableSet<Integer> chain) throws IOException {
        Optional<String> end = Optional.empty();
        int next = 0;
        for (int number : chain) {
            String link = folder + "/" + hash + "." + number;
            if (end.isEmpty() && number > next) {
                end = Optional.of(folder + "/" + hash + "." + next + " is not there");
            }
            next = number + 1;
            try {
                OpensslPem pem = OpensslPem.read(files.read(link), decoder);
                for (SeenCertificate certificate : pem.certificates()) {
                    take(certificate, hash, link, end);
                }
                if (pem.broken().isPresent() || pem.certificates().isEmpty()) {
                    String words = pem.broken().map(BrokenBlock::getMessage).orElse("holds no certificate");
                    faults.add(new View.Fault(link, words, Remedy.REBUILD));
                    end = Optional.of(end.orElse(link + " cannot be read"));
                }
            } catch (IOException unreadable) {
                String words = files.exists(link) ? RootFiles.why(unreadable) : "leads nowhere";
                faults.add(new View.Fault(link, words, Remedy.REBUILD));
                end = Optional.of(end.orElse(link + " " + words));
            }
        }
    }

    private void take(SeenCertificate certificate, String hash, String link, Optional<String> end) {
        if (!certificate.subjectHash().equals(hash)) {
            hidden.putIfAbsent(
                    certificate.identity(),
                    new View.Fault(
                            link,
                            "it lies under the hash of another subject; its own is " + certificate.subjectHash(),
                            Remedy.REBUILD));
        } else if (end.isPresent()) {
            hidden.putIfAbsent(
                    certificate.identity(),
                    new View.Fault(link, "OpenSSL does not get so far: " + end.get(), Remedy.REBUILD));
        } else {
            found.putIfAbsent(certificate.identity(), link);
        }
    }
}
