package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies in the store, looked at once: our anchors and links, all hash links, the bundle, and leftovers of a change
 * that was not finished. Reads, never writes.
 *
 * <p>Which blocks of the bundle are ours cannot be told from the bundle. A certificate is looked for when a file of ours
 * bears its name or the store's record says that it once was ours; of those blocks that many are foreign as foreign
 * anchors give it to the bundle, see {@link ForeignSources}.
 */
final class Survey {

    private static final Pattern HASH_LINK = Pattern.compile("([0-9a-f]{8})\\.(0|[1-9][0-9]{0,5})");

    final DebianLayout layout;
    final StoreRecord record;

    /** Ours by name; the value is null where the file is not the certificate its name says. */
    final Map<Identity, Optional<Certificate>> anchors = new TreeMap<>();

    /** Ours by name; whether the link is what the distribution's tool makes. */
    final Map<Identity, Boolean> links = new TreeMap<>();

    /** Every hash link by hash and number: what it says, empty where it is no link. */
    final Map<String, TreeMap<Integer, Optional<Path>>> hashLinks = new HashMap<>();

    final Bundle bundle;
    final ForeignSources foreign;
    private final List<Contents.Damage> damages = new ArrayList<>();
    private final Set<String> unreadable = new HashSet<>();

    Survey(DebianLayout layout, StoreRecord record) throws IOException {
        this.layout = layout;
        this.record = record;
        readAnchors();
        readOutputs();
        this.foreign = new ForeignSources(layout);
        Path bundleFile = layout.resolve(DebianLayout.BUNDLE);
        this.bundle = Bundle.parse(RegularFile.read(bundleFile));
        checkReadable(DebianLayout.BUNDLE, bundleFile);
        judge();
    }

