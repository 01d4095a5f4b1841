package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.kinds.ColumnPath;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.NameFormat;
import dev.capstan.embeddedkubernetes.kinds.PrinterColumn;
import dev.capstan.embeddedkubernetes.kinds.Subresource;
import dev.capstan.embeddedkubernetes.kinds.VersionPriority;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a CustomResourceDefinition defines. Conversion between versions is {@code None} only: the versions differ in their
 * schemas and share the stored object. The scale subresource is not served.
 *
 * @param kinds one kind per served version, the best version first; empty when there are problems
 * @param problems everything that makes the definition invalid, in the words of Kubernetes
 */
public record CrdKinds(List<Kind> kinds, List<FieldError> problems) {

    private static final Set<String> VERBS =
            Set.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
    private static final List<String> COLUMN_TYPES = List.of("boolean", "date", "integer", "number", "string");
    private static final Pattern SIMPLE_PATH = Pattern.compile("(\\.[A-Za-z_][A-Za-z0-9_-]*)+");
    private static final PrinterColumn NAME =
            new PrinterColumn("Name", "string", "name", "The name of the object.", 0, ".metadata.name");
    private static final PrinterColumn AGE = new PrinterColumn(
            "Age", "date", "", "Time since the object was created.", 0, ".metadata.creationTimestamp");

    public CrdKinds {
        kinds = List.copyOf(kinds);
        problems = List.copyOf(problems);
    }

    /** Reads an {@code apiextensions.k8s.io/v1} CustomResourceDefinition object; never throws for what is in it. */
    public static CrdKinds of(ObjectNode crd) {
        List<FieldError> problems = new ArrayList<>();
        JsonNode spec = crd.path("spec");
        checkNames(crd, problems);
        checkVersions(spec.path("versions"), problems);
        if (!problems.isEmpty()) {
            return new CrdKinds(List.of(), problems);
        }
        List<Kind> kinds = new ArrayList<>();
        spec.path("versions").forEach(version -> {
            if (version.path("served").asBoolean()) {
                kinds.add(kind(spec, version));
            }
        });
        kinds.sort((a, b) -> VersionPriority.BEST_FIRST.compare(a.version(), b.version()));
        return new CrdKinds(kinds, List.of());
    }

    /** The definition with the names and the conversion that Kubernetes fills in; the argument is not changed. */
    public static ObjectNode withDefaults(ObjectNode crd) {
        ObjectNode result = crd.deepCopy();
        if (result.path("spec") instanceof ObjectNode spec) {
            if (spec.path("names") instanceof ObjectNode names
                    && names.path("kind").isTextual()) {
                String kind = names.path("kind").textValue();
                if (names.path("singular").asText().isEmpty()) {
                    names.put("singular", Kind.singularOf(kind));
                }
                if (names.path("listKind").asText().isEmpty()) {
                    names.put("listKind", kind + "List");
                }
            }
            if (!spec.has("conversion")) {
                spec.putObject("conversion").put("strategy", "None");
            }
        }
        return result;
    }

