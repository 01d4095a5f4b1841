package dev.capstan.truststore.format;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The numbers by which p11-kit tells equal names apart, in the order in which it writes: the first has none, the second
 * is number 1, a number that is taken is passed over (trust/extract-jks.c, trust/save.c). A name that comes in or goes
 * can thereby give others of the same stem another number. They get it where all of that stem are numbered as p11-kit
 * does it; elsewhere they stay as they are, and what comes in takes the first number that is free.
 *
 * @param separator what stands between stem and number
 * @param ending what stands behind both
 */
record Numbering(String separator, String ending) {

    static final Numbering ALIASES = new Numbering("-", "");
    static final Numbering FILES = new Numbering(".", ".pem");

    /** A name that is there, or the stem of one that comes in. */
    record Name(String text, boolean isNew) {}

    private String name(String stem, int number) {
        return stem + (number == 0 ? "" : separator + number) + ending;
    }

    /** A name's stem, without number and ending; a number in the stem is taken for such. */
    String stem(String name) {
        String bare = withoutEnding(name);
        int end = stemEnd(bare);
        return end < 0 ? bare : bare.substring(0, end);
    }

    /** A name's number; 0 for one without. */
    BigInteger number(String name) {
        String bare = withoutEnding(name);
        int end = stemEnd(bare);
        return end < 0 ? BigInteger.ZERO : new BigInteger(bare.substring(end + separator.length()));
    }

    private String withoutEnding(String name) {
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }

    /** Where the stem ends that has a number behind it; -1 where there is none. */
    private int stemEnd(String bare) {
        int end = bare.lastIndexOf(separator);
        int number = end + separator.length();
        boolean numbered = end >= 0
                && number < bare.length()
                && bare.substring(number).chars().allMatch(digit -> digit >= '0' && digit <= '9');
        return numbered ? end : -1;
    }

    /**
     * The names there shall be, in the order of {@code after}, no two the same.
     *
     * @param before the names there are, in p11-kit's order
     * @param after those of them that stay, and new ones, in p11-kit's order
     */
    List<String> names(List<String> before, List<Name> after) {
        Set<String> staying = new HashSet<>();
        Set<String> stems = new HashSet<>();
        for (Name name : after) {
            (name.isNew() ? stems : staying).add(name.text());
        }
        before.stream().filter(name -> !staying.contains(name)).map(this::stem).forEach(stems::add);
        stems.removeIf(stem -> !isRegular(stem, before));

        List<Optional<String>> bases = after.stream()
                .map(name -> Optional.of(name.isNew() ? name.text() : stem(name.text()))
                        .filter(stem -> name.isNew() || stems.contains(stem)))
                .toList();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < after.size(); i++) {
            if (bases.get(i).isEmpty()) {
                taken.add(after.get(i).text());
            }
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            String present = after.get(i).text();
            names.add(bases.get(i).map(stem -> next(stem, taken)).orElse(present));
        }
        return names;
    }

    private String next(String stem, Set<String> taken) {
        return IntStream.iterate(0, number -> number + 1)
                .mapToObj(number -> name(stem, number))
                .filter(taken::add)
                .findFirst()
                .orElseThrow();
    }

    /** Whether the names of this stem are numbered from the first on, without a gap and in order. */
    private boolean isRegular(String stem, List<String> names) {
        List<String> chain =
                names.stream().filter(name -> stem(name).equals(stem)).toList();
        return IntStream.range(0, chain.size())
                .allMatch(number -> chain.get(number).equals(name(stem, number)));
    }
}
