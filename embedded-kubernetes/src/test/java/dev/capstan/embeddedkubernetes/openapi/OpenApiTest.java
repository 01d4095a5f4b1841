package dev.capstan.embeddedkubernetes.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.kinds.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenApiTest {

    private static final BuiltinKinds KINDS = BuiltinKinds.load();
    private static final OpenApi API = OpenApi.of(
            KINDS,
            List.of(
                    Json.trust(
                            "{'type':'object','properties':{'max':{'type':'integer'},'$ref':{'type':'string'},"
                                    + "'odd':{'type':'object','x-kubernetes-preserve-unknown-fields':true,'default':{'$ref':'nothing'}}}}")));

    private static JsonNode json(OpenApi.Document document) throws IOException {
        return new ObjectMapper().readTree(document.body());
    }

    @Test
    void theIndexNamesEveryDocumentWithItsHash() throws IOException {
        JsonNode paths = json(API.v3Index()).path("paths");
        assertThat(paths.properties()).hasSizeGreaterThan(5);
        paths.properties()
                .forEach(path -> assertThat(
                                path.getValue().path("serverRelativeURL").asText())
                        .isEqualTo("/openapi/v3/" + path.getKey() + "?hash="
                                + API.v3(path.getKey()).orElseThrow().hash()));
        assertThat(API.v3("apis/nope/v1")).isEmpty();
    }

    @Test
    void everyKindHasAPatchWithTheParametersClientsLookFor() throws IOException {
        JsonNode document = json(API.v3("api/v1").orElseThrow());
        JsonNode patch = document.path("paths")
                .path("/api/v1/namespaces/{namespace}/secrets/{name}")
                .path("patch");
        assertThat(patch.path("parameters").findValuesAsText("name")).contains("dryRun", "fieldValidation");
        assertThat(patch.path("x-kubernetes-group-version-kind"))
                .isEqualTo(Json.of("{'group':'','kind':'Secret','version':'v1'}"));
        assertThat(document.path("paths").has("/api/v1/nodes/{name}")).isTrue();
    }

    @Test
    void documentsAreClosedUnderTheirReferences() throws IOException {
        for (String path : List.of("api/v1", "apis/example.org/v1", "apis/apiextensions.k8s.io/v1")) {
            JsonNode document = json(API.v3(path).orElseThrow());
            JsonNode schemas = document.at("/components/schemas");
            for (JsonNode reference : document.findValues("$ref")) {
                if (!reference.asText().equals("nothing") && reference.isTextual()) {
                    assertThat(schemas.has(reference.asText().substring("#/components/schemas/".length())))
                            .as(reference.asText())
                            .isTrue();
                }
            }
        }
    }

    @Test
    void schemasCarryTheirKind() throws IOException {
        JsonNode document = json(API.v3("apis/example.org/v1").orElseThrow());
        JsonNode trust = document.at("/components/schemas/org.example.v1.Trust");
        assertThat(trust.path("x-kubernetes-group-version-kind"))
                .isEqualTo(Json.of("[{'group':'example.org','kind':'Trust','version':'v1'}]"));
        assertThat(trust.at("/properties/metadata/allOf/0/$ref").asText())
                .isEqualTo("#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
        assertThat(trust.at("/properties/spec/properties/$ref/type").asText()).isEqualTo("string");
    }

    @Test
    void equalKindsGiveEqualBytesAndOthersDoNot() {
        assertThat(OpenApi.of(KINDS, List.of()).v2().hash())
                .isEqualTo(OpenApi.of(BuiltinKinds.load(), List.of()).v2().hash())
                .isNotEqualTo(API.v2().hash())
                .hasSize(64);
    }

    @Test
    void version2IsProtobufThatBeginsAsClientsExpect() {
        byte[] body = API.v2().body();
        assertThat(body).startsWith(0x0a, 0x03, '2', '.', '0', 0x12);
        String text = new String(body, StandardCharsets.ISO_8859_1);
        assertThat(text)
                .contains(
                        "io.k8s.api.core.v1.Secret",
                        "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
                        "dryRun");
    }
}