    private static void checkNames(ObjectNode crd, List<FieldError> problems) {
        JsonNode spec = crd.path("spec");
        JsonNode names = spec.path("names");
        String group = spec.path("group").asText();
        String plural = names.path("plural").asText();
        String name = crd.path("metadata").path("name").asText();
        if (group.isEmpty()) {
            problems.add(FieldError.required("spec.group", ""));
        } else if (!Names.subdomainProblems(group).isEmpty()) {
            invalid(problems, "spec.group", group, Names.subdomainProblems(group));
        } else if (!group.contains(".")) {
            problems.add(FieldError.invalid("spec.group", quoted(group), "should be a domain with at least one dot"));
        }
        if (!name.equals(plural + "." + group)) {
            problems.add(
                    FieldError.invalid("metadata.name", quoted(name), "must be spec.names.plural+\".\"+spec.group"));
        }
        String scope = spec.path("scope").asText();
        if (!scope.equals("Cluster") && !scope.equals("Namespaced")) {
            problems.add(
                    scope.isEmpty()
                            ? FieldError.required("spec.scope", "")
                            : FieldError.unsupported("spec.scope", quoted(scope), List.of("Cluster", "Namespaced")));
        }
        String strategy = spec.path("conversion").path("strategy").asText("None");
        if (!strategy.equals("None")) {
            problems.add(FieldError.unsupported("spec.conversion.strategy", quoted(strategy), List.of("None")));
        }
        if (spec.path("preserveUnknownFields").asBoolean()) {
            problems.add(FieldError.invalid(
                    "spec.preserveUnknownFields",
                    "true",
                    "must be false in order to use defaults in the schema and to prune unknown fields"));
        }
        label(problems, "spec.names.plural", plural, true);
        label(problems, "spec.names.kind", names.path("kind").asText(), true);
        label(problems, "spec.names.singular", names.path("singular").asText(), false);
        label(problems, "spec.names.listKind", names.path("listKind").asText(), false);
        if (names.path("kind").asText().equals(names.path("listKind").asText(" "))) {
            problems.add(FieldError.invalid(
                    "spec.names.listKind",
                    quoted(names.path("listKind").asText()),
                    "kind and listKind may not be the same"));
        }
        for (String list : List.of("shortNames", "categories")) {
            for (int i = 0; i < names.path(list).size(); i++) {
                label(
                        problems,
                        "spec.names." + list + "[" + i + "]",
                        names.path(list).path(i).asText(),
                        true);
            }
        }
    }

    private static void checkVersions(JsonNode versions, List<FieldError> problems) {
        if (!versions.isArray() || versions.isEmpty()) {
            problems.add(FieldError.required("spec.versions", "must have at least one version"));
            return;
        }
        Set<String> seen = new HashSet<>();
        int stored = 0;
        for (int i = 0; i < versions.size(); i++) {
            JsonNode version = versions.path(i);
            String path = "spec.versions[" + i + "]";
            String name = version.path("name").asText();
            label(problems, path + ".name", name, true);
            if (!seen.add(name)) {
                problems.add(FieldError.duplicate(path + ".name", quoted(name)));
            }
            stored += version.path("storage").asBoolean() ? 1 : 0;
            JsonNode schema = version.path("schema").path("openAPIV3Schema");
            if (schema.isMissingNode()) {
                problems.add(FieldError.required(path + ".schema.openAPIV3Schema", "schemas are required"));
            } else {
                problems.addAll(StructuralSchema.problems(schema, path + ".schema.openAPIV3Schema"));
            }
            checkColumns(version.path("additionalPrinterColumns"), path + ".additionalPrinterColumns", problems);
        }
        if (stored != 1) {
            problems.add(FieldError.invalid(
                    "spec.versions",
                    stored + " of " + versions.size(),
                    "must have exactly one version marked as storage version"));
        }
    }

    private static void checkColumns(JsonNode columns, String path, List<FieldError> problems) {
        for (int i = 0; i < columns.size(); i++) {
            JsonNode column = columns.path(i);
            String type = column.path("type").asText();
            String jsonPath = column.path("jsonPath").asText();
            if (column.path("name").asText().isEmpty()) {
                problems.add(FieldError.required(path + "[" + i + "].name", ""));
            }
            if (type.isEmpty()) {
                problems.add(FieldError.required(
                        path + "[" + i + "].type", "must be one of " + String.join(",", COLUMN_TYPES)));
            } else if (!COLUMN_TYPES.contains(type)) {
                problems.add(FieldError.invalid(
                        path + "[" + i + "].type", quoted(type), "must be one of " + String.join(",", COLUMN_TYPES)));
            }
            if (jsonPath.isEmpty()) {
                problems.add(FieldError.required(path + "[" + i + "].jsonPath", ""));
            } else if (!ColumnPath.isPath(jsonPath)) {
                problems.add(FieldError.invalid(path + "[" + i + "].jsonPath", quoted(jsonPath), ColumnPath.WORDS));
            }
        }
    }

