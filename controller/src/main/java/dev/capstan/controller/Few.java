package dev.capstan.controller;

import java.util.Collection;
import java.util.stream.Collectors;

/** Many words, of which a message has room for the first few. */
final class Few {

    private Few() {}

    /** The first of them, and how many more there are. */
    static String of(Collection<String> words, int most, String between) {
        int more = words.size() - most;
        return words.stream().limit(most).collect(Collectors.joining(between))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
