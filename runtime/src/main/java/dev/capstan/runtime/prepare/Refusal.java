package dev.capstan.runtime.prepare;

import java.util.List;

/**
 * A reason why a node is not prepared.
 *
 * @param words what was found, where, and what to do
 * @param byHand lines to write, each file's under its name; empty where there are none
 */
public record Refusal(String words, List<ByHand> byHand) {

    /**
     * Lines to write by hand.
     *
     * @param file the file, as a path of the node
     * @param lines what shall stand in it
     */
    public record ByHand(String file, List<String> lines) {

        public ByHand {
            lines = List.copyOf(lines);
        }
    }

    public Refusal {
        byHand = List.copyOf(byHand);
    }

    static Refusal of(String words) {
        return new Refusal(words, List.of());
    }
}
