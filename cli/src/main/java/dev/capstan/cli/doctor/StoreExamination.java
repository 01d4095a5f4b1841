package dev.capstan.cli.doctor;

import dev.capstan.certificates.Identity;
import dev.capstan.proof.Anchors;
import dev.capstan.truststore.RootPath;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import dev.capstan.truststore.reader.Client;
import dev.capstan.truststore.reader.ClientViews;
import dev.capstan.truststore.reader.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The trust store of a root, as far as a diagnosis needs it. */
final class StoreExamination {

    /** Where programs in Go look for a bundle, the first that is there (crypto/x509, root_linux.go). */
    private static final List<String> BUNDLES = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/ca-bundle.pem",
            "/etc/pki/tls/cacert.pem",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "/etc/ssl/cert.pem");

    private static final long LARGEST = 16L * 1024 * 1024;
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private final Path root;
    private final Optional<Path> bundle;
    private final Anchors anchors;
    private final List<View> views = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private Optional<String> anchorFolder = Optional.empty();
    private int readable;
    private int expired;

    private StoreExamination(Path root) {
        this.root = root;
        this.bundle = BUNDLES.stream()
                .map(this::inside)
                .flatMap(Optional::stream)
                .filter(Files::isRegularFile)
                .findFirst();
        this.anchors = Anchors.of(bundle.map(StoreExamination::text).orElse(""));
        if (bundle.isEmpty()) {
            faults.add("there is no bundle at " + String.join(", ", BUNDLES));
        }
        try {
            anchorFolder = Optional.of(TrustStore.at(root).family().anchors());
            TrustStore.at(root).read().damages().forEach(damage -> faults.add(damage.toString()));
            ClientViews seen = ClientViews.of(root);
            views.addAll(seen.views());
            for (View view : views) {
                switch (view) {
                    case View.Failing failing -> faults.add(failing.fault().toString());
                    case View.Trusting trusting -> trusting.faults().forEach(fault -> faults.add(fault.toString()));
                    case View.Absent absent -> {
                        // Not every root has everything.
                    }
                }
            }
            Instant now = Instant.now();
            readable = seen.certificates().size();
            expired = (int) seen.certificates().values().stream()
                    .filter(certificate -> certificate.notAfter().isBefore(now))
                    .count();
        } catch (TrustStoreException unreadable) {
            faults.add(String.valueOf(unreadable.getMessage()));
        }
    }

    static StoreExamination of(Path root) {
        return new StoreExamination(root);
    }

    /** The bundle as a program in Go reads it now; empty where there is none. */
    Anchors anchors() {
        return anchors;
    }

    /** What is broken, path and words; each once. */
    List<String> faults() {
        return faults.stream().distinct().limit(10).toList();
    }

    void addTo(NodeExamination.Places places) {
        if (!places.judges()) {
            return;
        }
        anchorFolder.ifPresent(folder -> places.add(Place.ANCHORS, Optional.of(texts(folder))));
        places.add(Place.BUNDLE, anchors);
        if (anchors.size() == 0) {
            places.put(Place.BUNDLE, Place.Holding.BROKEN);
        }
        List<View> links = of(Client.OPENSSL_DIRECTORY);
        if (!links.isEmpty()) {
            // Whatever else stands there may complete the chain too, so that its files are read and not only compared.
            StringBuilder pem = new StringBuilder();
            links.forEach(view -> Set.copyOf(view.trusted().values())
                    .forEach(path -> pem.append(
                                    inside(path).map(StoreExamination::text).orElse(""))
                            .append('\n')));
            places.add(Place.HASH_DIRECTORY, Optional.of(pem.toString()));
        }
        List<View> keystores = of(Client.JAVA);
        if (!keystores.isEmpty()) {
            boolean holds =
                    keystores.stream().anyMatch(view -> holdsOne(view.trusted().keySet(), places.completing()));
            places.put(Place.KEYSTORE, holds ? Place.Holding.YES : Place.Holding.NO);
        }
    }

    /**
     * What time it is at least, where the files of the store are of a later time than the clock says; or when they were written,
     * where by the clock most roots have expired.
     */
    Optional<Instant> timeToldByFiles(Instant now) {
        Optional<Instant> written = bundle.flatMap(file -> {
            try {
                return Optional.of(Files.getLastModifiedTime(file).toInstant());
            } catch (IOException gone) {
                return Optional.empty();
            }
        });
        boolean mostExpired = readable > 0 && 2 * expired > readable;
        return written.filter(time -> mostExpired || time.isAfter(now.plus(TOLERANCE)));
    }

    private List<View> of(Client client) {
        return views.stream()
                .filter(view -> view.client() == client && !(view instanceof View.Absent))
                .toList();
    }

    private static boolean holdsOne(Collection<Identity> there, Collection<Identity> wanted) {
        return wanted.stream().anyMatch(there::contains);
    }

    private String texts(String folder) {
        StringBuilder pem = new StringBuilder();
        inside(folder).filter(Files::isDirectory).ifPresent(path -> {
            try (Stream<Path> all = Files.walk(path, 5)) {
                all.filter(Files::isRegularFile)
                        .forEach(file -> pem.append(text(file)).append('\n'));
            } catch (IOException unreadable) {
                faults.add(folder + ": " + unreadable);
            }
        });
        return pem.toString();
    }

    private Optional<Path> inside(String path) {
        try {
            return Optional.of(RootPath.resolve(root, Path.of(path)));
        } catch (IOException loop) {
            return Optional.empty();
        }
    }

    private static String text(Path file) {
        try {
            return Files.size(file) > LARGEST ? "" : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            return "";
        }
    }
}
