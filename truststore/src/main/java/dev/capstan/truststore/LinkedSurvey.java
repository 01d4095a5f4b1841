package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Steps.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The store of a family whose tool copies files into a bundle and links them, see {@link LinkedLayout}. Its outputs are
 * a function of the files: whatever a foreign writer made of them, the same files and the same wish give the same store.
 */
final class LinkedSurvey implements Survey {

    private final Root root;
    private final LinkedLayout layout;
    private final StoreRecord record;
    private final Hook hook;
    private final ForeignRun run;
    private final LinkedSources sources;
    private final LinkFolder folder;
    private final CopiedBundle bundle;
    private final Optional<byte[]> bundleNow;
    private final Optional<LinkedKeystore> keystore;
    private final List<String> remarks;

    LinkedSurvey(Root root, LinkedLayout layout, StoreRecord record, Cache cache, Hook hook, ForeignRun run)
            throws IOException {
        this.root = root;
        this.layout = layout;
        this.record = record;
        this.hook = hook;
        this.run = run;
        this.sources = new LinkedSources(root, layout, cache, record.notes());
        this.folder = new LinkFolder(root, layout.links());
        this.bundleNow = root.read(layout.bundle());
        Optional<Bundle> parsed = cache.bundles().read(root.file(PathText.path(layout.bundle())));
        Set<Identity> known = known();
        this.keystore = layout.keystore().isPresent()
                ? Optional.of(new LinkedKeystore(root, layout.keystore().get(), cache, known))
                : Optional.empty();
        this.remarks = new ArrayList<>(sources.remarks);
        if (isAsItIs()) {
            this.bundle = new CopiedBundle(parsed, known, true);
            return;
        }
        Set<Identity> explained = new HashSet<>(known);
        explained.addAll(sources.foreignIdentities());
        this.bundle = new CopiedBundle(parsed, explained, false);
        for (Identity stray : bundle.strays()) {
            remarks.add(layout.bundle() + " holds the certificate " + stray
                    + ", which no file explains; it is kept, at the end.");
        }
    }

    /** Every certificate that is or was ours. */
    private Set<Identity> known() {
        Set<Identity> known = new TreeSet<>(record.owned());
        known.addAll(sources.anchors.keySet());
        for (String name : folder.links.keySet()) {
            layout.linkOwner(name).ifPresent(known::add);
        }
        return known;
    }

    @Override
    public List<Step> toward(Wanted wanted) throws IOException {
        Steps steps = new Steps();
        planShared(wanted, steps);
        planAnchors(wanted.certificates(), steps);
        BundleWithoutOurs.plan(root, withoutOurs(wanted), steps);
        hook.plan(root, layout.family(), Hook.FOR_RUN_PARTS, steps, remarks);
        return steps.inOrder();
    }

    private byte[] withoutOurs(Wanted wanted) {
        List<Source> foreign = trusted(CertificateSet.empty(), wanted.distrusted());
        return bundle.of(isAsItIs() && bundleNow.isEmpty() ? foreign : ordered(foreign), wanted.distrusted());
    }

    @Override
    public List<Step> towardNothing() throws IOException {
        Steps steps = new Steps();
        planShared(Wanted.nothing(), steps);
        planAnchors(CertificateSet.empty(), steps);
        Hook.planRemoval(root, layout.family(), Hook.FOR_RUN_PARTS, steps);
        return steps.inOrder();
    }

