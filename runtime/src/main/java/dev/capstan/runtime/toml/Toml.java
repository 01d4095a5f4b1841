package dev.capstan.runtime.toml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a TOML 1.0 document (toml.io/en/v1.0.0), strictly: what the language does not allow is an error, a key or table
 * that is there twice too. Numbers, dates and times are kept as they are written: nothing here reckons with them.
 *
 * <p>A document is read once from its first character to its last. Which tables may still be added to is remembered beside
 * the tables: an inline table or one made by a dotted key is closed for headings, a table with a heading of its own cannot
 * get a second one.
 */
public final class Toml {

    private static final String BARE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    private static final int DEEPEST = 100;

    private final TomlText text;
    private final TomlTable document = new TomlTable();
    private final Set<Object> closed = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Object> dotted = Collections.newSetFromMap(new IdentityHashMap<>());
    private int depth;

    private Toml(String text) {
        this.text = new TomlText(text);
    }

    /**
     * The document's outermost table.
     *
     * @throws TomlException if the text is not TOML
     */
    public static TomlTable parse(String text) throws TomlException {
        return new Toml(text.startsWith("\ufeff") ? text.substring(1) : text).document();
    }

    private TomlTable document() throws TomlException {
        TomlTable table = document;
        for (text.skipLines(); !text.atEnd(); text.skipLines()) {
            if (text.take("[[")) {
                List<String> path = key();
                text.expect("]]");
                table = element(path);
            } else if (text.take("[")) {
                List<String> path = key();
                text.expect("]");
                table = heading(path);
            } else {
                assign(table);
            }
            text.endLine();
        }
        return document;
    }

    /** The table that a heading opens. */
    private TomlTable heading(List<String> path) throws TomlException {
        TomlTable parent = descend(path);
        String last = path.getLast();
        Object there = parent.mutable().computeIfAbsent(last, key -> new TomlTable());
        if (!(there instanceof TomlTable table) || closed.contains(table) || dotted.contains(table)) {
            throw text.error("'" + last + "' is there already and is no table that a heading may open");
        }
        if (!table.open()) {
            throw text.error("the table [" + String.join(".", path) + "] is there twice");
        }
        return table;
    }

    /** The new element of an array of tables. */
    private TomlTable element(List<String> path) throws TomlException {
        TomlTable parent = descend(path);
        Object there = parent.mutable().computeIfAbsent(path.getLast(), key -> new ArrayList<Object>());
        if (!(there instanceof List<?>) || closed.contains(there)) {
            throw text.error("'" + path.getLast() + "' is there already and is no array of tables");
        }
        TomlTable table = new TomlTable();
        @SuppressWarnings("unchecked") // Every list that is not closed was made here.
        List<Object> tables = (List<Object>) there;
        tables.add(table);
        table.open();
        return table;
    }

    /** The table that holds a heading's last key; what is missing on the way is made. */
    private TomlTable descend(List<String> path) throws TomlException {
        TomlTable at = document;
        for (String key : path.subList(0, path.size() - 1)) {
            Object next = at.mutable().computeIfAbsent(key, missing -> new TomlTable());
            if (next instanceof List<?> list && !closed.contains(list) && !list.isEmpty()) {
                next = list.getLast();
            }
            if (!(next instanceof TomlTable table) || closed.contains(next)) {
                throw text.error("'" + key + "' is there already and is no table");
            }
            at = table;
        }
        return at;
    }

    /** One {@code key = value} into this table. */
    private void assign(TomlTable table) throws TomlException {
        List<String> path = key();
        text.expect("=");
        TomlTable at = table;
        for (String key : path.subList(0, path.size() - 1)) {
            Object next = at.mutable().get(key);
            if (next == null) {
                TomlTable made = new TomlTable();
                dotted.add(made);
                at.mutable().put(key, made);
                at = made;
            } else if (next instanceof TomlTable there && dotted.contains(there) && !closed.contains(there)) {
                at = there;
            } else {
                throw text.error("'" + key + "' is there already and is no table that a dotted key may add to");
            }
        }
        text.skipBlanks();
        if (at.mutable().putIfAbsent(path.getLast(), value()) != null) {
            throw text.error("the key '" + path.getLast() + "' is there twice");
        }
    }

    /** A key, with the dots in it. */
    private List<String> key() throws TomlException {
        List<String> path = new ArrayList<>();
        do {
            text.skipBlanks();
            if (text.at('"') || text.at('\'')) {
                path.add(text.line());
            } else {
                String bare = text.takeAll(BARE);
                if (bare.isEmpty()) {
                    throw text.error("a key is missing");
                }
                path.add(bare);
            }
            if (path.size() > DEEPEST) {
                throw text.error("a key has more than " + DEEPEST + " parts");
            }
            text.skipBlanks();
        } while (text.take("."));
        return path;
    }

    private Object value() throws TomlException {
        if (text.at('"') || text.at('\'')) {
            return text.string();
        }
        if (text.at('[') || text.at('{')) {
            // A document of nothing but brackets shall not end this process.
            if (++depth > DEEPEST) {
                throw text.error("more than " + DEEPEST + " arrays and tables lie in each other");
            }
            Object inner = text.take("[") ? array() : inlineTable();
            depth--;
            return inner;
        }
        String word = text.word();
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            default -> {
                if (!TomlText.isNumberOrTime(word)) {
                    throw text.error(word.isEmpty() ? "a value is missing" : "'" + word + "' is no value");
                }
                yield new TomlTable.Scalar(word);
            }
        };
    }

    private List<Object> array() throws TomlException {
        List<Object> elements = new ArrayList<>();
        closed.add(elements);
        for (text.skipLines(); !text.take("]"); text.skipLines()) {
            elements.add(value());
            text.skipLines();
            if (!text.take(",")) {
                text.expect("]");
                break;
            }
        }
        return elements;
    }

    private TomlTable inlineTable() throws TomlException {
        text.expect("{");
        TomlTable table = new TomlTable();
        text.skipBlanks();
        if (!text.take("}")) {
            do {
                assign(table);
                text.skipBlanks();
            } while (text.take(","));
            text.expect("}");
        }
        close(table);
        return table;
    }

    /** Nothing may add to an inline table once it is read, nor to what its dotted keys made. */
    private void close(TomlTable table) {
        closed.add(table);
        for (Map.Entry<String, Object> entry : table.mutable().entrySet()) {
            if (entry.getValue() instanceof TomlTable inner) {
                close(inner);
            }
        }
    }
}
