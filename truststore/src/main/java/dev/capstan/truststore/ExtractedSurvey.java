package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Steps.Phase;
import dev.capstan.truststore.format.Edit;
import dev.capstan.truststore.format.Held;
import dev.capstan.truststore.format.Node;
import dev.capstan.truststore.format.StoreFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
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
 * The store of a family whose tool lets p11-kit extract its outputs, see {@link ExtractedLayout}. p11-kit's sources have
 * forms of their own, so what is foreign is what the outputs hold now, and they are edited in place: what is ours comes
 * and goes, where the tool would put it, and all else stays as it is. What the tool makes afterwards of the same anchors
 * is the same.
 *
 * <p>A certificate that an output held before it was ours is the distribution's too; the record notes that it is shared,
 * and it stays when ours goes. What is distrusted lies in p11-kit's own folder for that, so that it stays out when the
 * tool runs; the record notes which outputs held it, and when it is trusted again it comes back into these, at their end.
 * Only the tool's next run gives it its place and label again, and brings it into OpenSSL's trust bundle, since only the
 * distribution's sources say for what it is trusted.
 */
final class ExtractedSurvey implements Survey {

    private final Root root;
    private final ExtractedLayout layout;
    private final StoreRecord record;
    private final Hook hook;
    private final OwnFiles anchors;

    /** Where p11-kit looks for what nobody shall trust. */
    private final OwnFiles blocked;

    private final Map<String, ExtractedFile> files = new LinkedHashMap<>();
    private final Map<String, Held> held = new LinkedHashMap<>();
    private final List<HashFolderOutput> folders = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Withdrawn withdrawn;

    ExtractedSurvey(Root root, ExtractedLayout layout, StoreRecord record, Cache cache, Hook hook) throws IOException {
        this.root = root;
        this.layout = layout;
        this.record = record;
        this.hook = hook;
        this.anchors = new OwnFiles(root, layout.family().anchors(), cache);
        this.blocked = new OwnFiles(root, blocklist(), cache);
        this.withdrawn = Withdrawn.parse(record.notes());
        for (Map.Entry<String, StoreFormat> output : layout.files().entrySet()) {
            Optional<byte[]> bytes = root.read(output.getKey());
            if (bytes.isPresent()) {
                ExtractedFile file = new ExtractedFile(output.getKey(), output.getValue(), bytes.get());
                files.put(output.getKey(), file);
                held.put(output.getKey(), file.held());
            }
        }
        for (Map.Entry<String, Boolean> folder : layout.folders().entrySet()) {
            if (root.isFolder(folder.getKey())) {
                HashFolderOutput output = new HashFolderOutput(root, folder.getKey(), folder.getValue());
                folders.add(output);
                held.put(folder.getKey(), output.held());
            }
        }
        bundle();
    }

    private String blocklist() throws IOException {
        for (String folder : layout.blocklists()) {
            if (root.isFolder(folder)) {
                return folder;
            }
        }
        return layout.blocklists().getFirst();
    }

    private SortedSet<Identity> shared(Wanted wanted) {
        SortedSet<Identity> shared = new TreeSet<>();
        for (String note : record.notes()) {
            if (!Withdrawn.isNote(note)) {
                shared.add(new Identity(note));
            }
        }
        Set<Identity> owned = record.owned();
        Set<Identity> inBundle = Set.copyOf(heldBy(layout.bundle()).identities());
        for (Identity identity : wanted.identities()) {
            if (inBundle.contains(identity)
                    && !owned.contains(identity)
                    && !anchors.identities().contains(identity)) {
                shared.add(identity);
            }
        }
        return shared;
    }

    private Held heldBy(String path) {
        return held.getOrDefault(path, new Held(List.of(), List.of()));
    }

    @Override
    public Set<String> notes(Wanted wanted) {
        Set<String> notes = new TreeSet<>();
        for (Identity identity : shared(wanted)) {
            notes.add(identity.hex());
        }
        Withdrawn all = Withdrawn.parse(record.notes());
        held.forEach((path, output) -> {
            for (Identity identity : output.trusted()) {
                all.add(identity, path);
            }
        });
        Set<Identity> foreign = new HashSet<>(wanted.distrusted());
        foreign.removeAll(anchors.identities());
        foreign.removeAll(record.owned());
        notes.addAll(all.notes(foreign));
        return notes;
    }

    @Override
    public List<Step> toward(Wanted wanted) throws IOException {
        Steps steps = new Steps();
        planShared(wanted, steps);
        BundleWithoutOurs.plan(root, withoutOurs(wanted), steps);
        hook.plan(root, layout.family(), layout.hookName(), steps, remarks);
        return steps.inOrder();
    }

    @Override
    public List<Step> towardNothing() throws IOException {
        Steps steps = new Steps();
        planShared(Wanted.nothing(), steps);
        Hook.planRemoval(root, layout.family(), layout.hookName(), steps);
        return steps.inOrder();
    }

