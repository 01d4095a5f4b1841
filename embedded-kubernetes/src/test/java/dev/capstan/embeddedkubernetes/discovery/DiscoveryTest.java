package dev.capstan.embeddedkubernetes.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.kinds.Json;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiscoveryTest {

    private static final List<Kind> KINDS = kinds();

    private static List<Kind> kinds() {
        List<Kind> kinds = new ArrayList<>(BuiltinKinds.load().all());
        kinds.add(Json.trust("{'type':'object'}"));
        return kinds;
    }

    @Test
    void coreVersionsAndGroups() {
        assertThat(Discovery.coreVersions())
                .isEqualTo(Json.of("{'kind':'APIVersions','versions':['v1'],'serverAddressByClientCIDRs':[]}"));
        JsonNode groups = Discovery.groups(KINDS);
        assertThat(groups.path("groups").findValuesAsText("name"))
                .containsExactly(
                        "apiextensions.k8s.io",
                        "apps",
                        "authentication.k8s.io",
                        "authorization.k8s.io",
                        "coordination.k8s.io",
                        "example.org",
                        "policy",
                        "rbac.authorization.k8s.io");
        assertThat(groups.at("/groups/5"))
                .isEqualTo(
                        Json.of("{'name':'example.org','versions':[{'groupVersion':'example.org/v1','version':'v1'}],"
                                + "'preferredVersion':{'groupVersion':'example.org/v1','version':'v1'}}"));
        assertThat(Discovery.group("example.org", KINDS)
                        .orElseThrow()
                        .path("kind")
                        .asText())
                .isEqualTo("APIGroup");
        assertThat(Discovery.group("nope.org", KINDS)).isEmpty();
        assertThat(Discovery.group("", KINDS)).isEmpty();
    }

    @Test
    void resourcesWithTheirSubresources() {
        JsonNode core = Discovery.resources("", "v1", KINDS).orElseThrow();
        assertThat(core.path("groupVersion").asText()).isEqualTo("v1");
        assertThat(core.path("resources").findValuesAsText("name"))
                .contains("secrets", "nodes", "nodes/status", "serviceaccounts/token")
                .doesNotContain("tokenrequests", "deleteoptions");
        JsonNode token = find(core, "serviceaccounts/token");
        assertThat(token)
                .isEqualTo(Json.of("{'name':'serviceaccounts/token','singularName':'','namespaced':true,"
                        + "'group':'authentication.k8s.io','version':'v1','kind':'TokenRequest','verbs':['create']}"));
        JsonNode trust = find(Discovery.resources("example.org", "v1", KINDS).orElseThrow(), "trusts");
        assertThat(trust)
                .isEqualTo(Json.of("{'name':'trusts','singularName':'trust','namespaced':true,'kind':'Trust',"
                        + "'verbs':['create','delete','deletecollection','get','list','patch','update','watch'],"
                        + "'shortNames':['tr'],'categories':['all']}"));
        assertThat(Discovery.resources("example.org", "v2", KINDS)).isEmpty();
    }

    private static JsonNode find(JsonNode list, String name) {
        for (JsonNode resource : list.path("resources")) {
            if (resource.path("name").asText().equals(name)) {
                return resource;
            }
        }
        throw new AssertionError("no resource " + name);
    }

    @Test
    void theAggregatedFormTellsTheSame() {
        assertThat(Discovery.aggregatedCore(KINDS).path("items")).hasSize(1);
        assertThat(Discovery.aggregatedCore(KINDS).at("/items/0/metadata")).isEmpty();
        JsonNode groups = Discovery.aggregatedGroups(KINDS);
        assertThat(groups.path("apiVersion").asText()).isEqualTo("apidiscovery.k8s.io/v2");
        assertThat(groups.at("/items/5")).isEqualTo(Json.of("""
                                {'metadata':{'name':'example.org'},'versions':[{'version':'v1','resources':[
                                  {'resource':'trusts','responseKind':{'group':'example.org','version':'v1','kind':'Trust'},
                                   'scope':'Namespaced','singularResource':'trust',
                                   'verbs':['create','delete','deletecollection','get','list','patch','update','watch'],
                                   'shortNames':['tr'],'categories':['all'],
                                   'subresources':[{'subresource':'status',
                                     'responseKind':{'group':'example.org','version':'v1','kind':'Trust'},'verbs':['get','patch','update']}]}],
                                  'freshness':'Current'}]}
                                """));
    }

    @Test
    void theOrderOfKindsDoesNotMatter() {
        List<Kind> shuffled = new ArrayList<>(KINDS);
        Collections.reverse(shuffled);
        assertThat(Discovery.aggregatedGroups(shuffled).toString())
                .isEqualTo(Discovery.aggregatedGroups(KINDS).toString());
        assertThat(Discovery.groups(shuffled).toString())
                .isEqualTo(Discovery.groups(KINDS).toString());
    }
}
