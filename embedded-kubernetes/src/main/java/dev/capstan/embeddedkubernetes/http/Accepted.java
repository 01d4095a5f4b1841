package dev.capstan.embeddedkubernetes.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One clause of an Accept header: media type and parameters. The order of the header decides, {@code q} is ignored, as
 * in Kubernetes.
 */
record Accepted(String type, Map<String, String> parameters) {
    static List<Accepted> parse(String header) {
        List<Accepted> clauses = new ArrayList<>();
        for (String clause : header.split(",", -1)) {
            String[] parts = clause.split(";", -1);
            String type = parts[0].strip().toLowerCase(Locale.ROOT);
            Map<String, String> parameters = new HashMap<>();
            for (int i = 1; i < parts.length; i++) {
                int equals = parts[i].indexOf('=');
                if (equals > 0) {
                    parameters.put(
                            parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT),
                            parts[i].substring(equals + 1).strip());
                }
            }
            if (!type.isEmpty()) {
                clauses.add(new Accepted(type, parameters));
            }
        }
        return clauses.isEmpty() ? List.of(new Accepted("*/*", Map.of())) : clauses;
    }

    boolean isJson() {
        return type.equals("application/json") || type.equals("*/*") || type.equals("application/*");
    }

    /** The parameter, or empty text. */
    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
