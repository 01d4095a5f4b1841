package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Steps.Phase;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A folder of p11-kit's in which files of ours, one for each certificate, lie beside those of others. */
final class OwnFiles {

    private static final String SUFFIX = ".crt";

    private final String folder;

    /** Ours by name; the value is empty where the file is not the certificate its name says. */
    private final Map<Identity, Optional<SourceContent>> ours = new TreeMap<>();

    /** The files of others that hold a certificate. */
    private final Map<Identity, String> foreign = new HashMap<>();

    OwnFiles(Root root, String folder, Cache cache) throws IOException {
        this.folder = folder;
        Path there = root.resolve(folder);
        if (!Files.isDirectory(there)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(there)) {
            for (Path file : files) {
                String name = PathText.of(file.getFileName());
                Optional<Identity> owner = Ours.owner(name, SUFFIX);
                Optional<SourceContent> content = cache.sources().read(root.file(PathText.path(folder + "/" + name)));
                if (owner.isPresent()) {
                    ours.put(
                            owner.get(),
                            content.filter(found -> found.plain()
                                    && found.certificates()
                                            .getFirst()
                                            .identity()
                                            .equals(owner.get())));
                } else if (content.isPresent()) {
                    for (SourceContent.Found found : content.get().certificates()) {
                        foreign.put(found.identity(), name);
                    }
                }
            }
        }
    }

    String path() {
        return folder;
    }

    SortedSet<Identity> identities() {
        return new TreeSet<>(ours.keySet());
    }

    /** Whether the file of ours is there and sound. */
    boolean holds(Identity identity) {
        return ours.getOrDefault(identity, Optional.empty()).isPresent();
    }

    /** The certificate of a file of ours, where it is one of a CA. */
    List<Certificate> certificate(Identity identity) {
        Optional<SourceContent> content = ours.getOrDefault(identity, Optional.empty());
        return content.isPresent() ? Bundle.authorities(content.get().bytes()) : List.of();
    }

    /** The certificates in files of others that p11-kit reads before ours, since it reads by name. */
    Set<Identity> before() {
        Set<Identity> before = new HashSet<>();
        foreign.forEach((identity, name) -> {
            if (name.compareTo("capstan-") < 0) {
                before.add(identity);
            }
        });
        return before;
    }

    /** The file of another that holds this certificate, as seen inside the root. */
    Optional<String> foreign(Identity identity) {
        return Optional.ofNullable(foreign.get(identity)).map(name -> folder + "/" + name);
    }

    /**
     * Plans that exactly these of ours are there.
     *
     * @param removal when the others go
     */
    void plan(List<Certificate> wanted, Phase removal, Steps steps) {
        Set<Identity> stay = new HashSet<>();
        for (Certificate certificate : wanted) {
            Identity identity = certificate.identity();
            stay.add(identity);
            if (!holds(identity)) {
                String why = ours.containsKey(identity) ? "is not the certificate its name says" : "does not exist";
                steps.add(
                        Phase.NEW_ANCHORS,
                        Step.Put.file(
                                file(identity), SourceContent.of(certificate).bytes(), why));
            }
        }
        for (Identity identity : ours.keySet()) {
            if (!stay.contains(identity)) {
                steps.add(removal, new Step.Remove(file(identity), "is of a certificate that was removed"));
            }
        }
    }

    private String file(Identity identity) {
        return folder + "/" + Ours.name(identity, SUFFIX);
    }
}
