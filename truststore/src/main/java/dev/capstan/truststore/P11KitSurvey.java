package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import dev.capstan.truststore.P11KitLayout.FileOutput;
import dev.capstan.truststore.P11KitLayout.FolderOutput;
import dev.capstan.truststore.Steps.Phase;
import dev.capstan.truststore.format.Edit;
import dev.capstan.truststore.format.Held;
import dev.capstan.truststore.format.JavaKeystore;
import dev.capstan.truststore.format.Node;
import dev.capstan.truststore.format.StoreFormat;
import dev.capstan.truststore.format.UneditableException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The store of a family whose tool lets p11-kit write the outputs. Each output is made from what it holds now: ours out
 * or in, the rest as it is, see {@link StoreFormat}; a certificate that others ship too stays when it is not ours any
 * more. Outputs that are not there are not made: what of the distribution's belongs into them only its tool knows.
 *
 * <p>A run of the family's tool never loses ours, for p11-kit reads the same anchors; so there is nothing to hook.
 *
 * <p>Distrust is p11-kit's: a file among those that nobody shall trust. It concerns the key, see docs/decisions/0012.
 * What the outputs lose by it, only the family's tool brings back.
 */
final class P11KitSurvey implements Survey {

    private final Root root;
    private final P11KitLayout layout;
    private final StoreRecord record;
    private final P11KitSources sources;
    private final Map<FileOutput, byte[]> files = new LinkedHashMap<>();
    private final Map<FolderOutput, SortedMap<String, Node>> folders = new LinkedHashMap<>();
    private final Map<String, Held> held = new LinkedHashMap<>();
    private final List<String> remarks = new ArrayList<>();

    P11KitSurvey(Root root, P11KitLayout layout, StoreRecord record) throws IOException {
        this.root = root;
        this.layout = layout;
        this.record = record;
        this.sources = new P11KitSources(root, layout);
        for (FileOutput output : layout.files()) {
            Optional<byte[]> bytes = root.read(output.path());
            if (bytes.isPresent()) {
                files.put(output, bytes.get());
                held.put(output.path(), output.format().read(bytes.get()));
            }
        }
        for (FolderOutput output : layout.folders()) {
            if (root.isFolder(output.path())) {
                SortedMap<String, Node> nodes = nodes(output.path());
                folders.put(output, nodes);
                held.put(output.path(), output.format().read(nodes));
            }
        }
        held.forEach((path, holds) ->
                holds.damages().forEach(damage -> remarks.add(path + ", at " + damage.at() + ": " + damage.words())));
        if (!files.containsKey(layout.bundle())) {
            remarks.add(layout.bundle().path() + " is not there. Run "
                    + layout.family().tool() + ".");
        }
    }