    private void planShared(Wanted wanted, Steps steps) throws IOException {
        Set<String> staged = new HashSet<>(layout.watched());
        staged.add(blocked.path());
        staged.add(Ours.STATE);
        layout.family().hookFolder().ifPresent(staged::add);
        Leftovers.plan(root, staged, steps);
        List<Certificate> distrust = distrusted(wanted);
        anchors.plan(wanted.certificates().certificates(), Phase.OLD_ANCHORS, steps);
        // It holds what is to come back, so it goes last.
        blocked.plan(distrust, Phase.OWN, steps);
        for (Identity identity : blocked.identities()) {
            if (!wanted.distrusted().contains(identity)) {
                remarks.add("The certificate " + identity
                        + " is distrusted no more; if the distribution ships it, it has its place and label again after"
                        + " the next run of: " + layout.family().tool());
            }
        }
        Edit all = edit(wanted, distrust);
        Edit.Place first = new Edit.Place.Behind(anchors.before());
        for (Map.Entry<String, ExtractedFile> file : files.entrySet()) {
            file.getValue().plan(all, first, restored(wanted, file.getKey()), bundle(), steps, remarks);
        }
        for (HashFolderOutput folder : folders) {
            List<Certificate> add = new ArrayList<>(all.add());
            add.addAll(restored(wanted, folder.path()));
            Edit edit = new Edit(all.drop(), all.distrust(), add, all.place());
            SortedMap<String, Node> next = folder.plan(edit, first, steps);
            if (layout.mirror().isPresent() && folder == folders.getFirst()) {
                new MirrorFolder(layout.mirror().get(), folder.path()).plan(root, next, steps);
            }
        }
    }

    /** What is distrusted, as far as its certificate is known: from a file of ours, or from an output. */
    private List<Certificate> distrusted(Wanted wanted) {
        Map<Identity, Certificate> found = new TreeMap<>();
        for (Identity identity : wanted.distrusted()) {
            blocked.certificate(identity).forEach(known -> found.put(identity, known));
        }
        for (Held output : held.values()) {
            for (Held.Entry entry : output.entries()) {
                if (wanted.distrusted().contains(entry.identity()) && !found.containsKey(entry.identity())) {
                    Bundle.authorities(Bundle.pem(entry.der())).forEach(known -> found.put(known.identity(), known));
                }
            }
        }
        return List.copyOf(found.values());
    }

    /** What was distrusted, is so no more, and was in this output before. */
    private List<Certificate> restored(Wanted wanted, String output) {
        List<Certificate> restored = new ArrayList<>();
        for (Identity identity : blocked.identities()) {
            if (!wanted.distrusted().contains(identity)
                    && !wanted.certificates().contains(identity)
                    && withdrawn.wasIn(identity, output)) {
                restored.addAll(blocked.certificate(identity));
            }
        }
        return restored;
    }

    /** What was or is ours and nobody else's goes, but for what is wanted. */
    private Edit edit(Wanted wanted, List<Certificate> distrust) {
        Set<Identity> drop = new HashSet<>(record.owned());
        drop.addAll(anchors.identities());
        drop.removeAll(shared(wanted));
        Set<Identity> leading = new HashSet<>(anchors.before());
        leading.addAll(wanted.identities());
        return new Edit(drop, distrust, wanted.certificates().certificates(), new Edit.Place.Behind(leading));
    }

    private byte[] withoutOurs(Wanted wanted) throws IOException {
        Set<Identity> drop = new HashSet<>(record.owned());
        drop.addAll(anchors.identities());
        drop.addAll(wanted.identities());
        drop.removeAll(shared(wanted));
        return bundle().without(drop, distrusted(wanted), restored(wanted, layout.bundle()));
    }

    private ExtractedFile bundle() throws IOException {
        ExtractedFile bundle = files.get(layout.bundle());
        if (bundle == null) {
            throw new IOException(layout.bundle() + " does not exist; make it with: "
                    + layout.family().tool());
        }
        return bundle;
    }

    @Override
    public SortedSet<Identity> present() {
        SortedSet<Identity> present = new TreeSet<>(anchors.identities());
        Set<Identity> ours = new HashSet<>(record.owned());
        ours.removeAll(shared(Wanted.nothing()));
        for (Held output : held.values()) {
            for (Identity identity : output.trusted()) {
                if (ours.contains(identity)) {
                    present.add(identity);
                }
            }
        }
        return present;
    }

    @Override
    public SortedSet<Identity> agreed(Wanted wanted) {
        SortedSet<Identity> agreed = new TreeSet<>();
        for (Certificate certificate : wanted.certificates().certificates()) {
            boolean everywhere = anchors.holds(certificate.identity());
            for (ExtractedFile file : files.values()) {
                everywhere &= file.agreesOn(certificate);
            }
            for (HashFolderOutput folder : folders) {
                if (folder.format().takes(certificate)) {
                    everywhere &= heldBy(folder.path()).trusted().contains(certificate.identity());
                }
            }
            if (everywhere) {
                agreed.add(certificate.identity());
            }
        }
        return agreed;
    }

    @Override
    public SortedSet<Identity> held(Collection<Identity> identities) {
        SortedSet<Identity> found = new TreeSet<>();
        for (Held output : held.values()) {
            for (Identity identity : output.trusted()) {
                if (identities.contains(identity)) {
                    found.add(identity);
                }
            }
        }
        return found;
    }

    @Override
    public Inventory inventory() throws IOException {
        Set<Identity> ours = new HashSet<>();
        record.asked().ifPresent(asked -> ours.addAll(asked.identities()));
        SortedSet<Identity> shared = shared(Wanted.nothing());
        InventoryMaker maker = new InventoryMaker();
        held.forEach((path, output) -> {
            for (Held.Entry entry : output.entries()) {
                if (!entry.trusted()) {
                    continue;
                }
                Identity identity = entry.identity();
                maker.held(identity, entry.der(), path);
                Inventory.Owner foreign = anchors.foreign(identity)
                        .<Inventory.Owner>map(file -> new Inventory.Owner.Administrator(PathText.shown(file)))
                        .orElse(new Inventory.Owner.Distribution(path));
                if (ours.contains(identity)) {
                    maker.owned(identity, entry.der(), new Inventory.Owner.Capstan());
                }
                if (!ours.contains(identity) || shared.contains(identity)) {
                    maker.ownedFirst(identity, entry.der(), foreign);
                }
            }
        });
        return maker.inventory();
    }

    @Override
    public List<String> remarks() {
        return remarks;
    }
}
