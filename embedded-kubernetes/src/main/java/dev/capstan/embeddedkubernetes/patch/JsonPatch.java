package dev.capstan.embeddedkubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.patch.PatchException.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON patch, RFC 6902, with pointers as in RFC 6901. The operations are applied one after another to a copy; the first that
 * fails ends it, and nothing of the patch has an effect then. Numbers are compared by value in {@code test}.
 *
 * <p>Only {@code copy} and {@code add} make a document larger; the size is added up as they go, so that a chain of copies is
 * stopped before its result exists.
 */
public final class JsonPatch {

    private JsonNode root;
    private long size;

    private JsonPatch(JsonNode root) {
        this.root = root;
        this.size = PatchLimits.requireBounded(root, "the document");
    }

    /**
     * The document with the patch applied; neither argument is changed.
     *
     * @throws PatchException when it cannot be applied
     */
    public static JsonNode apply(JsonNode document, JsonNode patch) {
        if (!(patch instanceof ArrayNode operations)) {
            throw malformed("a JSON patch must be an array of operations");
        }
        if (operations.size() > PatchLimits.MOST_OPERATIONS) {
            throw new PatchException(
                    Reason.TOO_LARGE,
                    "The allowed maximum operations in a JSON patch is " + PatchLimits.MOST_OPERATIONS + ", got "
                            + operations.size());
        }
        PatchLimits.requireBounded(patch, "the patch");
        JsonPatch state = new JsonPatch(document.deepCopy());
        for (int i = 0; i < operations.size(); i++) {
            state.operation(operations.get(i), "operation " + i);
        }
        PatchLimits.requireBounded(state.root, "the patched document");
        return state.root;
    }

    private void operation(JsonNode operation, String where) {
        if (!operation.isObject()) {
            throw malformed(where + " must be an object");
        }
        String op = text(operation, "op", where);
        Pointer path = Pointer.parse(text(operation, "path", where), where + ": path");
        switch (op) {
            case "add" -> add(path, value(operation, where).deepCopy(), where);
            case "remove" -> remove(path, where);
            case "replace" -> {
                remove(path, where);
                add(path, value(operation, where).deepCopy(), where);
            }
            case "copy" -> add(path, get(from(operation, where), where).deepCopy(), where);
            case "move" -> {
                Pointer from = from(operation, where);
                if (from.isProperPrefixOf(path)) {
                    throw notApplicable(where + ": a value cannot be moved into itself: " + from + " to " + path);
                }
                add(path, remove(from, where), where);
            }
            case "test" -> {
                JsonNode actual = get(path, where);
                if (!actual.equals(JsonPatch::compare, value(operation, where))) {
                    throw new PatchException(Reason.TEST_FAILED, where + ": testing path " + path + " failed");
                }
            }
            default -> throw malformed(where + ": unknown operation \"" + PatchLimits.shown(op) + '"');
        }
    }

    private JsonNode get(Pointer path, String where) {
        JsonNode node = root;
        for (String part : path.parts()) {
            node = step(node, part, path, where);
        }
        return node;
    }

    private void add(Pointer path, JsonNode value, String where) {
        size += PatchLimits.requireBounded(value, where);
        if (size > PatchLimits.LARGEST || path.parts().size() > PatchLimits.DEEPEST) {
            throw new PatchException(
                    Reason.TOO_LARGE, where + " makes the document larger than " + PatchLimits.LARGEST + " characters");
        }
        if (path.parts().isEmpty()) {
            root = value;
            return;
        }
        switch (get(path.parent(), where)) {
            case ObjectNode object -> object.set(path.last(), value);
            case ArrayNode array -> {
                int index = path.last().equals("-") ? array.size() : index(path.last(), array.size(), path, where);
                array.insert(index, value);
            }
            default -> throw notApplicable(where + ": " + path.parent() + " is neither an object nor an array");
        }
    }

    private JsonNode remove(Pointer path, String where) {
        JsonNode removed = get(path, where);
        if (path.parts().isEmpty()) {
            return removed;
        }
        switch (get(path.parent(), where)) {
            case ObjectNode object -> object.remove(path.last());
            case ArrayNode array -> array.remove(index(path.last(), array.size() - 1, path, where));
            default -> throw new IllegalStateException("a value was found below neither an object nor an array");
        }
        return removed;
    }

    private static JsonNode step(JsonNode node, String part, Pointer path, String where) {
        @Nullable JsonNode next = null;
        if (node instanceof ObjectNode object) {
            next = object.get(part);
        } else if (node instanceof ArrayNode array) {
            next = array.get(index(part, array.size() - 1, path, where));
        }
        if (next == null) {
            throw notApplicable(where + ": the document has no value at " + path);
        }
        return next;
    }

    private static int index(String part, int most, Pointer path, String where) {
        boolean digits = !part.isEmpty()
                && part.length() <= 9
                && part.chars().allMatch(c -> c >= '0' && c <= '9')
                && (part.length() == 1 || part.charAt(0) != '0');
        if (!digits || Integer.parseInt(part) > most) {
            throw notApplicable(where + ": " + path + " is no index within the array");
        }
        return Integer.parseInt(part);
    }

    private static JsonNode value(JsonNode operation, String where) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw malformed(where + ": value is missing");
        }
        return value;
    }

    private static Pointer from(JsonNode operation, String where) {
        return Pointer.parse(text(operation, "from", where), where + ": from");
    }

    private static String text(JsonNode operation, String field, String where) {
        JsonNode value = operation.path(field);
        if (!value.isTextual()) {
            throw malformed(where + ": " + field + " is missing or no text");
        }
        return value.textValue();
    }

    private static int compare(JsonNode left, JsonNode right) {
        if (left.isNumber() && right.isNumber()) {
            return left.isIntegralNumber() && right.isIntegralNumber()
                    ? left.bigIntegerValue().compareTo(right.bigIntegerValue())
                    : Double.compare(left.doubleValue(), right.doubleValue());
        }
        return left.equals(right) ? 0 : 1;
    }

    private static PatchException malformed(String message) {
        return new PatchException(Reason.MALFORMED, message);
    }

    private static PatchException notApplicable(String message) {
        return new PatchException(Reason.NOT_APPLICABLE, message);
    }

    /** A JSON pointer, RFC 6901. */
    private record Pointer(List<String> parts) {

        static Pointer parse(String text, String where) {
            if (text.isEmpty()) {
                return new Pointer(List.of());
            }
            if (text.charAt(0) != '/') {
                throw malformed(where + " must be empty or start with a slash: \"" + PatchLimits.shown(text) + '"');
            }
            List<String> parts = new ArrayList<>();
            for (String part : text.substring(1).split("/", -1)) {
                if (part.replace("~0", "").replace("~1", "").contains("~")) {
                    throw malformed(where + " has a ~ that is neither ~0 nor ~1: \"" + PatchLimits.shown(text) + '"');
                }
                parts.add(part.replace("~1", "/").replace("~0", "~"));
            }
            return new Pointer(List.copyOf(parts));
        }

        Pointer parent() {
            return new Pointer(parts.subList(0, parts.size() - 1));
        }

        String last() {
            return parts.getLast();
        }

        boolean isProperPrefixOf(Pointer other) {
            return parts.size() < other.parts.size()
                    && other.parts.subList(0, parts.size()).equals(parts);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("\"");
            parts.forEach(p -> text.append('/').append(p.replace("~", "~0").replace("/", "~1")));
            return PatchLimits.shown(text.append('"').toString());
        }
    }
}
