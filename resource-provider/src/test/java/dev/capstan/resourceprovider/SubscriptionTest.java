package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.GROUP;
import static dev.capstan.resourceprovider.Lab.SUB;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubscriptionTest {

    private static final String FEATURES =
            SUB + "/providers/Microsoft.Features/providers/Microsoft.ContainerService/features";
    private static final String FEATURE = FEATURES + "/CustomCATrustPreview";

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    private Answer send(String method, String path, String body) {
        return lab.send(method, path, "2024-11-01", body, Map.of());
    }

    private Answer get(String path) {
        return send("GET", path, null);
    }

    @Test
    void thereIsOneSubscriptionInOneTenant() {
        assertThat(get("/subscriptions").at("/value/0/subscriptionId").asText()).isEqualTo(Lab.SUBSCRIPTION);
        assertThat(get("/subscriptions").at("/value/0/state").asText()).isEqualTo("Enabled");
        assertThat(get(SUB).at("/tenantId").asText()).isEqualTo(Lab.TENANT);
        assertThat(get("/tenants").at("/value/0/tenantId").asText()).isEqualTo(Lab.TENANT);
        assertThat(get(SUB + "/locations").at("/value").findValuesAsText("name"))
                .contains("local", "annex");
        assertThat(get("/subscriptions/" + Lab.TENANT).code()).isEqualTo("SubscriptionNotFound");
    }

    @Test
    void aGroupIsMadeOnceAndTaggedAndGone() {
        assertThat(send("HEAD", GROUP, null).status()).isEqualTo(404);
        assertThat(get(GROUP).code()).isEqualTo("ResourceGroupNotFound");
        assertThat(send("PUT", GROUP, json("{'location':'westeurope','tags':{'a':'b'}}"))
                        .status())
                .isEqualTo(201);
        assertThat(send("PUT", GROUP, json("{'location':'West Europe'}")).status())
                .isEqualTo(200);
        assertThat(send("HEAD", GROUP.toUpperCase(java.util.Locale.ROOT), null).status())
                .isEqualTo(204);
        assertThat(get(GROUP).at("/tags/a").asText()).isEqualTo("b");
        assertThat(send("PATCH", GROUP, json("{'tags':{'c':'d'}}")).at("/tags")).hasToString(json("{'c':'d'}"));
        assertThat(get(SUB + "/resourcegroups").at("/value")).hasSize(1);
        Answer deleted = send("DELETE", GROUP, null);
        assertThat(deleted.status()).isEqualTo(202);
        lab.end(lab.only("resourcegroups"), "True", "Deleted", "");
        assertThat(lab.follow(deleted.header("location")).status()).isEqualTo(200);
        assertThat(send("HEAD", GROUP, null).status()).isEqualTo(404);
        assertThat(send("DELETE", GROUP, null).code()).isEqualTo("ResourceGroupNotFound");
    }

    @Test
    void aGroupThatCannotBeIsRefused() {
        assertThat(send("PUT", GROUP, "{}").code()).isEqualTo("LocationRequired");
        assertThat(send("PUT", SUB + "/resourcegroups/a%2Fb", json("{'location':'x'}"))
                        .code())
                .isEqualTo("InvalidResourceGroup");
        assertThat(send("PUT", SUB + "/resourcegroups/a.", json("{'location':'x'}"))
                        .status())
                .isEqualTo(400);
        assertThat(send("PUT", SUB + "/resourcegroups/" + "a".repeat(91), json("{'location':'x'}"))
                        .status())
                .isEqualTo(400);
        assertThat(send("PUT", GROUP, json("{'location':'x','tags':{'a':1}}")).code())
                .isEqualTo("InvalidTags");
        assertThat(send("PUT", GROUP, json("{'location':'x','tags':'a'}")).code())
                .isEqualTo("InvalidTags");
        send("PUT", GROUP, json("{'location':'x'}"));
        assertThat(send("PUT", GROUP, json("{'location':'y'}")).code()).isEqualTo("InvalidResourceGroupLocation");
    }

    @Test
    void aGroupWithAClusterGoesWhenTheControllerHasTakenItDown() {
        lab.withCluster();
        Answer deleted = send("DELETE", GROUP, null);
        assertThat(deleted.status()).isEqualTo(202);
        assertThat(deleted.header("retry-after")).isEqualTo("1");
        assertThat(lab.follow(deleted.header("location")).status()).isEqualTo(202);
        assertThat(get(GROUP).at("/properties/provisioningState").asText()).isEqualTo("Deleting");
        assertThat(send("DELETE", GROUP, null).header("location")).isEqualTo(deleted.header("location"));
        assertThat(send("PUT", GROUP, json("{'location':'westeurope'}")).code()).isEqualTo("ResourceGroupBeingDeleted");
        assertThat(lab.put(CLUSTER + "2", json("{'properties':{'agentPoolProfiles':[{'name':'p'}]}}"))
                        .code())
                .isEqualTo("ResourceGroupBeingDeleted");
        lab.end(lab.only("resourcegroups"), "True", "Deleted", "");
        assertThat(lab.follow(deleted.header("location")).status()).isEqualTo(200);
        assertThat(send("HEAD", GROUP, null).status()).isEqualTo(404);
        assertThat(get(SUB + "/resourcegroups").at("/value")).isEmpty();
        assertThat(send("PUT", GROUP, json("{'location':'northeurope'}")).status())
                .isEqualTo(201);
        assertThat(get(GROUP).at("/location").asText()).isEqualTo("northeurope");
    }

    @Test
    void aGroupIsMarkedBeforeItIsDeletedAlsoWhereItIsEmpty() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        lab.delete(GROUP);
        assertThat(lab.only("resourcegroups").at("/spec/operation/kind").asText())
                .isEqualTo("Delete");
        assertThat(lab.put(CLUSTER, json("{'properties':{'agentPoolProfiles':[{'name':'p','count':1}]}}"))
                        .code())
                .isEqualTo("ResourceGroupBeingDeleted");
    }

    @Test
    void aClusterWhoseGroupBeganToGoWhileItWasWrittenIsNotSaidToBeThere() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        var isFirst = new java.util.concurrent.atomic.AtomicBoolean(true);
        lab.restart(new io.fabric8.kubernetes.client.http.Interceptor() {
            @Override
            public void before(
                    io.fabric8.kubernetes.client.http.BasicBuilder builder,
                    io.fabric8.kubernetes.client.http.HttpRequest request,
                    RequestTags tags) {
                // The group is marked after this request has found it open, and before its cluster is written.
                if (request.method().equals("POST")
                        && request.uri().getPath().endsWith("/managedclusters")
                        && isFirst.compareAndSet(true, false)) {
                    ObjectNode group = lab.only("resourcegroups");
                    group.withObject("/spec/operation")
                            .put("id", "11111111-1111-1111-1111-111111111111")
                            .put("kind", "Delete")
                            .put("started", "2026-11-22T03:00:00Z");
                    lab.management().update(group, false);
                }
            }
        });
        Answer answer = lab.put(CLUSTER, json("{'properties':{'agentPoolProfiles':[{'name':'p','count':1}]}}"));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("ResourceGroupBeingDeleted");
    }

    @Test
    void aGroupThatCouldNotBeDeletedSaysSo() {
        lab.withCluster();
        Answer deleted = send("DELETE", GROUP, null);
        ObjectNode group = lab.only("resourcegroups");
        lab.end(group, "False", "ClusterFailed", "c1 is still there");
        assertThat(lab.follow(deleted.header("location")).status()).isEqualTo(409);
        assertThat(lab.follow(deleted.header("location")).message()).isEqualTo("c1 is still there");
        assertThat(get(GROUP).at("/properties/provisioningState").asText()).isEqualTo("Failed");
        assertThat(send("DELETE", GROUP, null).header("location")).isNotEqualTo(deleted.header("location"));
    }

    @Test
    void aFeatureIsRegisteringOnceAndThenRegistered() {
        assertThat(get(FEATURE).at("/properties/state").asText()).isEqualTo("NotRegistered");
        Answer registered = send("POST", FEATURE.toLowerCase(java.util.Locale.ROOT) + "/register", null);
        assertThat(registered.at("/properties/state").asText()).isEqualTo("Registering");
        assertThat(registered.at("/name").asText()).isEqualTo("Microsoft.ContainerService/CustomCATrustPreview");
        for (String list : List.of(FEATURES, SUB + "/providers/Microsoft.Features/features")) {
            assertThat(get(list).at("/value/0/properties/state").asText()).isEqualTo("Registered");
        }
        assertThat(send("POST", FEATURE + "/register", null)
                        .at("/properties/state")
                        .asText())
                .isEqualTo("Registered");
        assertThat(send("POST", FEATURE + "/unregister", null)
                        .at("/properties/state")
                        .asText())
                .isEqualTo("Unregistered");
        assertThat(get(FEATURE).at("/properties/state").asText()).isEqualTo("Unregistered");
        Answer unknown = send("POST", FEATURES + "/NoSuchPreview/register", null);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.message()).isEqualTo("The feature 'NoSuchPreview' could not be found.");
    }

    @Test
    void aProviderIsRegisteredAndSaysWhatItServes() {
        String provider = SUB + "/providers/Microsoft.ContainerService";
        assertThat(get(provider).at("/registrationState").asText()).isEqualTo("NotRegistered");
        assertThat(send("POST", provider + "/register", null)
                        .at("/registrationState")
                        .asText())
                .isEqualTo("Registering");
        Answer read = get(provider.toUpperCase(java.util.Locale.ROOT));
        assertThat(read.at("/registrationState").asText()).isEqualTo("Registered");
        assertThat(read.at("/resourceTypes/0/resourceType").asText()).isEqualTo("managedClusters");
        assertThat(read.at("/resourceTypes/0/apiVersions").toString())
                .contains("2025-01-01", "2025-03-01", "2026-11-01", "2025-08-02-preview", "2022-04-02-preview");
        assertThat(get(SUB + "/providers").at("/value")).hasSize(3);
        assertThat(send("POST", provider + "/unregister", null)
                        .at("/registrationState")
                        .asText())
                .isEqualTo("Unregistered");
        assertThat(get(SUB + "/providers/Microsoft.Compute").code()).isEqualTo("InvalidResourceNamespace");
    }

    @Test
    void everyRequestNamesItsVersionAndOneThatIsServed() {
        lab.withCluster();
        Map<String, String> token = Map.of("Authorization", "Bearer " + Lab.ADMINISTRATOR);
        assertThat(lab.raw("GET", CLUSTER, null, token).code()).isEqualTo("MissingApiVersionParameter");
        assertThat(lab.raw("GET", CLUSTER + "?API-Version=2025-01-01", null, token)
                        .status())
                .isEqualTo(200);
        for (String good : List.of(
                "2025-01-01",
                "2025-03-01",
                "2026-11-01",
                "2022-04-02-preview",
                "2022-08-03-preview",
                "2026-11-02-preview")) {
            assertThat(lab.get(CLUSTER, good).status()).as(good).isEqualTo(200);
        }
        for (String bad : List.of(
                "2024-12-01",
                "2025-01-02",
                "2026-12-01",
                "2022-03-02-preview",
                "2025-01-01-preview",
                "2025-13-01",
                "latest",
                "1")) {
            Answer answer = lab.get(CLUSTER, bad);
            assertThat(answer.status()).as(bad).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("InvalidApiVersionParameter");
            assertThat(answer.message()).contains(bad, "2025-03-01", "2025-08-02-preview");
        }
        assertThat(lab.get(GROUP, "yesterday").code()).isEqualTo("InvalidApiVersionParameter");
    }

    @Test
    void whatIsNotServedIsNotFoundInWords() {
        lab.withCluster();
        for (String path : List.of(
                "/",
                "/nothing",
                SUB + "/providers/Microsoft.Compute/virtualMachines",
                CLUSTER + "/maintenanceConfigurations",
                "/%00",
                "/" + "a/".repeat(300))) {
            Answer answer = get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("NotFound");
            assertThat(answer.message()).startsWith("Capstan does not serve GET /");
        }
        assertThat(send("DELETE", SUB, null).status()).isEqualTo(404);
        for (String action : List.of("/runCommand", "/rotateClusterCertificates", "/resetAADProfile")) {
            Answer answer = lab.post(CLUSTER + action);
            assertThat(answer.code()).as(action).isEqualTo("NotFound");
            assertThat(answer.message()).startsWith("Capstan does not serve POST /");
        }
    }

    @Test
    void bodiesThatCannotBeReadAreRefused() {
        lab.withCluster();
        String deep = json("{'properties':") + "[".repeat(200) + "]".repeat(200) + "}";
        for (String body : List.of("", "nonsense", "[]", "null", "{", json("{'a':1,'a':2}"), deep, "{} {}")) {
            Answer answer = lab.put(CLUSTER, body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("InvalidRequestContent");
        }
        Answer large = lab.put(CLUSTER, json("{'tags':{'a':'") + "x".repeat(4 * 1024 * 1024) + "\"}}");
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.code()).isEqualTo("RequestEntityTooLarge");
    }

    @Test
    void aTagMayHaveAnyCharacterAndHalfOfOneIsRefused() {
        // As Python writes it: az sends escapes.
        String escaped = json("{'location':'westeurope','tags':{'\\ud83d\\ude00':'\\ud83d\\ude00'}}");
        for (String group : List.of("escaped", "raw")) {
            String body = group.equals("raw") ? escaped.replace("\\ud83d\\ude00", "\ud83d\ude00") : escaped;
            assertThat(lab.put(SUB + "/resourcegroups/" + group, body).status()).isEqualTo(201);
        }
        JsonNode groups = lab.get(SUB + "/resourcegroups").at("/value");
        assertThat(groups)
                .extracting(group -> group.at("/tags/\ud83d\ude00").asText())
                .contains("\ud83d\ude00");
        for (String half :
                List.of("{'tags':{'\\ud83d':'x'}}", "{'tags':{'x':'\\ude00'}}", "{'properties':[['\\ud83d']]}")) {
            Answer answer = lab.put(SUB + "/resourcegroups/half", json(half));
            assertThat(answer.status()).as(half).isEqualTo(400);
            assertThat(answer.message()).contains("half of a surrogate pair");
        }
        assertThat(lab.get(SUB + "/resourcegroups").status()).isEqualTo(200);
    }

    @Test
    void thereIsOneKubernetesVersionAndNothingToUpgradeTo() {
        lab.withCluster();
        Answer versions =
                lab.get(SUB + "/providers/Microsoft.ContainerService/locations/westeurope/kubernetesVersions");
        assertThat(versions.at("/values")).hasSize(1);
        String version = lab.get(CLUSTER).at("/properties/kubernetesVersion").asText();
        assertThat(versions.at("/values/0/patchVersions").has(version)).isTrue();
        assertThat(lab.get(CLUSTER + "/upgradeProfiles/default")
                        .at("/properties/controlPlaneProfile/kubernetesVersion")
                        .asText())
                .isEqualTo(version);
    }
}