    private void readAnchors() throws IOException {
        CertificateReader reader = new CertificateReader(InstantSource.system());
        Path folder = layout.resolve(DebianLayout.ANCHORS);
        if (!Files.exists(folder)) {
            // No local anchors at all; the folder is made with the first.
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.equals(DebianLayout.STAGING)) {
                    leftover(DebianLayout.ANCHORS);
                }
                Optional<Identity> owner =
                        name.endsWith(".crt") ? DebianLayout.owner(file.getFileName()) : Optional.empty();
                if (owner.isPresent()) {
                    String inside = DebianLayout.inside(DebianLayout.ANCHORS, name);
                    Optional<Certificate> certificate = anchor(reader, file, owner.get());
                    anchors.put(owner.get(), certificate);
                    if (certificate.isEmpty()) {
                        damage(inside, "is not the certificate its name says");
                    } else {
                        checkReadable(inside, file);
                    }
                }
            }
        }
    }

    private static Optional<Certificate> anchor(CertificateReader reader, Path file, Identity owner)
            throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        byte[] bytes = RegularFile.read(file);
        return reader.readPem(bytes, Place.of(file.toString())).certificates().stream()
                .map(Reading.Sourced::certificate)
                .filter(certificate -> certificate.identity().equals(owner)
                        && Arrays.equals(certificate.pem().getBytes(UTF_8), bytes))
                .findFirst();
    }

    private void readOutputs() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(layout.resolve(DebianLayout.OUTPUTS))) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.equals(DebianLayout.STAGING)) {
                    leftover(DebianLayout.OUTPUTS);
                    continue;
                }
                Matcher hash = HASH_LINK.matcher(name);
                if (hash.matches()) {
                    hashLinks
                            .computeIfAbsent(hash.group(1), key -> new TreeMap<>())
                            .put(Integer.valueOf(hash.group(2)), target(file));
                } else if (name.endsWith(".pem")) {
                    Optional<Identity> owner = DebianLayout.owner(file.getFileName());
                    if (owner.isPresent()) {
                        links.put(
                                owner.get(),
                                target(file).equals(Optional.of(Path.of(DebianLayout.linkTarget(owner.get())))));
                    }
                }
            }
        }
    }

    /** What a symbolic link says; empty for anything else. */
    static Optional<Path> target(Path file) throws IOException {
        return Files.isSymbolicLink(file) ? Optional.of(Files.readSymbolicLink(file)) : Optional.empty();
    }

    private void judge() throws IOException {
        for (int line : bundle.broken()) {
            damage(
                    DebianLayout.BUNDLE,
                    "the block at line " + line + " is cut; update-ca-certificates makes the file anew");
        }
        anchors.keySet().stream()
                .filter(identity -> !links.getOrDefault(identity, false))
                .forEach(identity -> damage(
                        DebianLayout.inside(DebianLayout.OUTPUTS, DebianLayout.linkName(identity)),
                        "does not lead to its anchor"));
        links.keySet().stream()
                .filter(identity -> !anchors.containsKey(identity))
                .forEach(identity -> damage(
                        DebianLayout.inside(DebianLayout.OUTPUTS, DebianLayout.linkName(identity)),
                        "its anchor is gone"));
        judgeHashLinks();
        for (Identity identity : known()) {
            int ours = oursInBundle(identity);
            if (ours < 1 && anchors.containsKey(identity)) {
                damage(DebianLayout.BUNDLE, "lacks the certificate " + identity);
            } else if (ours > (anchors.containsKey(identity) ? 1 : 0)) {
                damage(
                        DebianLayout.BUNDLE,
                        "holds the certificate " + identity
                                + (anchors.containsKey(identity) ? " more than once" : ", which was removed"));
            }
        }
    }

    private void judgeHashLinks() {
        anchors.forEach((identity, certificate) -> {
            if (certificate.isPresent() && !isReachable(certificate.get())) {
                damage(
                        DebianLayout.inside(DebianLayout.OUTPUTS, SubjectHash.of(certificate.get()) + ".N"),
                        "no such link leads to " + DebianLayout.linkName(identity));
            }
        });
        hashLinks.forEach((hash, chain) -> chain.forEach((number, target) -> target.flatMap(DebianLayout::owner)
                .filter(identity -> !isRightHash(identity, hash))
                .ifPresent(identity -> damage(
                        DebianLayout.inside(DebianLayout.OUTPUTS, hash + "." + number),
                        "leads to " + DebianLayout.linkName(identity) + ", which is gone or has another hash"))));
    }

    /** OpenSSL tries HASH.0, HASH.1 and so on and stops at the first that is not there (by_dir.c). */
    private boolean isReachable(Certificate certificate) {
        TreeMap<Integer, Optional<Path>> chain = hashLinks.getOrDefault(SubjectHash.of(certificate), new TreeMap<>());
        Optional<Path> wanted = Optional.of(Path.of(DebianLayout.linkName(certificate.identity())));
        for (int number = 0; chain.containsKey(number); number++) {
            if (wanted.equals(chain.get(number))) {
                return true;
            }
            if (isDangling(chain.get(number))) {
                return false;
            }
        }
        return false;
    }

    /** Whether a hash link leads nowhere. */
    boolean isDangling(Optional<Path> target) {
        try {
            return target.isPresent() && !Files.exists(layout.resolveLink(target.get()));
        } catch (IOException circle) {
            // Links in a circle lead nowhere either.
            return true;
        }
    }

    private boolean isRightHash(Identity identity, String hash) {
        Optional<Certificate> certificate = anchors.getOrDefault(identity, Optional.empty());
        return certificate.isPresent() && SubjectHash.of(certificate.get()).equals(hash);
    }

    /** Every certificate that is ours or was. */
    NavigableSet<Identity> known() {
        NavigableSet<Identity> known = new TreeSet<>(anchors.keySet());
        known.addAll(links.keySet());
        known.addAll(record.owned());
        hashLinks
                .values()
                .forEach(chain -> chain.values()
                        .forEach(target -> target.flatMap(DebianLayout::owner).ifPresent(known::add)));
        return known;
    }

    /** Those that some output holds as ours. */
    NavigableSet<Identity> present() throws IOException {
        NavigableSet<Identity> present = new TreeSet<>();
        for (Identity identity : known()) {
            if (anchors.containsKey(identity) || links.containsKey(identity) || oursInBundle(identity) > 0) {
                present.add(identity);
            }
        }
        return present;
    }

    /**
     * How many blocks of the bundle with this certificate are ours: those that no foreign anchor accounts for. The
     * foreign anchors are read only when the bundle holds the certificate more often than ours alone explains.
     */
    private int oursInBundle(Identity identity) throws IOException {
        int blocks = bundle.count(identity);
        int explained = anchors.containsKey(identity) ? 1 : 0;
        return blocks <= explained
                ? blocks
                : Math.max(explained, blocks - foreign.of(identity).size());
    }

    /** Which occurrences in the bundle, counted from 0, are ours. */
    Set<Integer> ourBlocks(Identity identity) throws IOException {
        List<ForeignSources.Source> sources = foreign.of(identity);
        int ours = bundle.count(identity) - sources.size();
        int first = (int) sources.stream().filter(source -> !source.isLater()).count();
        Set<Integer> occurrences = new HashSet<>();
        for (int i = 0; i < ours; i++) {
            occurrences.add(first + i);
        }
        return occurrences;
    }

    Contents contents() throws IOException {
        List<Identity> agreed = new ArrayList<>();
        for (Map.Entry<Identity, Optional<Certificate>> anchor : anchors.entrySet()) {
            if (anchor.getValue().isPresent()
                    && links.getOrDefault(anchor.getKey(), false)
                    && isReachable(anchor.getValue().get())
                    && oursInBundle(anchor.getKey()) >= 1) {
                agreed.add(anchor.getKey());
            }
        }
        return new Contents(agreed, List.of(), damages, List.of());
    }

    private void leftover(String folder) {
        damage(DebianLayout.inside(folder, DebianLayout.STAGING), "is left of a change that was not finished");
    }

    private void checkReadable(String inside, Path file) throws IOException {
        if (!Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
            unreadable.add(inside);
            damage(inside, "cannot be read by everybody");
        }
    }

    /** Whether everybody may read this file of the root. */
    boolean isReadable(String inside) {
        return !unreadable.contains(inside);
    }

    private void damage(String inside, String words) {
        damages.add(new Contents.Damage(inside, words));
    }
}
