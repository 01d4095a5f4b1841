package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schemas in the manifests and the records are one thing: types, what is required, and the words. */
class CustomResourceDefinitionsTest {

    private static final Map<String, Class<?>> SPECS = Map.of(
            ManagedCluster.KIND, ManagedCluster.Spec.class,
            AgentPool.KIND, AgentPool.Spec.class,
            ResourceGroup.KIND, ResourceGroup.Spec.class,
            Registration.KIND, Registration.Spec.class,
            Principal.KIND, Principal.Spec.class,
            CertificateSets.KIND, CertificateSets.Spec.class,
            NodeTrust.KIND, NodeTrust.Spec.class);

    private static final Map<String, Class<?>> STATUSES = Map.of(
            ManagedCluster.KIND, ManagedCluster.Status.class,
            AgentPool.KIND, AgentPool.Status.class,
            ResourceGroup.KIND, ResourceGroup.Status.class,
            NodeTrust.KIND, NodeTrust.Status.class);

    @Test
    void schemasAndRecordsAgreeFieldByField() {
        List<String> differences = new ArrayList<>();
        for (Map<String, Object> definition : definitions()) {
            String kind = text(definition, "spec", "names", "kind");
            Map<String, Object> properties = map(version(definition), "schema", "openAPIV3Schema", "properties");
            compare(kind + ".spec", SPECS.get(kind), map(properties, "spec"), differences);
            Optional.ofNullable(STATUSES.get(kind))
                    .ifPresentOrElse(
                            status -> compare(kind + ".status", status, map(properties, "status"), differences),
                            () -> assertThat(properties).doesNotContainKey("status"));
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void everyKindIsClusterScopedInOurGroupWithShortNameAndCategory() {
        assertThat(definitions()).hasSize(7).allSatisfy(definition -> {
            String plural = text(definition, "spec", "names", "plural");
            assertThat(text(definition, "metadata", "name")).isEqualTo(CustomResourceDefinitions.nameOf(plural));
            assertThat(text(definition, "spec", "group")).isEqualTo(Names.GROUP);
            assertThat(text(definition, "spec", "scope")).isEqualTo("Cluster");
            assertThat((List<?>) map(definition, "spec", "names").get("categories"))
                    .hasToString("[capstan]");
            assertThat((List<?>) map(definition, "spec", "names").get("shortNames"))
                    .hasSize(1);
            assertThat(version(definition)).containsEntry("name", Names.VERSION);
        });
    }

    @Test
    void whatHasAStatusHasTheSubresource() {
        assertThat(definitions())
                .allSatisfy(definition -> assertThat(version(definition).containsKey("subresources"))
                        .isEqualTo(STATUSES.containsKey(text(definition, "spec", "names", "kind"))));
    }

    @Test
    void noSchemaNeedsMoreThanKubernetes120() {
        assertThat(String.join("\n", CustomResourceDefinitions.manifests()))
                .doesNotContain("x-kubernetes-validations")
                .doesNotContain("nullable")
                .doesNotContain("selectableFields");
    }

    @Test
    void printerColumnsPointAtFieldsThatExist() {
        for (Map<String, Object> definition : definitions()) {
            String kind = text(definition, "spec", "names", "kind");
            for (Object column : (List<?>) version(definition).get("additionalPrinterColumns")) {
                String path = (String) ((Map<?, ?>) column).get("jsonPath");
                Matcher field = Pattern.compile("\\.(spec|status)\\.(\\w+).*").matcher(path);
                if (field.matches()) {
                    Class<?> record = (field.group(1).equals("spec") ? SPECS : STATUSES).get(kind);
                    assertThat(Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName))
                            .as("%s %s", kind, path)
                            .contains(field.group(2));
                } else {
                    assertThat(path).startsWith(".metadata.");
                }
            }
        }
    }

    @Test
    void whatIsDistrustedIsNamedByIdentityAndBounded() {
        Map<String, Object> distrusted = nodeTrustSpec("distrusted");
        assertThat(distrusted).containsEntry("maxItems", NodeTrust.Spec.MAX_DISTRUSTED);
        Pattern pattern = Pattern.compile((String) map(distrusted, "items").get("pattern"));
        assertThat("0123456789abcdef".repeat(4)).matches(pattern);
        assertThat("0123456789ABCDEF".repeat(4)).doesNotMatch(pattern);
        assertThat("01:".repeat(32)).doesNotMatch(pattern);
    }

    @Test
    void whatProvesTrustIsBoundedAndTheSecretIsNamedByFingerprint() {
        Map<String, Object> probes = nodeTrustSpec("probes");
        assertThat(probes).containsEntry("maxItems", NodeTrust.Spec.MAX_PROBES);
        assertThat(map(probes, "items")).containsEntry("maxLength", NodeTrust.Spec.MAX_PROBE_LENGTH);
        Pattern pattern =
                Pattern.compile((String) nodeTrustSpec("secretFingerprint").get("pattern"));
        assertThat("v1:" + "0123456789abcdef".repeat(4)).matches(pattern);
        assertThat("0123456789abcdef".repeat(4)).doesNotMatch(pattern);
    }

    private static Map<String, Object> nodeTrustSpec(String field) {
        return definitions().stream()
                .filter(definition -> text(definition, "spec", "names", "kind").equals(NodeTrust.KIND))
                .map(definition -> map(
                        version(definition), "schema", "openAPIV3Schema", "properties", "spec", "properties", field))
                .findFirst()
                .orElseThrow();
    }

    private static void compare(String path, Class<?> record, Map<String, Object> schema, List<String> differences) {
        Map<String, String> words = words(record);
        Map<String, Object> properties = map(schema, "properties");
        List<String> required = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            String here = path + "." + component.getName();
            Object property = properties.get(component.getName());
            if (property == null) {
                differences.add(here + " is in the record only");
                continue;
            }
            Map<String, Object> field = cast(property);
            if (!words.getOrDefault(component.getName(), "").equals(field.get("description"))) {
                differences.add(here + " is described otherwise: " + words.get(component.getName()));
            }
            compareType(here, component.getGenericType(), field, differences);
            if (!isNullable(component.getAnnotatedType())
                    && component.getType() != boolean.class
                    && component.getType() != List.class
                    && !mayBeLeftOut(field)) {
                required.add(component.getName());
            }
        }
        properties.keySet().stream()
                .filter(name -> !names(record).contains(name))
                .forEach(name -> differences.add(path + "." + name + " is in the schema only"));
        if (!required.equals(schema.getOrDefault("required", List.of()))) {
            differences.add(path + " must require " + required);
        }
    }

