package dev.capstan.truststore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Steps that are staged together, everything that needs space first, and then taken one after the other by nothing but
 * renames and removals. Knows nothing of what the entries are for; whoever orders the steps answers for what a reader
 * sees between two of them.
 */
final class Transaction {

    private final Root root;
    private final List<Step> steps;
    private final Map<Path, StoreFolder> folders = new LinkedHashMap<>();

    Transaction(Root root, List<Step> steps) {
        this.root = root;
        this.steps = List.copyOf(steps);
    }

    /**
     * Makes everything that needs space, where no reader looks, and brings it to the disk.
     *
     * @param before files that must be on the disk too before the first step is taken
     */
    void stage(List<Path> before) throws IOException {
        List<Path> written = new ArrayList<>(before);
        for (Step step : steps) {
            if (step instanceof Step.Clear clear) {
                StoreFolder.empty(root.entry(clear.path()));
                Files.deleteIfExists(root.entry(clear.path()));
            }
        }
        for (Step step : steps) {
            String name = name(step);
            switch (step) {
                case Step.Put put -> written.add(open(step).stage(name, put.bytes(), put.executable()));
                case Step.Link link -> open(step).stageLink(name, link.target());
                case Step.Again again -> open(step).stageAgain(name, again.existing());
                case Step.Remove remove -> {}
                case Step.Clear clear -> {}
            }
        }
        Disk.sync(written);
    }

    private StoreFolder open(Step step) throws IOException {
        Path folder = folder(step);
        StoreFolder open = folders.get(folder);
        if (open == null) {
            open = new StoreFolder(folder);
            folders.put(folder, open);
            open.open();
        }
        return open;
    }

    private Path folder(Step step) throws IOException {
        return parent(root.entry(step.path()));
    }

    private static Path parent(Path entry) throws IOException {
        Path parent = entry.getParent();
        if (parent == null) {
            throw new IOException(entry + " is the root itself");
        }
        return parent;
    }

    private static String name(Step step) {
        return step.path().substring(step.path().lastIndexOf('/') + 1);
    }

    /** Takes away all that was staged; the store is as it was. */
    void discard() throws IOException {
        for (StoreFolder folder : folders.values()) {
            folder.close();
        }
    }

    /** Takes the steps, in their order, and brings the folders to the disk. */
    void commit() throws IOException {
        Set<Path> changed = new LinkedHashSet<>();
        for (Step step : steps) {
            Path folder = folder(step);
            if (step instanceof Step.Clear) {
                continue;
            }
            if (step instanceof Step.Remove) {
                new StoreFolder(folder).remove(name(step));
            } else {
                open(step).publish(name(step));
            }
            changed.add(folder);
        }
        discard();
        Disk.sync(changed);
    }
}
