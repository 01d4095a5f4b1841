package dev.capstan.embeddedkubernetes.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltinKindsTest {

    private static final BuiltinKinds KINDS = BuiltinKinds.load();

    @Test
    void everyReferenceIsInTheDefinitions() {
        for (JsonNode definition : KINDS.definitions().values()) {
            for (JsonNode reference : definition.findValues("$ref")) {
                assertThat(KINDS.definitions()).containsKey(reference.asText());
            }
        }
    }

    @Test
    void schemasOfKindsHaveNoReferences() {
        KINDS.all().forEach(k -> assertThat(k.schema().findValues("$ref")).isEmpty());
    }

    @Test
    void whatOnlyThisServerChecksIsNotPublished() {
        String published = KINDS.definitions().toString();
        assertThat(published).doesNotContain("enforced", "x-keys", "x-precision");
    }

    @Test
    void clientsAreToldMoreThanIsEnforced() {
        JsonNode published = KINDS.definitions().get("io.k8s.api.core.v1.NodeSystemInfo");
        assertThat(published.path("required")).isNotEmpty();
        assertThat(Json.builtin("Node")
                        .schema()
                        .at("/properties/status/properties/nodeInfo/required")
                        .isMissingNode())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SelfSubjectAccessReview",
                "SelfSubjectRulesReview",
                "SubjectAccessReview",
                "SelfSubjectReview",
                "TokenReview"
            })
    void reviewsAreVirtual(String kind) {
        assertThat(Json.builtin(kind).virtual()).isTrue();
        assertThat(Json.builtin(kind).storage()).isFalse();
    }

    @Test
    void theKindsAreThere() {
        assertThat(KINDS.all().stream().filter(Kind::storage).map(Kind::resource))
                .containsExactlyInAnyOrder(
                        "namespaces",
                        "secrets",
                        "configmaps",
                        "nodes",
                        "events",
                        "pods",
                        "serviceaccounts",
                        "leases.coordination.k8s.io",
                        "roles.rbac.authorization.k8s.io",
                        "clusterroles.rbac.authorization.k8s.io",
                        "rolebindings.rbac.authorization.k8s.io",
                        "clusterrolebindings.rbac.authorization.k8s.io",
                        "customresourcedefinitions.apiextensions.k8s.io",
                        "daemonsets.apps",
                        "poddisruptionbudgets.policy");
        assertThat(KINDS.body("Eviction")).extracting(Kind::apiVersion).containsExactly("policy/v1", "policy/v1beta1");
        Kind accounts = Json.builtin("ServiceAccount");
        assertThat(accounts.subresource("token"))
                .contains(new Subresource("token", "authentication.k8s.io", "v1", "TokenRequest", Set.of("create")));
        assertThat(KINDS.body("TokenRequest").getFirst().schema().at("/properties/spec/properties/audiences"))
                .isNotEmpty();
        assertThat(Json.builtin("Node").hasStatus()).isTrue();
        assertThat(Json.builtin("Secret").fieldSelectors())
                .containsExactlyInAnyOrder("metadata.name", "metadata.namespace", "type");
    }

    @Test
    void versionsAreOrderedAsInKubernetes() {
        List<String> mixed = new ArrayList<>(List.of(
                "foo10",
                "v1alpha1",
                "v10beta3",
                "v1",
                "v11alpha2",
                "v3beta1",
                "foo1",
                "v12alpha1",
                "v2",
                "v11beta2",
                "v10"));
        mixed.sort(VersionPriority.BEST_FIRST);
        assertThat(mixed)
                .containsExactly(
                        "v10",
                        "v2",
                        "v1",
                        "v11beta2",
                        "v10beta3",
                        "v3beta1",
                        "v12alpha1",
                        "v11alpha2",
                        "v1alpha1",
                        "foo1",
                        "foo10");
    }
}