    private SortedMap<String, Node> nodes(String folder) throws IOException {
        SortedMap<String, Node> nodes = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder))) {
            for (Path entry : entries) {
                String name = PathText.of(entry.getFileName());
                if (Files.isSymbolicLink(entry)) {
                    nodes.put(name, new Node.Link(PathText.of(Files.readSymbolicLink(entry))));
                } else if (!Files.isDirectory(entry)) {
                    RegularFile.readIfThere(entry).ifPresent(bytes -> nodes.put(name, new Node.File(bytes)));
                }
            }
        }
        return nodes;
    }

    @Override
    public List<Step> toward(Wanted wanted) throws IOException {
        List<String> touched = new ArrayList<>(layout.written());
        touched.add(Ours.STATE);
        Steps steps = steps(wanted, touched);
        byte[] bundle = files.getOrDefault(layout.bundle(), new byte[0]);
        byte[] without = edited(
                layout.bundle().format(), bundle, Wanted.of(Wanted.nothing().certificates(), wanted.distrusted()));
        if (root.read(TrustStore.WITHOUT_OURS)
                .filter(now -> Arrays.equals(now, without))
                .isEmpty()) {
            steps.add(
                    Phase.OWN,
                    Step.Put.file(TrustStore.WITHOUT_OURS, without, "is not the bundle without our certificates"));
        }
        return steps.inOrder();
    }

    @Override
    public List<Step> towardNothing() throws IOException {
        return steps(Wanted.nothing(), layout.written()).inOrder();
    }

    private Steps steps(Wanted wanted, List<String> touched) throws IOException {
        Steps steps = new Steps();
        for (String folder : touched) {
            String staging = folder + "/" + StoreFolder.STAGING;
            if (Files.exists(root.entry(staging), LinkOption.NOFOLLOW_LINKS)) {
                steps.add(Phase.PREPARE, new Step.Clear(staging, "is left of a change that was not finished"));
            }
        }
        planSources(wanted, steps);
        files.forEach((output, now) -> {
            byte[] next = edited(output, now, wanted);
            if (!Arrays.equals(now, next)) {
                steps.add(Phase.FILES, Step.Put.file(output.path(), next, difference(output, wanted)));
            }
        });
        for (Map.Entry<FolderOutput, SortedMap<String, Node>> folder : folders.entrySet()) {
            String path = folder.getKey().path();
            SortedMap<String, Node> now = folder.getValue();
            Optional<P11KitLayout.Mirror> mirror =
                    layout.mirror().filter(links -> links.of().equals(path));
            Map<String, String> mirrored = new HashMap<>();
            if (mirror.isPresent() && root.isFolder(mirror.get().path())) {
                nodes(mirror.get().path()).forEach((name, node) -> {
                    if (node instanceof Node.Link link) {
                        mirrored.put(name, link.target());
                    }
                });
            }
            new FolderSteps(path, now, edited(folder.getKey(), now, wanted), mirror, mirrored, steps).plan();
        }
        return steps;
    }

    private void planSources(Wanted wanted, Steps steps) {
        Set<Identity> blocked = new HashSet<>();
        for (Certificate certificate : sources.toBlock(wanted.distrusted())) {
            blocked.add(certificate.identity());
            if (!sources.blocked.getOrDefault(certificate.identity(), false)) {
                steps.add(
                        Phase.PREPARE,
                        Step.Put.file(
                                sources.blockedPath(certificate.identity()),
                                SourceContent.of(certificate).bytes(),
                                "does not keep out what is distrusted"));
            }
        }
        for (Certificate certificate : wanted.certificates().certificates()) {
            if (!sources.anchors.getOrDefault(certificate.identity(), false)) {
                steps.add(
                        Phase.NEW_ANCHORS,
                        Step.Put.file(
                                sources.anchorPath(certificate.identity()),
                                SourceContent.of(certificate).bytes(),
                                "is not there, or not the certificate its name says"));
            }
        }
        for (Identity identity : sources.anchors.keySet()) {
            if (!wanted.certificates().contains(identity)) {
                steps.add(
                        Phase.OLD_ANCHORS,
                        new Step.Remove(sources.anchorPath(identity), "is of a certificate that was removed"));
            }
        }
        for (Identity identity : sources.blocked.keySet()) {
            if (!blocked.contains(identity)) {
                steps.add(
                        Phase.OLD_ANCHORS,
                        new Step.Remove(
                                sources.blockedPath(identity),
                                "is of a certificate that is not distrusted any more; a run of "
                                        + layout.family().tool() + " brings it back"));
            }
        }
    }

    /** What is or was ours and nobody else has a reason for. */
    private Set<Identity> known(Wanted wanted) {
        Set<Identity> known = new HashSet<>(record.owned());
        known.addAll(sources.anchors.keySet());
        known.addAll(wanted.identities());
        known.removeAll(sources.explained);
        return known;
    }

    /** An edit of a file or folder. */
    private interface Editing<T> {
        T edit(T now, Edit edit) throws UneditableException;
    }

    /**
     * What an output shall be. Where it lacks any of ours, all of ours go first and come back together, so that they
     * stand in p11-kit's order whichever were there.
     */
    private <T> T edited(T now, Wanted wanted, Editing<T> format) throws UneditableException {
        Edit.Place place = new Edit.Place.Behind(sources.first);
        List<Certificate> distrust = sources.toBlock(wanted.distrusted());
        List<Certificate> add = wanted.certificates().certificates();
        Set<Identity> known = known(wanted);
        Set<Identity> drop = new HashSet<>(known);
        wanted.distrusted().stream()
                .filter(identity -> !sources.explained.contains(identity))
                .forEach(drop::add);
        T once = format.edit(now, new Edit(drop, distrust, add, place));
        // A format gives the same bytes back where nothing changes.
        if (once.equals(now)) {
            return now;
        }
        T without = format.edit(now, new Edit(drop, distrust, List.of(), place));
        return format.edit(without, new Edit(Set.of(), distrust, add, place));
    }

    private SortedMap<String, Node> edited(FolderOutput output, SortedMap<String, Node> now, Wanted wanted) {
        try {
            return edited(now, wanted, output.format()::edit);
        } catch (UneditableException impossible) {
            throw new IllegalStateException("a folder can always be changed", impossible);
        }
    }

    private byte[] edited(StoreFormat format, byte[] now, Wanted wanted) throws IOException {
        try {
            return edited(now, wanted, format::edit);
        } catch (UneditableException uneditable) {
            throw new IOException(uneditable.words(), uneditable);
        }
    }

    /** As {@link #edited}; what cannot be changed is said and stays, what is cut is made anew from the bundle. */
    private byte[] edited(FileOutput output, byte[] now, Wanted wanted) {
        try {
            return edited(now, wanted, output.format()::edit);
        } catch (UneditableException uneditable) {
            try {
                byte[] bundle = files.get(layout.bundle());
                if (uneditable.isCut() && output.format() instanceof JavaKeystore && bundle != null) {
                    byte[] next = edited(bundle, wanted, layout.bundle().format()::edit);
                    List<Certificate> all = new ArrayList<>();
                    layout.bundle()
                            .format()
                            .read(next)
                            .entries()
                            .forEach(entry -> all.addAll(P11KitSources.read(entry.der())));
                    return output.format().edit(new byte[0], Edit.of(Set.of(), all, Edit.LAST));
                }
            } catch (UneditableException second) {
                uneditable.addSuppressed(second);
            }
            String remark = output.path() + " is left as it is: " + uneditable.words() + ".";
            if (!remarks.contains(remark)) {
                remarks.add(remark);
            }
            return now;
        }
    }

    private String difference(FileOutput output, Wanted wanted) {
        Held holds = held.getOrDefault(output.path(), new Held(List.of(), List.of()));
        Set<Identity> trusted = new HashSet<>(holds.trusted());
        for (Certificate certificate : wanted.certificates().certificates()) {
            if (output.format().takes(certificate) && !trusted.contains(certificate.identity())) {
                return Step.lacks(certificate.identity());
            }
        }
        for (Identity identity : trusted) {
            if (wanted.distrusted().contains(identity)
                    || (known(wanted).contains(identity)
                            && !wanted.certificates().contains(identity))) {
                return "holds the certificate " + identity + ", which was removed";
            }
        }
        return holds.damages().isEmpty()
                ? "has certificates twice"
                : holds.damages().getFirst().words();
    }

    @Override
    public SortedSet<Identity> present() {
        SortedSet<Identity> present = new TreeSet<>(sources.anchors.keySet());
        Set<Identity> owned = new HashSet<>(record.owned());
        owned.removeAll(sources.explained);
        held.values().forEach(holds -> present.addAll(intersection(holds, owned)));
        return present;
    }

    private static List<Identity> intersection(Held holds, Collection<Identity> identities) {
        return holds.trusted().stream().filter(identities::contains).toList();
    }

    @Override
    public SortedSet<Identity> agreed(Wanted wanted) {
        Map<String, Set<Identity>> trusted = new HashMap<>();
        held.forEach((path, holds) -> trusted.put(path, new HashSet<>(holds.trusted())));
        SortedSet<Identity> agreed = new TreeSet<>();
        for (Certificate certificate : wanted.certificates().certificates()) {
            Identity identity = certificate.identity();
            boolean everywhere = sources.anchors.getOrDefault(identity, false)
                    && files.keySet().stream()
                            .allMatch(output -> !output.format().takes(certificate)
                                    || trusted.getOrDefault(output.path(), Set.of())
                                            .contains(identity))
                    && folders.keySet().stream()
                            .allMatch(output -> !output.format().takes(certificate)
                                    || trusted.getOrDefault(output.path(), Set.of())
                                            .contains(identity));
            if (everywhere) {
                agreed.add(identity);
            }
        }
        return agreed;
    }

    @Override
    public SortedSet<Identity> held(Collection<Identity> identities) {
        SortedSet<Identity> found = new TreeSet<>();
        held.values().forEach(holds -> found.addAll(intersection(holds, identities)));
        return found;
    }

    @Override
    public Set<String> deselected(Collection<Identity> distrusted) {
        return Set.of();
    }

    @Override
    public Inventory inventory() throws IOException {
        InventoryMaker maker = new InventoryMaker();
        for (P11KitSources.Foreign foreign : sources.foreign) {
            String path = PathText.shown(foreign.path());
            maker.owned(
                    foreign.identity(),
                    sources.der(foreign),
                    foreign.administrators()
                            ? new Inventory.Owner.Administrator(path)
                            : new Inventory.Owner.Distribution(path));
        }
        for (Certificate certificate :
                record.asked().orElse(Wanted.nothing()).certificates().certificates()) {
            if (sources.anchors.containsKey(certificate.identity())) {
                maker.owned(certificate.identity(), certificate.der(), new Inventory.Owner.Capstan());
            }
        }
        held.forEach((path, holds) -> holds.entries().stream()
                .filter(Held.Entry::trusted)
                .forEach(entry -> maker.held(entry.identity(), entry.der(), path)));
        return maker.inventory();
    }

    @Override
    public List<String> remarks() {
        return remarks;
    }
}
