package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of objects, complete as of one version.
 *
 * @param resourceVersion the version to watch from
 * @param items every object there is
 * @param <T> kind of the objects
 */
record ObjectList<T>(String resourceVersion, List<Found<T>> items) {

    /**
     * Reads a list.
     *
     * @throws MalformedAnswerException if it lacks what makes it one, so that it does not count as an empty list
     */
    static <T> ObjectList<T> read(JsonParser json, ObjectReader<Found<T>> reader) throws IOException {
        String[] version = {""};
        boolean[] complete = {false};
        List<Found<T>> items = new ArrayList<>();
        Json.fields(json, name -> {
            switch (name) {
                case "metadata" ->
                    Json.fields(json, field -> {
                        if (field.equals("resourceVersion")) {
                            version[0] = Json.text(json);
                        } else if (field.equals("continue") && !Json.text(json).isEmpty()) {
                            throw new MalformedAnswerException("a list cut into pages that nobody asked for");
                        }
                    });
                case "items" -> {
                    complete[0] = true;
                    Json.elements(json, () -> items.add(reader.read(json)));
                }
                default -> {
                    // apiVersion and kind are known from the path.
                }
            }
        });
        if (version[0].isEmpty() || !complete[0]) {
            throw new MalformedAnswerException("a list without a resourceVersion or without items");
        }
        return new ObjectList<>(version[0], List.copyOf(items));
    }

    /** The object of this name; absent where the list has none. */
    @Nullable
    T named(String name) {
        for (Found<T> item : items) {
            if (item.metadata().name().equals(name)) {
                return item.object();
            }
        }
        return null;
    }
}
