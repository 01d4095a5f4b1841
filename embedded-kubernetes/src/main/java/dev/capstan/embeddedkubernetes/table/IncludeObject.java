package dev.capstan.embeddedkubernetes.table;

import java.util.Optional;

/** What a row holds of its object: the query parameter {@code includeObject}. */
public enum IncludeObject {
    /** Nothing. */
    NONE,
    /** Its metadata, as a PartialObjectMetadata; what is sent when nothing is asked for. */
    METADATA,
    /** All of it. */
    OBJECT;

    /** Reads the query parameter; empty text is {@link #METADATA}, an unknown value is nothing. */
    public static Optional<IncludeObject> parse(String text) {
        return switch (text) {
            case "", "Metadata" -> Optional.of(METADATA);
            case "None" -> Optional.of(NONE);
            case "Object" -> Optional.of(OBJECT);
            default -> Optional.empty();
        };
    }
}
