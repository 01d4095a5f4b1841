package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Steps.Phase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The change of the hash links that the links by name call for. OpenSSL looks at {@code HASH.0}, {@code HASH.1} and so on
 * until one is missing or leads nowhere (crypto/x509/by_dir.c), so a chain must have no gap, at no instant.
 *
 * <p>What openssl rehash would keep stays, in its order; what leads to a certificate that went, or that has another hash,
 * goes; every certificate that no link of its chain leads to gets one, behind the others. As with openssl rehash a file
 * is linked that holds one certificate, and a certificate that several files hold is linked once.
 *
 * <p>A number is taken over by what stood at a higher one, from the lowest up, and only then do the highest go:
 * everything that stays can be found all the while, some of it twice.
 */
final class HashLinks {

    private final LinkFolder now;

    /** The links by name as they shall be. */
    private final Map<String, Source> links;

    /** Whether a link by name goes, or went. */
    private final Predicate<String> gone;

    private final Steps steps;

    /** Every chain as it shall be: the name of the hash link, and of the link by name it leads to. */
    private final SortedMap<String, String> chains = new TreeMap<>();

    HashLinks(LinkFolder now, Map<String, Source> links, Predicate<String> gone, Steps steps) {
        this.now = now;
        this.links = links;
        this.gone = gone;
        this.steps = steps;
    }

    /** What shall stand at a number: a link of this content, or the file that has another number now. */
    private record Entry(Optional<String> target, int from, String why) {}

    /** The one certificate of a source, as far as a hash link can lead to it. */
    private static Optional<SourceContent.Found> single(Source source) {
        List<SourceContent.Found> found = source.content().certificates();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    void plan() {
        Map<String, Map<Identity, String>> wanted = new TreeMap<>();
        links.forEach((name, source) -> single(source)
                .ifPresent(found -> wanted.computeIfAbsent(found.hash(), hash -> new LinkedHashMap<>())
                        .merge(found.identity(), name, (one, other) -> one.compareTo(other) <= 0 ? one : other)));
        for (String hash : now.hashLinks.keySet()) {
            wanted.computeIfAbsent(hash, none -> new LinkedHashMap<>());
        }
        wanted.forEach(this::plan);
    }

    private void plan(String hash, Map<Identity, String> wanted) {
        NavigableMap<Integer, Optional<String>> chain = now.hashLinks.getOrDefault(hash, new TreeMap<>());
        Map<String, Entry> kept = new LinkedHashMap<>();
        List<Entry> dangling = new ArrayList<>();
        Set<Identity> found = new HashSet<>();
        String why = "stands behind a gap";
        for (Map.Entry<Integer, Optional<String>> entry : chain.entrySet()) {
            int number = entry.getKey();
            Optional<String> target = entry.getValue();
            String name = target.orElse("");
            Optional<SourceContent.Found> leadsTo =
                    Optional.ofNullable(links.get(name)).flatMap(HashLinks::single);
            if (leadsTo.isPresent() && !leadsTo.get().hash().equals(hash)) {
                why = "leads to " + PathText.shown(name) + ", which has another hash";
            } else if (target.isPresent() && gone.test(name)) {
                why = "leads to " + PathText.shown(name) + ", which is gone";
            } else if (target.isPresent() && !links.containsKey(name) && now.isDangling(name)) {
                dangling.add(new Entry(target, number, "leads nowhere and hides what follows"));
            } else {
                leadsTo.ifPresent(certificate -> found.add(certificate.identity()));
                kept.putIfAbsent(target.orElse(hash + "." + number), new Entry(target, number, ""));
            }
        }
        wanted.forEach((identity, name) -> {
            if (!found.contains(identity)) {
                kept.putIfAbsent(
                        name, new Entry(Optional.of(name), -1, "no such link leads to " + PathText.shown(name)));
            }
        });
        List<Entry> target = new ArrayList<>(kept.values());
        target.addAll(dangling);
        for (int number = 0; number < target.size(); number++) {
            String name = hash + "." + number;
            target.get(number).target().ifPresent(leadsTo -> chains.put(name, leadsTo));
        }
        if (!wanted.isEmpty() || target.size() < chain.size()) {
            place(hash, chain, target, why);
        }
    }

    /** The sources in the order of the hash links that lead to them; only those of one digit, {@code *.[0-9]}. */
    List<Source> inOrder() {
        List<Source> sources = new ArrayList<>();
        chains.forEach((name, link) -> {
            Source source = links.get(link);
            if (name.length() == 10 && source != null) {
                sources.add(source);
            }
        });
        return sources;
    }

    private void place(String hash, NavigableMap<Integer, Optional<String>> chain, List<Entry> target, String why) {
        for (int number = 0; number < target.size(); number++) {
            Entry entry = target.get(number);
            boolean there =
                    entry.target().isPresent() ? entry.target().equals(chain.get(number)) : entry.from() == number;
            if (there) {
                continue;
            }
            String path = now.entry(hash + "." + number);
            String words = entry.why().isEmpty() ? why : entry.why();
            if (entry.target().isPresent()) {
                steps.add(
                        Phase.HASH_LINKS,
                        new Step.Link(path, PathText.path(entry.target().get()), words));
            } else {
                steps.add(Phase.HASH_LINKS, new Step.Again(path, hash + "." + entry.from(), words));
            }
        }
        for (int number : chain.descendingKeySet()) {
            if (number >= target.size()) {
                steps.add(Phase.HASH_LINKS, new Step.Remove(now.entry(hash + "." + number), why));
            }
        }
    }

    /** The certificates that OpenSSL finds in the chain of this hash. */
    static Set<Identity> reachable(LinkFolder now, Map<String, Source> links, String hash) {
        Set<Identity> found = new HashSet<>();
        NavigableMap<Integer, Optional<String>> chain = now.hashLinks.getOrDefault(hash, new TreeMap<>());
        for (int number = 0; chain.containsKey(number); number++) {
            Optional<String> target = chain.get(number);
            if (target.isPresent() && now.isDangling(target.get())) {
                break;
            }
            target.map(links::get)
                    .flatMap(HashLinks::single)
                    .ifPresent(certificate -> found.add(certificate.identity()));
        }
        return found;
    }
}