    /** What both ways have in common: everything but anchors and what is ours alone. */
    private void planShared(Wanted wanted, Steps steps) throws IOException {
        Set<String> staged = new HashSet<>(layout.watched());
        staged.add(Leftovers.folder(layout.bundle()));
        staged.add(Leftovers.folder(SelectionFile.PATH));
        staged.add(Ours.STATE);
        layout.family().hookFolder().ifPresent(staged::add);
        Leftovers.plan(root, staged, steps);
        for (String name : folder.others) {
            if (run.isTemporary(name) && !run.isAlive()) {
                steps.add(
                        Phase.PREPARE,
                        new Step.Remove(
                                folder.entry(name),
                                "is left of a killed run of " + layout.family().tool()
                                        + "; Go trusts it, and the next run may add to it"));
            }
        }
        sources.newSelection(wanted.distrusted())
                .ifPresent(text -> steps.add(
                        Phase.PREPARE,
                        Step.Put.file(
                                SelectionFile.PATH, text, "does not keep out what is distrusted, and nothing else")));
        List<Source> trusted = trusted(wanted.certificates(), wanted.distrusted());
        planLinks(trusted, steps);
        if (keystore.isPresent()) {
            keystore.get()
                    .toward(trusted, wanted.certificates(), wanted.distrusted(), remarks)
                    .ifPresent(step -> steps.add(Phase.FILES, step));
        }
        if (isAsItIs() && bundleNow.isEmpty()) {
            return;
        }
        List<Source> ordered = ordered(trusted);
        byte[] bytes = bundle.of(ordered, wanted.distrusted());
        boolean same = bundleNow.filter(now -> Arrays.equals(now, bytes)).isPresent();
        if (!same || !isReadable(layout.bundle())) {
            String why = same ? "cannot be read by everybody" : bundle.difference(ordered);
            steps.add(Phase.FILES, Step.Put.file(layout.bundle(), bytes, why));
        }
    }

    /** Those of these that go into the bundle, in its order. */
    private List<Source> ordered(List<Source> sources) {
        return switch (layout.order()) {
            case BY_FILE -> sources;
            case BY_HASH -> planLinks(sources, new Steps()).inOrder();
            case AS_IT_IS ->
                sources.stream()
                        .filter(source -> source.by() == Source.By.CAPSTAN)
                        .toList();
        };
    }

    private boolean isAsItIs() {
        return layout.order() == LinkedLayout.Order.AS_IT_IS;
    }

    private List<Source> trusted(CertificateSet ours, Collection<Identity> distrusted) {
        List<Source> trusted = new ArrayList<>();
        for (Source source : sources.all(ours)) {
            Source rest = source.without(distrusted);
            if (!rest.isEmpty()) {
                trusted.add(rest);
            }
        }
        return trusted;
    }

    private boolean isReadable(String path) throws IOException {
        return Files.getPosixFilePermissions(root.file(PathText.path(path))).contains(PosixFilePermission.OTHERS_READ);
    }

    private void planAnchors(CertificateSet wanted, Steps steps) throws IOException {
        for (Certificate certificate : wanted.certificates()) {
            Identity identity = certificate.identity();
            Optional<SourceContent> anchor = sources.anchors.get(identity);
            String path = sources.anchorPath(identity);
            boolean sound = anchor != null && anchor.isPresent();
            if (!sound || !isReadable(path)) {
                String why = anchor == null
                        ? "does not exist"
                        : sound ? "cannot be read by everybody" : "is not the certificate its name says";
                steps.add(
                        Phase.NEW_ANCHORS,
                        Step.Put.file(path, SourceContent.of(certificate).bytes(), why));
            }
        }
        for (Identity identity : sources.anchors.keySet()) {
            if (!wanted.contains(identity)) {
                steps.add(
                        Phase.OLD_ANCHORS,
                        new Step.Remove(sources.anchorPath(identity), "is of a certificate that was removed"));
            }
        }
    }

    private HashLinks planLinks(List<Source> trusted, Steps steps) {
        Map<String, Source> links = links(trusted);
        links.forEach((name, source) -> {
            Optional<String> target = folder.links.get(name);
            if (source.path().equals(folder.entry(name))) {
                // It lies in the folder itself and needs no link by name.
                return;
            }
            if (target == null || !target.equals(Optional.of(source.path()))) {
                steps.add(
                        Phase.NEW_LINKS,
                        new Step.Link(
                                folder.entry(name),
                                PathText.path(source.path()),
                                "does not lead to " + PathText.shown(source.path())));
            }
        });
        Set<String> gone = new HashSet<>();
        Map<String, Source> all = links(sources.foreign());
        folder.links.forEach((name, target) -> {
            boolean ours = isOurLink(name);
            Source dropped = all.get(name);
            boolean distrusted = dropped != null && target.equals(Optional.of(dropped.path()));
            if (!links.containsKey(name) && (ours || distrusted)) {
                gone.add(name);
                steps.add(
                        Phase.OLD_LINKS,
                        new Step.Remove(
                                folder.entry(name),
                                ours ? "is of a certificate that was removed" : "leads to a distrusted certificate"));
            }
        });
        HashLinks hashLinks = new HashLinks(folder, links, name -> gone.contains(name) || isGone(name, links), steps);
        hashLinks.plan();
        return hashLinks;
    }

