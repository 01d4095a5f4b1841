package dev.capstan.embeddedkubernetes.kinds;

/** Stands in the place of what the next commits bring. */
public final class Pending {
    private Pending() {}

    /** Nothing yet. */
    @SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"})
    public static <T> T value() {
        throw new UnsupportedOperationException("written in the next commit");
    }
}
