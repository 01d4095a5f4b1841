package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the anchors of others give to the bundle: the distribution's own, and those an administrator has put beside ours.
 * An anchor counts when the distribution's tool has linked it; one that was only laid down is not in the bundle yet.
 * About 150 files on a plain Debian, so they are read only when something is asked of them, and then once.
 */
final class ForeignSources {

    /**
     * An anchor of others that holds a certificate.
     *
     * @param linkName its link in {@code /etc/ssl/certs}
     * @param isLater whether its blocks stand behind ours in the bundle
     */
    record Source(Path linkName, boolean isLater) {}

    private final DebianLayout layout;
    private @Nullable Map<Identity, List<Source>> sources;

    ForeignSources(DebianLayout layout) {
        this.layout = layout;
    }

    /** The anchors of others that hold this certificate; one that holds it twice comes twice. */
    List<Source> of(Identity identity) throws IOException {
        return sources().getOrDefault(identity, List.of());
    }

    /** The certificates of anchors that stand behind ours in the bundle. */
    Set<Identity> later() throws IOException {
        Set<Identity> later = new HashSet<>();
        sources().forEach((identity, anchors) -> {
            if (anchors.stream().anyMatch(Source::isLater)) {
                later.add(identity);
            }
        });
        return later;
    }

    private Map<Identity, List<Source>> sources() throws IOException {
        Map<Identity, List<Source>> known = sources;
        if (known == null) {
            known = new HashMap<>();
            try (DirectoryStream<Path> links =
                    Files.newDirectoryStream(layout.resolve(DebianLayout.OUTPUTS), "*.pem")) {
                for (Path link : links) {
                    Path name = link.getFileName();
                    Optional<Path> target = Survey.target(link);
                    if (target.isPresent()
                            && DebianLayout.owner(name).isEmpty()
                            && DebianLayout.isSource(target.get())) {
                        Source source = new Source(name, DebianLayout.isLater(target.get()));
                        for (Identity identity : identities(target.get())) {
                            known.computeIfAbsent(identity, key -> new ArrayList<>())
                                    .add(source);
                        }
                    }
                }
            }
            sources = known;
        }
        return known;
    }

    private List<Identity> identities(Path anchor) throws IOException {
        try {
            return Bundle.parse(RegularFile.read(layout.resolveLink(anchor))).identities();
        } catch (FileSystemException gone) {
            // A link that leads nowhere, or to no file, gives nothing to the bundle.
            return List.of();
        }
    }
}
