package dev.capstan.runtime.toml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of a TOML document: its keys in the order in which the document names them. A value is a {@link TomlTable}, a
 * {@link String}, a {@link Boolean}, a {@link List} of values, or a {@link Scalar}.
 */
public final class TomlTable {

    /**
     * A number, date or time, as it is written.
     *
     * @param text what the document says, such as {@code 0x1F} or {@code 1979-05-27}
     */
    public record Scalar(String text) {

        @Override
        public String toString() {
            return text;
        }
    }

    private final Map<String, Object> values = new LinkedHashMap<>();
    private boolean headed;

    TomlTable() {}

    /** Every key with its value, in the document's order. */
    public Map<String, Object> values() {
        return Collections.unmodifiableMap(values);
    }

    /** The value under this key; empty where there is none. */
    public Optional<Object> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The table under this path of keys; empty where there is none, or something else. */
    public Optional<TomlTable> table(String... path) {
        TomlTable at = this;
        for (String key : path) {
            if (!(at.values.get(key) instanceof TomlTable next)) {
                return Optional.empty();
            }
            at = next;
        }
        return Optional.of(at);
    }

    /** The text under this key; empty where there is none, or something else. */
    public Optional<String> text(String key) {
        return values.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** Whether there is {@code true} under this key. */
    public boolean isTrue(String key) {
        return Boolean.TRUE.equals(values.get(key));
    }

    /**
     * The texts under this key, where there is one text or an array of nothing but texts; empty where there is something
     * else or nothing.
     */
    public Optional<List<String>> texts(String key) {
        Object value = values.get(key);
        if (value instanceof String text) {
            return Optional.of(List.of(text));
        }
        if (!(value instanceof List<?> list)) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof String text)) {
                return Optional.empty();
            }
            texts.add(text);
        }
        return Optional.of(texts);
    }

    /** Whether a heading of its own opened it: not an inline table, a dotted key or the heading of a table inside it. */
    public boolean hasHeading() {
        return headed;
    }

    /** Notes a heading; false if it had one. */
    boolean open() {
        boolean first = !headed;
        headed = true;
        return first;
    }

    Map<String, Object> mutable() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TomlTable that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
