package dev.capstan.endtoend.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What a node's trust store held of a {@link ShiftingSecret}, looked at a hundred times a second on the node's disk, from outside
 * the node: it needs nothing that runs there, and goes on while the node is off.
 */
final class StoreHistory implements AutoCloseable {

    private final Path bundle;
    private final ShiftingSecret secret;
    private final List<List<Integer>> states = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private volatile boolean closing;

    private StoreHistory(Path bundle, ShiftingSecret secret) {
        this.bundle = bundle;
        this.secret = secret;
        this.reader = Thread.ofPlatform().name("store " + bundle).unstarted(this::watch);
    }

    /** Begins to look at this node. */
    static StoreHistory of(Path kubernetes, String node, ShiftingSecret secret) {
        StoreHistory history = new StoreHistory(
                kubernetes.resolve("nodes").resolve(node).resolve("upper/etc/ssl/certs/ca-certificates.crt"), secret);
        history.reader.start();
        return history;
    }

    private void watch() {
        Object last = null;
        while (!closing) {
            try {
                BasicFileAttributes file = Files.readAttributes(bundle, BasicFileAttributes.class);
                Object now = List.of(file.fileKey(), file.size(), file.lastModifiedTime());
                if (!now.equals(last)) {
                    List<Integer> held = now();
                    if (states.isEmpty() || !states.getLast().equals(held)) {
                        states.add(held);
                    }
                    last = now;
                }
                Thread.sleep(10);
            } catch (IOException | UncheckedIOException e) {
                // A store that is away is one that holds nothing.
                states.add(List.of());
                last = null;
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    /** What it holds at this moment. */
    List<Integer> now() {
        try {
            return secret.heldBy(Files.readAllBytes(bundle));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many different contents it was seen with. */
    int size() {
        return states.size();
    }

    /** Every CA that was there, was gone, and was there again. */
    Set<Integer> cameBack() {
        Set<Integer> gone = new HashSet<>();
        Set<Integer> back = new TreeSet<>();
        List<Integer> before = List.of();
        for (List<Integer> held : states) {
            held.stream().filter(gone::contains).forEach(back::add);
            before.stream().filter(number -> !held.contains(number)).forEach(gone::add);
            before = held;
        }
        return back;
    }

    @Override
    public void close() {
        closing = true;
        reader.interrupt();
    }
}
