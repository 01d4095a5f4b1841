package dev.capstan.truststore;

import dev.capstan.truststore.Steps.Phase;
import dev.capstan.truststore.format.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The steps from one state of a hash folder to another, in such an order that what both have is found by its hash all
 * the while. Each step is tried on a copy first and taken when nothing that stays falls out of the links of a hash,
 * which OpenSSL follows from number 0 on until one is missing. A new name is always such a step, and each frees what its
 * contents had before; what is over goes last, the highest number of a hash first.
 */
final class FolderSteps {

    /** How many digits a hash has. */
    private static final int HASH = 8;

    private final String folder;
    private final SortedMap<String, Node> now;
    private final SortedMap<String, Node> next;
    private final Steps steps;

    /** The folder as the steps so far leave it. */
    private final SortedMap<String, Node> made;

    /** What must be found under each hash all the while. */
    private final Map<String, Set<Node>> lasting = new HashMap<>();

    FolderSteps(String folder, SortedMap<String, Node> now, SortedMap<String, Node> next, Steps steps) {
        this.folder = folder;
        this.now = now;
        this.next = next;
        this.steps = steps;
        this.made = new TreeMap<>(now);
    }

    void plan() {
        Set<String> pending = new LinkedHashSet<>();
        next.forEach((name, node) -> {
            if (!node.equals(now.get(name))) {
                pending.add(name);
            }
            hash(name).ifPresent(hash -> lasting.computeIfAbsent(hash, this::lasting));
        });
        while (!pending.isEmpty()) {
            String name = pending.stream()
                    .filter(this::isHarmless)
                    .findFirst()
                    .orElse(pending.iterator().next());
            pending.remove(name);
            set(name);
        }
        for (String name : new ArrayList<>(now.sequencedKeySet().reversed())) {
            if (!next.containsKey(name)) {
                steps.add(
                        Phase.OLD_LINKS, new Step.Remove(folder + "/" + name, "is of a certificate that was removed"));
            }
        }
    }

    private void set(String name) {
        Node node = next.getOrDefault(name, new Node.Link(name));
        made.put(name, node);
        switch (node) {
            case Node.File file ->
                steps.add(
                        Phase.HASH_LINKS,
                        Step.Put.file(
                                folder + "/" + name,
                                file.bytes(),
                                now.containsKey(name) ? "is of another certificate" : "does not exist"));
            case Node.Link(String target) ->
                steps.add(
                        Phase.HASH_LINKS,
                        new Step.Link(folder + "/" + name, PathText.path(target), "does not lead to " + target));
        }
    }

    /** Whether everything that lasts is still found when this name is set, and a link leads somewhere. */
    private boolean isHarmless(String name) {
        if (next.get(name) instanceof Node.Link(String target) && hash(name).isPresent() && !made.containsKey(target)) {
            return false;
        }
        SortedMap<String, Node> tried = new TreeMap<>(made);
        tried.put(name, next.getOrDefault(name, new Node.Link(name)));
        return Stream.concat(hash(name).stream(), leadingTo(name))
                .allMatch(hash -> found(tried, hash).containsAll(lasting.getOrDefault(hash, Set.of())));
    }

    /** The hashes with a link to this name. */
    private Stream<String> leadingTo(String name) {
        return made.entrySet().stream()
                .filter(entry -> entry.getValue().equals(new Node.Link(name)))
                .flatMap(entry -> hash(entry.getKey()).stream());
    }

    private Set<Node> lasting(String hash) {
        Set<Node> both = found(now, hash);
        both.retainAll(found(next, hash));
        return both;
    }

    /** The files that OpenSSL finds by a hash. */
    private static Set<Node> found(SortedMap<String, Node> folder, String hash) {
        Set<Node> found = new HashSet<>();
        for (int number = 0; folder.get(hash + "." + number) instanceof Node.Link(String target); number++) {
            Node node = folder.get(target);
            if (node == null) {
                break;
            }
            found.add(node);
        }
        return found;
    }

    /** The hash of a link's name; empty for all other names. */
    private static Optional<String> hash(String name) {
        return name.length() > HASH && name.charAt(HASH) == '.' && !name.endsWith(".pem")
                ? Optional.of(name.substring(0, HASH))
                : Optional.empty();
    }
}
