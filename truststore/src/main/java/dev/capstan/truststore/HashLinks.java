package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The change of the hash links that a set calls for. OpenSSL looks at {@code HASH.0}, {@code HASH.1} and so on until one
 * is missing or leads nowhere, so a chain must have no gap, at no instant.
 *
 * <p>Only chains with a certificate of ours, old or new, are touched. In them what stays keeps its order and moves
 * together, new ones come behind. A number is taken over by what stood at a higher one, from the lowest up, and only
 * then do the highest go: everything that stays can be found all the while, some of it twice.
 */
final class HashLinks {

    /** What shall stand at a number: a link of this content, or the file that has another number now. */
    private record Entry(Optional<Path> target, int from) {}

    private final NavigableMap<String, Path> links = new TreeMap<>();
    private final NavigableMap<String, String> files = new TreeMap<>();
    private final List<String> order = new ArrayList<>();
    private final List<String> surplus = new ArrayList<>();

    HashLinks(Survey survey, CertificateSet wanted) throws IOException {
        Map<String, List<Identity>> byHash = new LinkedHashMap<>();
        survey.hashLinks.forEach((hash, chain) -> {
            if (chain.values().stream()
                    .anyMatch(target -> target.flatMap(DebianLayout::owner).isPresent())) {
                byHash.put(hash, new ArrayList<>());
            }
        });
        for (Certificate certificate : wanted.certificates()) {
            byHash.computeIfAbsent(SubjectHash.of(certificate), hash -> new ArrayList<>())
                    .add(certificate.identity());
        }
        for (Map.Entry<String, List<Identity>> chain : byHash.entrySet()) {
            TreeMap<Integer, Optional<Path>> now = survey.hashLinks.getOrDefault(chain.getKey(), new TreeMap<>());
            plan(chain.getKey(), now, target(survey, chain.getKey(), now, chain.getValue()));
        }
    }

    private static List<Entry> target(
            Survey survey, String hash, NavigableMap<Integer, Optional<Path>> now, List<Identity> wanted)
            throws IOException {
        Map<Path, Entry> kept = new LinkedHashMap<>();
        List<Entry> dangling = new ArrayList<>();
        List<Identity> dropped = new ArrayList<>();
        now.forEach((number, target) -> {
            Optional<Identity> owner = target.flatMap(DebianLayout::owner);
            if (owner.isPresent() && !wanted.contains(owner.get())) {
                dropped.add(owner.get());
            } else if (owner.isEmpty() && survey.isDangling(target)) {
                dangling.add(new Entry(target, number));
            } else {
                kept.putIfAbsent(target.orElse(Path.of(hash + "." + number)), new Entry(target, number));
            }
        });
        for (Identity identity : wanted) {
            add(kept, Path.of(DebianLayout.linkName(identity)));
        }
        for (Identity identity : dropped) {
            // The distribution's tool links a certificate once. Where ours took the place of the same certificate
            // from another hand, that one gets it back.
            List<Path> others = survey.foreign.of(identity).stream()
                    .map(ForeignSources.Source::linkName)
                    .toList();
            if (!others.isEmpty() && others.stream().noneMatch(kept::containsKey)) {
                add(kept, others.getFirst());
            }
        }
        List<Entry> target = new ArrayList<>(kept.values());
        target.addAll(dangling);
        return target;
    }

    private static void add(Map<Path, Entry> kept, Path linkName) {
        kept.putIfAbsent(linkName, new Entry(Optional.of(linkName), -1));
    }

    private void plan(String hash, NavigableMap<Integer, Optional<Path>> now, List<Entry> target) {
        for (int number = 0; number < target.size(); number++) {
            Entry entry = target.get(number);
            String name = hash + "." + number;
            boolean there =
                    entry.target().isPresent() ? entry.target().equals(now.get(number)) : entry.from() == number;
            if (!there) {
                order.add(name);
                if (entry.target().isPresent()) {
                    links.put(name, entry.target().get());
                } else {
                    files.put(name, hash + "." + entry.from());
                }
            }
        }
        List<Integer> numbers = new ArrayList<>(now.keySet());
        numbers.reversed().stream()
                .filter(number -> number >= target.size())
                .forEach(number -> surplus.add(hash + "." + number));
    }

    void stage(StoreFolder outputs) throws IOException {
        for (Map.Entry<String, Path> link : links.entrySet()) {
            outputs.stageLink(link.getKey(), link.getValue());
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            outputs.stageAgain(file.getKey(), file.getValue());
        }
    }

    void publish(StoreFolder outputs) throws IOException {
        for (String name : order) {
            outputs.publish(name);
        }
        for (String name : surplus) {
            outputs.remove(name);
        }
    }
}
