package dev.capstan.cli.doctor;

import java.util.List;

/**
 * What is the matter, the true cause first; what follows is worth knowing, and may go away with the first.
 *
 * @param items none where nothing is wrong
 */
record Diagnosis(List<Item> items) {

    Diagnosis {
        items = List.copyOf(items);
    }

    /**
     * One cause.
     *
     * @param words what was found, as a sentence with names
     * @param fix what to do
     */
    record Item(Cause cause, String words, String fix) {

        static Item of(Cause cause, String words) {
            return new Item(cause, words, cause.fix());
        }
    }
}
