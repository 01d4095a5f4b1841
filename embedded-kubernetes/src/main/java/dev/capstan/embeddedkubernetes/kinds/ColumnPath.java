package dev.capstan.embeddedkubernetes.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The simple JSONPath of printer columns: {@code .a.b}, {@code .a[0]}, {@code .a[*].b}, {@code .a['b']} or {@code .a.b\.c}
 * for keys with dots, and {@code .conditions[?(@.type=="Ready")].status}. Each step is applied to all values found so far.
 */
public final class ColumnPath {

    /** What is wrong with a text that is no such path. */
    public static final String WORDS =
            "must be a simple JSON path: .field, [index], [*], ['key'] or [?(@.field==\"value\")], one after another";

    private static final Pattern STEP = Pattern.compile("\\.(?<field>(?:[A-Za-z0-9_/-]|\\\\\\.)+)"
            + "|\\[(?<index>-?[0-9]{1,6})]"
            + "|\\[(?<all>\\*)]"
            + "|\\['(?<key>[^'\\]]+)']"
            + "|\\[\\?\\(@\\.(?<test>[A-Za-z0-9_]+) ?== ?[\"'](?<value>[^\"']*)[\"']\\)]");

    private ColumnPath() {}

    /** Whether a text is such a path. */
    public static boolean isPath(String path) {
        Matcher step = STEP.matcher(path);
        int at = 0;
        while (step.find()) {
            if (step.start() != at) {
                return false;
            }
            at = step.end();
        }
        return at == path.length() && at > 0;
    }

    /** The first value a path leads to; missing when there is none or the text is no path. */
    public static JsonNode first(JsonNode root, String path) {
        if (!isPath(path)) {
            return MissingNode.getInstance();
        }
        List<JsonNode> values = List.of(root);
        Matcher step = STEP.matcher(path);
        while (step.find()) {
            List<JsonNode> next = new ArrayList<>();
            values.forEach(v -> take(v, step, next));
            values = next;
        }
        return values.isEmpty() ? MissingNode.getInstance() : values.getFirst();
    }

    private static void take(JsonNode value, Matcher step, List<JsonNode> out) {
        String field = step.group("field") != null ? step.group("field").replace("\\.", ".") : step.group("key");
        if (field != null) {
            add(out, value.get(field));
        } else if (step.group("index") != null) {
            int index = Integer.parseInt(step.group("index"));
            add(out, value.get(index < 0 ? value.size() + index : index));
        } else if (step.group("all") != null) {
            value.forEach(out::add);
        } else {
            JsonNode wanted = JsonNodeFactory.instance.textNode(step.group("value"));
            value.forEach(v -> {
                if (wanted.equals(v.get(step.group("test")))) {
                    out.add(v);
                }
            });
        }
    }

    private static void add(List<JsonNode> out, @Nullable JsonNode value) {
        if (value != null) {
            out.add(value);
        }
    }
}
