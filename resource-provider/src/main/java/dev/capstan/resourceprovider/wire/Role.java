package dev.capstan.resourceprovider.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a caller may do, with Azure's names and in its order: each may what those before it may. */
public enum Role {
    /** Read. Credentials of clusters are not read with it: whoever has one can write. */
    READER("Reader"),
    /** Read and write everything but who may do what. */
    CONTRIBUTOR("Contributor"),
    /** Everything. */
    OWNER("Owner");

    private final String word;

    Role(String word) {
        this.word = word;
    }

    /** As Azure and users write it. */
    public String word() {
        return word;
    }

    /** The role of this word, in any case. */
    public static Optional<Role> of(String word) {
        return Arrays.stream(values())
                .filter(role -> role.word.equalsIgnoreCase(word.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** Whether this one may whatever the other may. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
