package dev.capstan.truststore.format;

import dev.capstan.certificates.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The links {@code HASH.N} of a hash folder: for each hash a chain of names, by number. OpenSSL tries one number after
 * the other and stops where there is none, so that a chain that changes is numbered from 0 on without a gap. One that
 * does not change stays as it is.
 */
final class LinkChains {

    private static final Pattern LINK = Pattern.compile("([0-9a-f]{8})\\.(0|[1-9][0-9]{0,8})");

    private final SortedMap<String, SortedMap<Integer, String>> present = new TreeMap<>();
    private final SortedMap<String, List<String>> wanted = new TreeMap<>();

    LinkChains(SortedMap<String, Node> folder) {
        folder.forEach((name, node) -> {
            Matcher matcher = LINK.matcher(name);
            if (matcher.matches() && node instanceof Node.Link link) {
                present.computeIfAbsent(matcher.group(1), hash -> new TreeMap<>())
                        .put(Integer.valueOf(matcher.group(2)), link.target());
            }
        });
        present.forEach((hash, chain) -> wanted.put(hash, new ArrayList<>(chain.values())));
    }

    /** The chains as they are in the folder. */
    SortedMap<String, SortedMap<Integer, String>> present() {
        return present;
    }

    /** Lets links follow their files: to another name, or away with it. */
    void follow(Map<String, Optional<String>> files) {
        wanted.replaceAll((hash, chain) -> new ArrayList<>(chain.stream()
                .flatMap(name -> files.getOrDefault(name, Optional.of(name)).stream())
                .toList()));
    }

    /**
     * Lets a link of this hash lead to each of these files to which none does.
     *
     * @param identity which certificate a file is
     */
    void add(String hash, List<String> files, Function<String, Optional<Identity>> identity, Edit.Place place) {
        List<String> chain = wanted.computeIfAbsent(hash, none -> new ArrayList<>());
        chain.addAll(
                place.among(chain.stream().map(identity).toList()),
                files.stream().filter(file -> !chain.contains(file)).toList());
    }

    void writeTo(SortedMap<String, Node> folder) {
        wanted.forEach((hash, chain) -> {
            SortedMap<Integer, String> now = present.getOrDefault(hash, new TreeMap<>());
            if (!List.copyOf(now.values()).equals(chain)) {
                now.keySet().forEach(number -> folder.remove(hash + "." + number));
                for (int number = 0; number < chain.size(); number++) {
                    folder.put(hash + "." + number, new Node.Link(chain.get(number)));
                }
            }
        });
    }
}