    private static Kind kind(JsonNode spec, JsonNode version) {
        JsonNode names = spec.path("names");
        String group = spec.path("group").asText();
        String name = version.path("name").asText();
        String kind = names.path("kind").asText();
        List<Subresource> subresources = version.path("subresources").has("status")
                ? List.of(new Subresource("status", group, name, kind, Set.of("get", "patch", "update")))
                : List.of();
        boolean namespaced = spec.path("scope").asText().equals("Namespaced");
        Set<String> fields = new HashSet<>(Set.of("metadata.name"));
        if (namespaced) {
            fields.add("metadata.namespace");
        }
        version.path("selectableFields").forEach(f -> {
            String path = f.path("jsonPath").asText();
            if (SIMPLE_PATH.matcher(path).matches()) {
                fields.add(path.substring(1));
            }
        });
        return new Kind(
                group,
                name,
                kind,
                names.path("listKind").asText(kind + "List"),
                names.path("plural").asText(),
                names.path("singular").asText(Kind.singularOf(kind)),
                strings(names.path("shortNames")),
                strings(names.path("categories")),
                namespaced,
                version.path("storage").asBoolean(),
                true,
                VERBS,
                subresources,
                definition(group, name, kind),
                schema(version.path("schema").path("openAPIV3Schema")),
                columns(version.path("additionalPrinterColumns")),
                fields,
                NameFormat.SUBDOMAIN);
    }

    /** The user's schema with the three fields that every object has. */
    private static ObjectNode schema(JsonNode openApi) {
        ObjectNode schema = openApi.deepCopy();
        ObjectNode properties = schema.withObjectProperty("properties");
        properties
                .putObject("apiVersion")
                .put("description", "The versioned schema of this representation of the object.")
                .put("type", "string");
        properties
                .putObject("kind")
                .put("description", "The kind of the object.")
                .put("type", "string");
        properties.set("metadata", BuiltinKinds.objectMetaSchema());
        return schema;
    }

    private static List<PrinterColumn> columns(JsonNode columns) {
        List<PrinterColumn> result = new ArrayList<>();
        result.add(NAME);
        columns.forEach(c -> result.add(new PrinterColumn(
                c.path("name").asText(),
                c.path("type").asText(),
                c.path("format").asText(),
                c.path("description").asText(),
                c.path("priority").asInt(),
                c.path("jsonPath").asText())));
        if (columns.isEmpty()) {
            result.add(AGE);
        }
        return result;
    }

    /** The name in OpenAPI documents: the group's parts turned round, the version, the kind. */
    private static String definition(String group, String version, String kind) {
        List<String> parts = new ArrayList<>(Arrays.asList(group.split("\\.", -1)));
        return String.join(".", parts.reversed()) + "." + version + "." + kind;
    }

    private static void label(List<FieldError> problems, String path, String text, boolean required) {
        if (text.isEmpty()) {
            if (required) {
                problems.add(FieldError.required(path, ""));
            }
        } else {
            boolean mayBeMixed = path.endsWith("kind") || path.endsWith("listKind");
            String checked = mayBeMixed ? text.toLowerCase(Locale.ROOT) : text;
            invalid(problems, path, text, Names.dns1035Problems(checked));
        }
    }

    private static void invalid(List<FieldError> problems, String path, String value, List<String> words) {
        words.forEach(w -> problems.add(FieldError.invalid(path, quoted(value), w)));
    }

    private static String quoted(String text) {
        return '"' + (text.length() > 253 ? text.substring(0, 253) + "..." : text) + '"';
    }

    private static List<String> strings(JsonNode list) {
        List<String> strings = new ArrayList<>();
        list.forEach(s -> strings.add(s.asText()));
        return strings;
    }
}
