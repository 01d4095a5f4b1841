package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a tool of Debian's kind makes its outputs from, in its order: the distribution's files as the selection lists
 * them, then the local anchors sorted by the bytes of their paths. Anchors that were laid down and not activated count:
 * the tool's next run activates them, and what links there are says nothing after a run that was killed.
 */
final class LinkedSources {

    private static final int DEEPEST = 32;

    private final Root root;
    private final LinkedLayout layout;
    private final Cache cache;

    /** The selection as it would be without us. */
    private final SelectionFile selection;

    private final SelectionFile selectionNow;
    private final List<Source> distribution = new ArrayList<>();
    private final List<Source> administrator = new ArrayList<>();

    /** Ours by name, in the folder of anchors; the value is empty where it is not the certificate its name says. */
    final Map<Identity, Optional<SourceContent>> anchors = new TreeMap<>();

    /** What is odd about files of others, a sentence each. */
    final List<String> remarks = new ArrayList<>();

    LinkedSources(Root root, LinkedLayout layout, Cache cache, Set<String> deselected) throws IOException {
        this.root = root;
        this.layout = layout;
        this.cache = cache;
        this.selectionNow = new SelectionFile(root.read(SelectionFile.PATH)
                .map(bytes -> new String(bytes, ISO_8859_1))
                .orElse(""));
        this.selection = selectionNow.with(deselected);
        for (String name : layout.selected() ? selection.selected() : shipped()) {
            add(distribution, layout.distribution() + "/" + name, Source.By.DISTRIBUTION);
        }
        walk(layout.anchors(), 0);
        administrator.sort(Comparator.comparing(Source::path));
    }

    private void add(List<Source> sources, String path, Source.By by) throws IOException {
        Optional<SourceContent> content;
        try {
            content = cache.sources().read(root.file(PathText.path(path)));
        } catch (FileSystemLoopException | RegularFile.TooLargeException unreadable) {
            // The tool goes on without a file that it cannot read, and so do its outputs.
            remarks.add(PathText.shown(path) + " cannot be read: " + Reasons.of(unreadable) + ".");
            return;
        }
        if (content.isPresent()) {
            String flaw = content.get().flaw();
            if (!flaw.isEmpty()) {
                remarks.add(PathText.shown(path) + " is "
                        + (content.get().certificates().isEmpty()
                                ? "left out"
                                : "not taken as it is, only the certificates in it")
                        + ": " + flaw + ".");
            }
            sources.add(new Source(path, layout.linkName(path), by, content.get()));
        }
    }

    private List<String> shipped() throws IOException {
        List<String> names = new ArrayList<>();
        Path there = root.resolve(layout.distribution());
        if (Files.isDirectory(there)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(there, "*.pem")) {
                for (Path file : files) {
                    names.add(PathText.of(file.getFileName()));
                }
            }
        }
        Collections.sort(names);
        return names;
    }

    private void walk(String folder, int depth) throws IOException {
        Path there = root.resolve(folder);
        if (depth > DEEPEST || !Files.isDirectory(there)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(there)) {
            for (Path file : files) {
                String name = PathText.of(file.getFileName());
                String path = folder + "/" + name;
                Optional<Identity> owner = depth == 0 ? Ours.owner(name, layout.suffix()) : Optional.empty();
                if (owner.isPresent()) {
                    anchors.put(owner.get(), anchor(file, owner.get()));
                } else if (isAnchor(file, name)) {
                    add(administrator, path, Source.By.ADMINISTRATOR);
                } else if (layout.search() == LinkedLayout.Search.DEEP
                        && !name.equals(StoreFolder.STAGING)
                        && isFolder(path, file)) {
                    walk(path, depth + 1);
                }
            }
        }
    }

    private boolean isAnchor(Path file, String name) {
        return switch (layout.search()) {
            case DEEP -> name.endsWith(layout.suffix());
            case ALL -> !name.startsWith(".") && !Files.isSymbolicLink(file);
            case SUFFIX -> name.endsWith(layout.suffix()) && !Files.isSymbolicLink(file);
        };
    }

    private boolean isFolder(String path, Path file) throws IOException {
        return Files.isSymbolicLink(file) ? root.isFolder(path) : Files.isDirectory(file);
    }

    private Optional<SourceContent> anchor(Path file, Identity owner) throws IOException {
        return cache.sources()
                .read(file)
                .filter(content -> content.plain()
                        && content.certificates().getFirst().identity().equals(owner));
    }

    /** The anchor of a certificate of ours. */
    String anchorPath(Identity identity) {
        return layout.anchors() + "/" + Ours.name(identity, layout.suffix());
    }

    /** What others alone give, nothing left out. */
    List<Source> foreign() {
        return all(CertificateSet.empty());
    }

    /** The certificates in what others give. */
    Set<Identity> foreignIdentities() {
        Set<Identity> identities = new HashSet<>();
        for (Source source : foreign()) {
            source.content().certificates().forEach(found -> identities.add(found.identity()));
        }
        return identities;
    }

    /** What is there to make outputs from where these are ours, nothing left out. */
    List<Source> all(CertificateSet ours) {
        List<Source> local = new ArrayList<>(administrator);
        for (Certificate certificate : ours.certificates()) {
            String path = anchorPath(certificate.identity());
            local.add(new Source(path, layout.linkName(path), Source.By.CAPSTAN, SourceContent.of(certificate)));
        }
        local.sort(Comparator.comparing(Source::path));
        List<Source> all = new ArrayList<>(distribution);
        all.addAll(local);
        return all;
    }

    /** The lines of the selection that keep out what the distribution ships and nobody shall trust. */
    Set<String> deselected(Collection<Identity> distrusted) {
        Set<String> lines = new TreeSet<>();
        if (!layout.selected()) {
            return lines;
        }
        for (Source source : distribution) {
            if (!source.isEmpty() && source.without(distrusted).isEmpty()) {
                lines.add(source.path().substring(layout.distribution().length() + 1));
            }
        }
        return lines;
    }

    /** The selection as it shall be where these are distrusted; empty where it is so already. */
    Optional<byte[]> newSelection(Collection<Identity> distrusted) {
        SelectionFile wanted = selection.without(deselected(distrusted));
        return wanted.equals(selectionNow)
                ? Optional.empty()
                : Optional.of(wanted.text().getBytes(ISO_8859_1));
    }
}