    /** Whether this was a link, or a file, of ours. */
    private boolean isGone(String name, Map<String, Source> links) {
        return !links.containsKey(name) && layout.linkOwner(name).isPresent();
    }

    private boolean isOurLink(String name) {
        return !layout.isFlat() && layout.linkOwner(name).isPresent();
    }

    /** By name; where two files claim one name the last has it, as with the tool's {@code ln -sf}. */
    private static Map<String, Source> links(List<Source> sources) {
        Map<String, Source> links = new LinkedHashMap<>();
        for (Source source : sources) {
            links.put(source.link(), source);
        }
        return links;
    }

    @Override
    public SortedSet<Identity> present() {
        SortedSet<Identity> present = new TreeSet<>(sources.anchors.keySet());
        for (String name : folder.links.keySet()) {
            layout.linkOwner(name).ifPresent(present::add);
        }
        Set<Identity> foreign = sources.foreignIdentities();
        Set<Identity> owned = record.owned();
        for (Identity identity : bundle.identities()) {
            if (owned.contains(identity) && !foreign.contains(identity)) {
                present.add(identity);
            }
        }
        return present;
    }

    @Override
    public SortedSet<Identity> agreed(Wanted wanted) {
        Map<String, Source> links = links(sources.all(wanted.certificates()));
        Set<Identity> inBundle = new HashSet<>(bundle.identities());
        SortedSet<Identity> agreed = new TreeSet<>();
        for (Certificate certificate : wanted.certificates().certificates()) {
            Identity identity = certificate.identity();
            Optional<SourceContent> anchor = sources.anchors.getOrDefault(identity, Optional.empty());
            String name = layout.linkName(sources.anchorPath(identity));
            Optional<String> link = folder.links.getOrDefault(name, Optional.empty());
            if (anchor.isPresent()
                    && (layout.isFlat() || link.equals(Optional.of(sources.anchorPath(identity))))
                    && (inBundle.contains(identity) || (isAsItIs() && bundleNow.isEmpty()))
                    && keystore.filter(LinkedKeystore::isThere)
                            .map(java -> java.holds(identity, name))
                            .orElse(true)
                    && HashLinks.reachable(
                                    folder,
                                    links,
                                    anchor.get().certificates().getFirst().hash())
                            .contains(identity)) {
                agreed.add(identity);
            }
        }
        return agreed;
    }

    @Override
    public SortedSet<Identity> held(Collection<Identity> identities) {
        SortedSet<Identity> held = new TreeSet<>();
        for (Identity identity : bundle.identities()) {
            if (identities.contains(identity)) {
                held.add(identity);
            }
        }
        for (Identity identity : keystore.map(LinkedKeystore::identities).orElse(Set.of())) {
            if (identities.contains(identity)) {
                held.add(identity);
            }
        }
        for (Source source : links(sources.foreign()).values()) {
            boolean linked = folder.links.containsKey(source.link());
            for (SourceContent.Found found : source.content().certificates()) {
                if (linked && identities.contains(found.identity())) {
                    held.add(found.identity());
                }
            }
        }
        return held;
    }

    @Override
    public Set<String> notes(Wanted wanted) {
        return sources.deselected(wanted.distrusted());
    }

    @Override
    public Inventory inventory() throws IOException {
        InventoryMaker maker = new InventoryMaker();
        List<Source> all = sources.all(record.asked().orElse(Wanted.nothing()).certificates());
        for (Source source : all) {
            maker.source(source);
        }
        bundle.hold(maker, layout.bundle());
        if (keystore.isPresent()) {
            keystore.get().hold(maker);
        }
        Map<String, Source> links = links(all);
        for (String hash : folder.hashLinks.keySet()) {
            for (Identity identity : HashLinks.reachable(folder, links, hash)) {
                maker.held(identity, layout.links());
            }
        }
        return maker.inventory();
    }

    @Override
    public List<String> remarks() {
        return remarks;
    }
}
