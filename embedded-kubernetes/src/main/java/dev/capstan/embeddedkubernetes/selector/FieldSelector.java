package dev.capstan.embeddedkubernetes.selector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A field selector as in a query: {@code field=value}, {@code field==value} and {@code field!=value} joined by commas, all of
 * which must hold. A field that is missing has the empty value. A backslash makes a comma, an equals sign or a backslash part
 * of a value. Grammar and words: k8s.io/apimachinery, package fields.
 */
public final class FieldSelector {

    private static final int LONGEST = 64 * 1024;

    private record Requirement(String field, String value, boolean equal) {

        boolean matches(JsonNode object) {
            return value.equals(valueOf(object, field)) == equal;
        }
    }

    private final List<Requirement> requirements;

    private FieldSelector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /**
     * Reads a selector for objects of a kind; the empty text selects everything.
     *
     * @throws SelectorException when the text is not a selector or names a field the kind cannot be selected by
     */
    public static FieldSelector parse(String text, Kind kind) {
        if (text.length() > LONGEST) {
            throw new SelectorException("invalid field selector: it is longer than " + LONGEST + " characters");
        }
        List<Requirement> requirements = new ArrayList<>();
        for (String term : terms(text)) {
            if (!term.isEmpty()) {
                Requirement requirement = requirement(term, text);
                if (!kind.fieldSelectors().contains(requirement.field())) {
                    throw new SelectorException("field label not supported: " + shown(requirement.field()));
                }
                requirements.add(requirement);
            }
        }
        return new FieldSelector(requirements);
    }

    /** Whether it selects everything. */
    public boolean everything() {
        return requirements.isEmpty();
    }

    /** The value a field must have, when the selector fixes one, such as {@code metadata.name}. */
    public Optional<String> exact(String field) {
        return requirements.stream()
                .filter(r -> r.equal() && r.field().equals(field))
                .map(Requirement::value)
                .findFirst();
    }

    /** Whether it selects an object. */
    public boolean matches(JsonNode object) {
        return requirements.stream().allMatch(r -> r.matches(object));
    }

    private static List<String> terms(String text) {
        List<String> terms = new ArrayList<>();
        StringBuilder term = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                term.append(c).append(text.charAt(++i));
            } else if (c == ',') {
                terms.add(term.toString());
                term.setLength(0);
            } else {
                term.append(c);
            }
        }
        terms.add(term.toString());
        return terms;
    }

    private static Requirement requirement(String term, String whole) {
        for (int i = 0; i < term.length(); i++) {
            for (String operator : List.of("!=", "==", "=")) {
                if (term.startsWith(operator, i)) {
                    String value = unescaped(term.substring(i + operator.length()));
                    return new Requirement(term.substring(0, i), value, !operator.equals("!="));
                }
            }
        }
        throw new SelectorException("invalid selector: '" + shown(whole) + "'; can't understand '" + shown(term) + "'");
    }

    private static String unescaped(String value) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                char next = i + 1 < value.length() ? value.charAt(++i) : ' ';
                if (next != '\\' && next != ',' && next != '=') {
                    throw new SelectorException("invalid field selector: invalid escape sequence in value: \\" + next);
                }
                out.append(next);
            } else if (c == '=') {
                throw new SelectorException("invalid field selector: unescaped character in value: =");
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String valueOf(JsonNode object, String field) {
        if (field.equals("source") && object.path("source").isObject()) {
            // An Event is selected by who reports it, not by the object that holds the reporter's name.
            String component = object.path("source").path("component").asText();
            return component.isEmpty() ? object.path("reportingComponent").asText() : component;
        }
        JsonNode value = object;
        for (String part : field.split("\\.", -1)) {
            value = value.path(part);
        }
        if (value.isMissingNode() || value.isNull()) {
            return field.equals("spec.unschedulable") || field.equals("spec.hostNetwork") ? "false" : "";
        }
        return value.asText();
    }

    private static String shown(String text) {
        return text.length() <= 256 ? text : text.substring(0, 256) + "...";
    }
}
