package dev.capstan.embeddedkubernetes.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.ColumnPath;
import dev.capstan.embeddedkubernetes.kinds.Json;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.PrinterColumn;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrdKindsTest {

    private static final String SPEC = "{'type':'object','properties':{'max':{'type':'integer'}}}";

    @Test
    void aDefinitionBecomesAKind() {
        Kind kind = Json.trust(SPEC);
        assertThat(kind.resource()).isEqualTo("trusts.example.org");
        assertThat(kind.qualifiedKind()).isEqualTo("Trust.example.org");
        assertThat(kind.apiVersion()).isEqualTo("example.org/v1");
        assertThat(kind.groupVersionPath()).isEqualTo("apis/example.org/v1");
        assertThat(kind.listKind()).isEqualTo("TrustList");
        assertThat(kind.singular()).isEqualTo("trust");
        assertThat(kind.definition()).isEqualTo("org.example.v1.Trust");
        assertThat(kind.hasStatus()).isTrue();
        assertThat(kind.custom()).isTrue();
        assertThat(kind.namespaced()).isTrue();
        assertThat(kind.storage()).isTrue();
        assertThat(kind.shortNames()).containsExactly("tr");
        assertThat(kind.columns()).extracting(PrinterColumn::name).containsExactly("Name", "Max", "Ready", "Since");
        assertThat(kind.schema().at("/properties/metadata/properties/labels")).isNotEmpty();
    }

    @Test
    void onlyServedVersionsBecomeKindsBestFirst() {
        ObjectNode crd = Json.crd(SPEC);
        crd.withArray("/spec/versions").add(version(crd, "v2", true)).add(version(crd, "v1beta1", false));
        assertThat(CrdKinds.of(crd).kinds()).extracting(Kind::version).containsExactly("v2", "v1");
        assertThat(CrdKinds.of(crd).kinds()).extracting(Kind::storage).containsExactly(false, true);
    }

    private static ObjectNode version(ObjectNode crd, String name, boolean served) {
        return ((ObjectNode) crd.at("/spec/versions/0").deepCopy())
                .put("name", name)
                .put("served", served)
                .put("storage", false);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /metadata/name                 | 'x'            | metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group
            /spec/scope                    | 'Any'          | spec.scope: Unsupported value: "Any": supported values: "Cluster", "Namespaced"
            /spec/versions                 | []             | spec.versions: Required value: must have at least one version
            /spec/versions/0/storage       | false          | spec.versions: Invalid value: 0 of 1: must have exactly one version marked as storage version
            /spec/versions/0/schema        | {}             | spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required
            /spec/versions/0/name          | ''             | spec.versions[0].name: Required value
            /spec/preserveUnknownFields    | true           | spec.preserveUnknownFields: Invalid value: true: must be false in order to use defaults in the schema and to prune unknown fields
            /spec/conversion               | {'strategy':'Webhook'} | spec.conversion.strategy: Unsupported value: "Webhook": supported values: "None"
            /spec/names/listKind           | 'Trust'        | spec.names.listKind: Invalid value: "Trust": kind and listKind may not be the same
            /spec/versions/0/additionalPrinterColumns/0/type     | 'money'   | spec.versions[0].additionalPrinterColumns[0].type: Invalid value: "money": must be one of boolean,date,integer,number,string
            /spec/versions/0/additionalPrinterColumns/0/jsonPath | 'spec.x'  | spec.versions[0].additionalPrinterColumns[0].jsonPath: Invalid value: "spec.x": must be a simple JSON path: .field, [index], [*], ['key'] or [?(@.field=="value")], one after another
            /spec/versions/0/schema/openAPIV3Schema/type         | 'array'   | spec.versions[0].schema.openAPIV3Schema.type: Invalid value: "array": must be object at the root
            /spec/versions/0/schema/openAPIV3Schema/properties/x | {}        | spec.versions[0].schema.openAPIV3Schema.properties[x].type: Required value: must not be empty for specified object fields
            /spec/versions/0/schema/openAPIV3Schema/properties/x | {'type':'text'} | spec.versions[0].schema.openAPIV3Schema.properties[x].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"
            /spec/versions/0/schema/openAPIV3Schema/properties/x | {'type':'array'} | spec.versions[0].schema.openAPIV3Schema.properties[x].items: Required value: must be specified
            /spec/versions/0/schema/openAPIV3Schema/properties/x | {'type':'string','pattern':'('} | spec.versions[0].schema.openAPIV3Schema.properties[x].pattern: Invalid value: "(": must be a valid regular expression, but isn't: Unclosed group
            /spec/versions/0/schema/openAPIV3Schema/properties/x | {'type':'string','$ref':'#/x'} | spec.versions[0].schema.openAPIV3Schema.properties[x].$ref: Forbidden: $ref is not supported
            /spec/versions/0/schema/openAPIV3Schema/properties/x | {'type':'object','properties':1} | spec.versions[0].schema.openAPIV3Schema.properties[x].properties: Invalid value: 1: must be of type object
            /spec/versions/0/schema/openAPIV3Schema/properties/x | {'type':'integer','minimum':2,'default':1} | spec.versions[0].schema.openAPIV3Schema.properties[x].default: Invalid value: 1:  in body should be greater than or equal to 2
            """)
    void tellsWhatIsWrong(String pointer, String value, String words) {
        ObjectNode crd = Json.crd(SPEC);
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) crd.at(pointer.substring(0, slash))).set(pointer.substring(slash + 1), Json.of(value));
        CrdKinds kinds = CrdKinds.of(crd);
        assertThat(Json.texts(kinds.problems())).contains(words);
        assertThat(kinds.kinds()).isEmpty();
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(CrdKinds.of(Json.object("{'spec':{'scope':1,'group':'A','names':[],'versions':{}}}"))
                        .problems())
                .hasSizeGreaterThan(4);
    }

    @Test
    void neverThrowsWhateverIsInPlaceOfAnything() {
        ObjectNode whole = Json.crd(SPEC);
        for (String hostile : new String[] {"null", "1", "'x'", "[]", "{}", "[[1]]", "{'a':{'b':[]}}", "true"}) {
            for (String pointer : pointers(whole, "")) {
                ObjectNode crd = whole.deepCopy();
                int slash = pointer.lastIndexOf('/');
                if (crd.at(pointer.substring(0, slash)) instanceof ObjectNode parent) {
                    parent.set(pointer.substring(slash + 1), Json.of(hostile));
                    assertThat(CrdKinds.of(crd)).isNotNull();
                    assertThat(CrdKinds.withDefaults(crd)).isNotNull();
                }
            }
        }
    }

    private static List<String> pointers(JsonNode node, String path) {
        List<String> all = new ArrayList<>();
        node.properties().forEach(e -> {
            all.add(path + "/" + e.getKey());
            all.addAll(pointers(e.getValue(), path + "/" + e.getKey()));
        });
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            all.addAll(pointers(node.get(i), path + "/" + i));
        }
        return all;
    }

    @Test
    void namesAreFilledIn() {
        ObjectNode crd = CrdKinds.withDefaults(Json.crd(SPEC));
        assertThat(crd.at("/spec/names/singular").asText()).isEqualTo("trust");
        assertThat(crd.at("/spec/names/listKind").asText()).isEqualTo("TrustList");
        assertThat(crd.at("/spec/conversion/strategy").asText()).isEqualTo("None");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
            .a.b                        | "x"
            .l[0].n                     | 1
            .l[-1].n                    | 2
            .l[*].n                     | 1
            .l[?(@.t=="B")].n           | 2
            .labels.example\\.org/name  | "y"
            .labels['example.org/name'] | "y"
            .a.c                        | none
            .l[9].n                     | none
            """)
    void columnPath(String path, String expected) {
        var object = Json.of("{'a':{'b':'x'},'l':[{'t':'A','n':1},{'t':'B','n':2}],'labels':{'example.org/name':'y'}}");
        var value = ColumnPath.first(object, path);
        assertThat(value.isMissingNode() ? null : value.toString()).isEqualTo(expected);
    }
}
