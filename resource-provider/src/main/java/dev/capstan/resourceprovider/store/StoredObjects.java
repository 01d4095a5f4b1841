package dev.capstan.resourceprovider.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Objects that were read, as records: one that is read again and has not changed is not turned into records again, and is the
 * same Java object, and so is a list of which nothing has changed; so that whatever was made of them can be kept with them. It
 * is asked each time for what was just read, and answers with nothing else; so it can be empty or full, and never old.
 */
final class StoredObjects {

    private final Map<Kind<?, ?>, Known<?, ?>> byKind = new ConcurrentHashMap<>();

    /** The object of that name as it was just read. */
    <S, T> Optional<Stored<S, T>> of(Kind<S, T> kind, String name, Optional<ObjectNode> read) {
        Known<S, T> known = known(kind);
        if (read.isEmpty()) {
            known.byName.remove(name);
            return Optional.empty();
        }
        return Optional.of(known.of(name, read.get()));
    }

    /** All objects of a kind as they were just read; the others are forgotten. */
    <S, T> List<Stored<S, T>> of(Kind<S, T> kind, List<ObjectNode> read) {
        return known(kind).of(read);
    }

    // Under a kind there are only objects of that kind.
    @SuppressWarnings("unchecked")
    private <S, T> Known<S, T> known(Kind<S, T> kind) {
        return (Known<S, T>) byKind.computeIfAbsent(kind, Known::new);
    }

    /** The objects of one kind. */
    private static final class Known<S, T> {

        private final Kind<S, T> kind;
        private final Map<String, Stored<S, T>> byName = new ConcurrentHashMap<>();
        private volatile List<Stored<S, T>> last = List.of();

        Known(Kind<S, T> kind) {
            this.kind = kind;
        }

        Stored<S, T> of(String name, ObjectNode tree) {
            Stored<S, T> before = byName.get(name);
            if (before != null && before.isOf(tree)) {
                return before;
            }
            Stored<S, T> stored = Stored.of(kind, tree);
            byName.put(name, stored);
            return stored;
        }

        List<Stored<S, T>> of(List<ObjectNode> read) {
            List<Stored<S, T>> before = last;
            if (isOf(before, read)) {
                return before;
            }
            List<Stored<S, T>> all = read.stream()
                    .map(tree -> of(tree.path("metadata").path("name").asText(), tree))
                    .toList();
            if (byName.size() > all.size()) {
                byName.keySet().retainAll(all.stream().map(Stored::name).collect(Collectors.toSet()));
            }
            last = all;
            return all;
        }

        private static boolean isOf(List<? extends Stored<?, ?>> stored, List<ObjectNode> read) {
            if (stored.size() != read.size()) {
                return false;
            }
            for (int i = 0; i < read.size(); i++) {
                if (!stored.get(i).isOf(read.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }
}