    /**
     * What has a default, or is a text whose words say what an empty one means, as which one that is not there is read: an
     * empty text as the default is what kube-apiserver 1.20 takes for null and refuses the whole definition for.
     */
    private static boolean mayBeLeftOut(Map<String, Object> field) {
        assertThat(field.get("default")).isNotEqualTo("");
        return field.containsKey("default")
                || String.valueOf(field.get("description")).contains("; empty");
    }

    private static void compareType(String path, Type type, Map<String, Object> schema, List<String> differences) {
        String expected = switch (type) {
            case Class<?> c when c == String.class -> "string";
            case Class<?> c
            when c == int.class || c == Integer.class || c == long.class || c == Long.class -> "integer";
            case Class<?> c when c == boolean.class || c == Boolean.class -> "boolean";
            case ParameterizedType p when p.getRawType() == List.class -> "array";
            default -> "object";
        };
        if (!expected.equals(schema.get("type"))) {
            differences.add(path + " must be of type " + expected);
        }
        switch (type) {
            case Class<?> c
            when c == int.class || c == Integer.class -> expectFormat(path, "int32", schema, differences);
            case Class<?> c when c == long.class || c == Long.class -> expectFormat(path, "int64", schema, differences);
            case Class<?> c
            when c == boolean.class -> {
                if (!Boolean.FALSE.equals(schema.get("default"))) {
                    differences.add(path + " must have the default false");
                }
            }
            case Class<?> c when c.isRecord() -> compare(path, c, schema, differences);
            case ParameterizedType p
            when p.getRawType() == List.class -> {
                Type item = p.getActualTypeArguments()[0];
                compareType(path + "[]", item, map(schema, "items"), differences);
            }
            case ParameterizedType p
            when p.getActualTypeArguments()[1] == String.class ->
                compareType(path + "{}", String.class, map(schema, "additionalProperties"), differences);
            case ParameterizedType p -> {
                if (!Boolean.TRUE.equals(schema.get("x-kubernetes-preserve-unknown-fields"))) {
                    differences.add(path + " must keep what it does not know");
                }
            }
            default -> {}
        }
    }

    private static void expectFormat(String path, String format, Map<String, Object> schema, List<String> differences) {
        if (!format.equals(schema.get("format"))) {
            differences.add(path + " must have the format " + format);
        }
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static List<String> names(Class<?> record) {
        return Stream.of(record.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    /** The words of the record's Javadoc, from its source. */
    private static Map<String, String> words(Class<?> record) {
        Class<?> top = record.getDeclaringClass() == null ? record : record.getDeclaringClass();
        String source;
        try {
            source = Files.readString(Path.of("src/main/java", top.getName().replace('.', '/') + ".java"));
        } catch (IOException e) {
            throw new IllegalStateException("tests run in the module's folder, where the sources are", e);
        }
        Matcher comment = Pattern.compile(
                        "/\\*\\*((?:(?!\\*/).)*?)\\*/\\s*public record " + record.getSimpleName() + "\\(",
                        Pattern.DOTALL)
                .matcher(source);
        assertThat(comment.find()).as("%s has a comment", record).isTrue();
        Matcher parameter = Pattern.compile("@param (\\w+) (.*?)(?=@param|\\z)", Pattern.DOTALL)
                .matcher(comment.group(1).replaceAll("\\n\\s*\\* ?", "\n"));
        Map<String, String> words = new HashMap<>();
        while (parameter.find()) {
            words.put(
                    parameter.group(1),
                    parameter
                            .group(2)
                            .replaceAll("\\{@code ([^}]*)}", "`$1`")
                            .replaceAll("\\s+", " ")
                            .strip());
        }
        return words;
    }

    private static List<Map<String, Object>> definitions() {
        return CustomResourceDefinitions.manifests().stream()
                .map(text -> cast(new Load(LoadSettings.builder().build()).loadFromString(text)))
                .toList();
    }

    private static Map<String, Object> version(Map<String, Object> definition) {
        return cast(((List<?>) map(definition, "spec").get("versions")).getFirst());
    }

    private static String text(Map<String, Object> root, String... path) {
        return (String) map(root, Arrays.copyOf(path, path.length - 1)).get(path[path.length - 1]);
    }

    private static Map<String, Object> map(Map<String, Object> root, String... path) {
        Map<String, Object> here = root;
        for (String step : path) {
            here = cast(here.get(step));
        }
        return here;
    }

    @SuppressWarnings("unchecked") // a YAML map with text keys
    private static Map<String, Object> cast(Object value) {
        return (Map<String, Object>) value;
    }
}
