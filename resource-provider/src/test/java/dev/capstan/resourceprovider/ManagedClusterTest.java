package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.CLUSTERS;
import static dev.capstan.resourceprovider.Lab.GROUP;
import static dev.capstan.resourceprovider.Lab.PREVIEW;
import static dev.capstan.resourceprovider.Lab.SUB;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagedClusterTest {

    /** What {@code az aks create} of 2.74 sends (azure-cli.md, 7). */
    private static final String AZ_CREATE = json("""
            {'location': 'westeurope', 'identity': {'type': 'SystemAssigned'}, 'properties': {'kubernetesVersion': '',
             'dnsPrefix': 'c1-rg-222222', 'agentPoolProfiles': [{'count': 2, 'vmSize': '', 'osType': 'Linux',
             'enableAutoScaling': false, 'type': 'VirtualMachineScaleSets', 'mode': 'System', 'orchestratorVersion': '',
             'upgradeSettings': {}, 'enableNodePublicIP': false, 'scaleSetPriority': 'Regular', 'spotMaxPrice': -1.0,
             'nodeTaints': [], 'enableFIPS': false, 'name': 'nodepool1'}],
             'linuxProfile': {'adminUsername': 'azureuser', 'ssh': {'publicKeys': [{'keyData': 'ssh-rsa AAAA'}]}},
             'addonProfiles': {}, 'enableRBAC': true,
             'networkProfile': {'podCidr': '10.244.0.0/16', 'outboundType': 'loadBalancer', 'loadBalancerSku': 'standard'},
             'disableLocalAccounts': false, 'storageProfile': {}, 'bootstrapProfile': {'artifactSource': 'Direct'}}}""");

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void whatTheAzureCliSendsMakesAClusterWithEverythingItNeedsToReadItAgain() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        assertThat(lab.get(CLUSTER).code()).isEqualTo("ResourceNotFound");

        Answer created = lab.put(CLUSTER, AZ_CREATE);

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.at("/properties/provisioningState").asText()).isEqualTo("Creating");
        assertThat(created.at("/properties/agentPoolProfiles/0/provisioningState")
                        .asText())
                .isEqualTo("Creating");
        assertThat(created.header("azure-asyncoperation"))
                .startsWith(lab.url() + SUB + "/providers/Microsoft.ContainerService/locations/westeurope/operations/")
                .endsWith("?api-version=2025-03-01");
        assertThat(created.header("retry-after")).isEqualTo("1");
        lab.end("True", "Succeeded", "2 of 2 nodes");
        JsonNode read = lab.get(CLUSTER).body();
        assertThat(read.at("/properties/provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(read.path("location").asText()).isEqualTo("westeurope");
        assertThat(read.path("type").asText()).isEqualTo("Microsoft.ContainerService/ManagedClusters");
        assertThat(read.at("/properties/servicePrincipalProfile/clientId").asText())
                .isEqualTo("msi");
        assertThat(read.at("/properties/identityProfile/kubeletidentity/objectId")
                        .asText())
                .isNotEmpty();
        assertThat(read.at("/properties/networkProfile/outboundType").asText()).isEqualTo("loadBalancer");
        assertThat(read.at("/properties/securityProfile")).isEqualTo(Lab.JSON.createObjectNode());
        JsonNode pool = read.at("/properties/agentPoolProfiles/0");
        assertThat(pool.path("vmSize").asText()).isNotEmpty();
        assertThat(pool.path("osSKU").asText()).isNotEmpty();
        assertThat(pool.path("spotMaxPrice").asDouble()).isEqualTo(-1.0);
        assertThat(pool.path("orchestratorVersion").asText())
                .isEqualTo(read.at("/properties/kubernetesVersion").asText())
                .matches("1\\.[0-9]+\\.[0-9]+");
        assertThat(pool.has("enableCustomCATrust")).isFalse();
        assertThat(lab.stored().at("/spec/location").asText()).isEqualTo("local");
    }

    @Test
    void aPutOfWhatWasReadChangesNothingButTheOperation() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        lab.put(CLUSTER, AZ_CREATE);
        lab.end("True", "Succeeded", "");
        ObjectNode before = (ObjectNode) lab.stored().path("spec");
        Answer again = lab.put(CLUSTER, lab.get(CLUSTER).text());
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.at("/properties/provisioningState").asText()).isEqualTo("Updating");
        ObjectNode after = (ObjectNode) lab.stored().path("spec");
        assertThat(after.remove("operation")).isNotEqualTo(before.remove("operation"));
        // What az reads it sends back, the server's defaults included: they may be kept, and must not change.
        assertThat(after.path("agentPoolProfiles").path(0).path("count"))
                .isEqualTo(before.at("/agentPoolProfiles/0/count"));
        lab.end("True", "Succeeded", "");
        JsonNode first = lab.get(CLUSTER).body();
        lab.put(CLUSTER, lab.get(CLUSTER).text());
        lab.end("True", "Succeeded", "");
        ObjectNode second = (ObjectNode) lab.get(CLUSTER).body();
        second.set("eTag", first.path("eTag"));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void absentAndNullKeepAnEmptyListAndFalseDoNot() {
        lab.withFeature();
        lab.put(GROUP, json("{'location':'westeurope'}"));
        String ca = base64(TestKeys.authority("one"));
        lab.put(
                CLUSTER,
                PREVIEW,
                json("{'tags':{'a':'b'},'properties':{'agentPoolProfiles':[{'name':'nodepool1','count':1,"
                        + "'enableCustomCATrust':true}],'securityProfile':{'customCATrustCertificates':['" + ca
                        + "']}}}"));
        lab.end("True", "Succeeded", "");

        for (String body : List.of(
                "{'location':'westeurope'}",
                "{'properties':null,'tags':null}",
                "{'properties':{'agentPoolProfiles':null,'securityProfile':null}}",
                "{'properties':{'agentPoolProfiles':[],'securityProfile':{}}}",
                "{'properties':{'agentPoolProfiles':[{'name':'nodepool1','count':null,'enableCustomCATrust':null}],"
                        + "'securityProfile':{'customCATrustCertificates':null}}}",
                "{'properties':{'agentPoolProfiles':[{'name':'NODEPOOL1','count':1}]}}")) {
            assertThat(lab.put(CLUSTER, json(body)).status()).as(body).isEqualTo(200);
            lab.end("True", "Succeeded", "");
            JsonNode read = lab.get(CLUSTER, PREVIEW).body();
            assertThat(read.at("/properties/securityProfile/customCATrustCertificates/0")
                            .asText())
                    .as(body)
                    .isEqualTo(ca);
            assertThat(read.at("/properties/agentPoolProfiles/0/enableCustomCATrust")
                            .asBoolean())
                    .as(body)
                    .isTrue();
            assertThat(read.at("/properties/agentPoolProfiles/0/count").asInt()).isEqualTo(1);
            assertThat(read.at("/properties/agentPoolProfiles/0/name").asText()).isEqualTo("nodepool1");
            assertThat(read.at("/tags/a").asText()).isEqualTo("b");
        }

        lab.put(
                CLUSTER,
                PREVIEW,
                json("{'tags':{},'properties':{'agentPoolProfiles':[{'name':'nodepool1',"
                        + "'enableCustomCATrust':false}],'securityProfile':{'customCATrustCertificates':[]}}}"));
        lab.end("True", "Succeeded", "");
        JsonNode read = lab.get(CLUSTER, PREVIEW).body();
        assertThat(read.at("/properties/securityProfile")).isEqualTo(Lab.JSON.createObjectNode());
        assertThat(read.at("/properties/agentPoolProfiles/0/enableCustomCATrust")
                        .asBoolean(true))
                .isFalse();
        assertThat(read.path("tags").isEmpty()).isTrue();
    }

    @Test
    void theKeyOfTheSeedPageIsTheListWhateverItsCase() {
        lab.withCluster();
        String ca = base64(TestKeys.authority("one"));
        for (String key : List.of("customCaTrustCertificates", "CUSTOMCATRUSTCERTIFICATES")) {
            lab.put(
                    CLUSTER,
                    json("{'PROPERTIES':{'securityprofile':{'azureKeyVaultKms':null,'" + key + "':['" + ca + "']}}}"));
            lab.end("True", "Succeeded", "");
            assertThat(lab.get(CLUSTER).at("/properties/securityProfile"))
                    .hasToString(json("{'customCATrustCertificates':['" + ca + "']}"));
        }
        Answer both = lab.put(
                CLUSTER,
                json("{'properties':{'securityProfile':{'customCaTrustCertificates':[],"
                        + "'customCATrustCertificates':[]}}}"));
        assertThat(both.status()).isEqualTo(400);
        assertThat(both.message()).contains("customCATrustCertificates", "twice");
    }

    @Test
    void whatCapstanDoesNotKnowIsKeptAndGivenBackAlsoByAClientThatDoesNotKnowItEither() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        lab.put(
                CLUSTER,
                PREVIEW,
                json("{'kind':'Base','properties':{'future':{'deep':[1,{'x':2.5}]},'autoUpgradeProfile':"
                        + "{'upgradeChannel':'none','nodeOSUpgradeChannel':'NodeImage'},'securityProfile':{'defender':{'on':true}},"
                        + "'agentPoolProfiles':[{'name':'nodepool1','count':1,'gadget':{'y':[true]},'nodeLabels':{'Tier':'x'},"
                        + "'upgradeSettings':{'maxSurge':'2','maxBlockedNodes':'3'}}]}}"));
        lab.end("True", "Succeeded", "");
        lab.put(
                CLUSTER,
                json("{'properties':{'autoUpgradeProfile':{'upgradeChannel':'patch'},'agentPoolProfiles':"
                        + "[{'name':'nodepool1','count':2}]}}"));
        lab.end("True", "Succeeded", "");
        JsonNode read = lab.get(CLUSTER, PREVIEW).body();
        assertThat(read.path("kind").asText()).isEqualTo("Base");
        assertThat(read.at("/properties/future")).hasToString(json("{'deep':[1,{'x':2.5}]}"));
        assertThat(read.at("/properties/autoUpgradeProfile"))
                .hasToString(json("{'upgradeChannel':'patch','nodeOSUpgradeChannel':'NodeImage'}"));
        assertThat(read.at("/properties/securityProfile/defender/on").asBoolean())
                .isTrue();
        assertThat(read.at("/properties/agentPoolProfiles/0/gadget")).hasToString(json("{'y':[true]}"));
        assertThat(read.at("/properties/agentPoolProfiles/0/nodeLabels")).hasToString(json("{'Tier':'x'}"));
        assertThat(read.at("/properties/agentPoolProfiles/0/upgradeSettings/maxSurge")
                        .asText())
                .isEqualTo("2");
        assertThat(read.at("/properties/agentPoolProfiles/0/upgradeSettings/maxBlockedNodes")
                        .asText())
                .isEqualTo("3");
    }

    @Test
    void whatTheServerSaysItselfCannotBeWritten() {
        lab.withCluster();
        lab.put(
                CLUSTER,
                json("{'id':'/x','name':'other','type':'t','eTag':'e','systemData':{},'properties':"
                        + "{'provisioningState':'Failed','fqdn':'evil','powerState':{'code':'Stopped'},'currentKubernetesVersion':"
                        + "'9','maxAgentPools':1,'agentPoolProfiles':[{'name':'nodepool1','provisioningState':'Failed',"
                        + "'currentOrchestratorVersion':'9','nodeImageVersion':'x'}]}}"));
        lab.end("True", "Succeeded", "");
        JsonNode read = lab.get(CLUSTER).body();
        assertThat(read.path("name").asText()).isEqualTo("c1");
        assertThat(read.path("id").asText()).endsWith("/managedClusters/c1");
        assertThat(read.at("/properties/provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(read.at("/properties/maxAgentPools").asInt()).isEqualTo(100);
        assertThat(read.toString()).doesNotContain("evil", "Stopped", "\"9\"");
    }

    @Test
    void secretsInABodyAreNotStored() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        lab.put(
                CLUSTER,
                json("{'properties':{'servicePrincipalProfile':{'clientId':'a','secret':'hush'},'windowsProfile':"
                        + "{'adminUsername':'u','adminPassword':'hush'},'agentPoolProfiles':[{'name':'nodepool1'}]}}"));
        assertThat(lab.stored().toString()).doesNotContain("hush").contains("adminUsername");
    }

    @Test
    void pathsAreReadWithoutCaseAndWithDoubledSlashes() {
        lab.withCluster();
        for (String path : List.of(
                CLUSTER.toLowerCase(java.util.Locale.ROOT),
                CLUSTER.toUpperCase(java.util.Locale.ROOT),
                SUB + "/resourcegroups/RG/providers/microsoft.containerservice//managedclusters/C1",
                "//" + CLUSTER.substring(1) + "/")) {
            Answer answer = lab.get(path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.at("/name").asText()).isEqualTo("c1");
        }
    }

    @Test
    void namesKeepTheirCase() {
        lab.put(SUB + "/resourceGroups/MyGroup", json("{'location':'West Europe'}"));
        Answer created = lab.put(
                SUB + "/resourcegroups/mygroup" + CLUSTERS + "/MyCluster",
                json("{'properties':{'agentPoolProfiles':[{'name':'myNodepool'}]}}"));
        assertThat(created.at("/id").asText())
                .isEqualTo(
                        SUB + "/resourceGroups/MyGroup/providers/Microsoft.ContainerService/managedClusters/MyCluster");
        assertThat(created.at("/location").asText()).isEqualTo("westeurope");
        assertThat(created.at("/properties/agentPoolProfiles/0/name").asText()).isEqualTo("myNodepool");
        assertThat(lab.get(SUB + "/resourcegroups/MYGROUP" + CLUSTERS + "/mycluster")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aClusterNeedsItsGroupAndItsPools() {
        assertThat(lab.put(CLUSTER, AZ_CREATE).code()).isEqualTo("ResourceGroupNotFound");
        assertThat(lab.get(CLUSTER).code()).isEqualTo("ResourceGroupNotFound");
        lab.put(GROUP, json("{'location':'westeurope'}"));
        Answer none = lab.put(CLUSTER, json("{'location':'westeurope','properties':{}}"));
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.code()).isEqualTo("InvalidParameter");
        assertThat(none.message()).isEqualTo("Required parameter agentPoolProfiles is missing (null).");
        assertThat(lab.management().list("managedclusters.capstan.dev", null)).isEmpty();
    }

    @Test
    void everyLocationIsTakenAndShownAsGivenAndChangedByNobody() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        String pools = "'properties':{'agentPoolProfiles':[{'name':'nodepool1'}]}";
        lab.put(CLUSTER, json("{'location':'Annex'," + pools + "}"));
        assertThat(lab.stored().at("/spec/location").asText()).isEqualTo("annex");
        lab.end("True", "Succeeded", "");
        Answer moved = lab.put(CLUSTER, json("{'location':'northeurope'}"));
        assertThat(moved.status()).isEqualTo(409);
        assertThat(moved.code()).isEqualTo("InvalidResourceLocation");
        Answer nowhere = lab.put(CLUSTER + "x", json("{'location':'../etc'," + pools + "}"));
        assertThat(nowhere.status()).isEqualTo(400);
    }

    @Test
    void whileAnOperationRunsAnotherIsRefusedInTheWordsOfAks() {
        lab.withCluster();
        lab.put(CLUSTER, "{}");
        String running = lab.stored().at("/spec/operation/id").asText();
        for (Answer answer : List.of(
                lab.put(CLUSTER, "{}"),
                lab.delete(CLUSTER),
                lab.send("PATCH", CLUSTER, Lab.GA, json("{'tags':{'a':'b'}}"), Map.of()),
                lab.put(Lab.POOL, json("{'properties':{'count':1}}")),
                lab.delete(CLUSTER + "/agentPools/nodepool1"))) {
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.code()).isEqualTo("OperationNotAllowed");
            assertThat(answer.message())
                    .startsWith(
                            "Operation is not allowed because there's an in progress update managed cluster operation"
                                    + " (operation ID: " + running
                                    + ") on the managed cluster started on UTC 2026-11-22T03:00:00Z."
                                    + " Please wait for it to finish before starting a new operation");
        }
        assertThat(lab.stored().at("/spec/operation/id").asText()).isEqualTo(running);
    }

    @Test
    void aWriteOnAConditionIsDoneOnlyWhereItHolds() {
        lab.withCluster();
        String eTag = lab.get(CLUSTER).at("/eTag").asText();
        for (String other : List.of("\"x\"", "x", eTag + "0")) {
            Answer answer = lab.send("PUT", CLUSTER, Lab.GA, "{}", Map.of("If-Match", other));
            assertThat(answer.status()).isEqualTo(412);
            assertThat(answer.code()).isEqualTo("PreconditionFailed");
        }
        assertThat(lab.send("PUT", CLUSTER, Lab.GA, "{}", Map.of("If-None-Match", "*"))
                        .status())
                .isEqualTo(412);
        assertThat(lab.send("PUT", CLUSTER + "new", Lab.GA, "{}", Map.of("If-Match", "*"))
                        .status())
                .isEqualTo(412);
        assertThat(lab.send("DELETE", CLUSTER, Lab.GA, null, Map.of("If-Match", "x"))
                        .status())
                .isEqualTo(412);
        // A change of the status is none of the resource.
        lab.end("True", "Succeeded", "other words");
        assertThat(lab.send("PUT", CLUSTER, Lab.GA, "{}", Map.of("If-Match", '"' + eTag + '"'))
                        .status())
                .isEqualTo(200);
        lab.end("True", "Succeeded", "");
        String next = lab.get(CLUSTER).at("/eTag").asText();
        assertThat(next).isNotEqualTo(eTag);
        assertThat(lab.send("PUT", CLUSTER, Lab.GA, "{}", Map.of("If-Match", next))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aDeletedClusterIsGoneAtOnceWhenTheControllerSaysSoAndCanBeMadeAgain() {
        lab.withCluster();
        Answer deleted = lab.delete(CLUSTER);
        assertThat(deleted.status()).isEqualTo(202);
        assertThat(deleted.text()).isEmpty();
        assertThat(deleted.header("location")).contains("/operationresults/");
        assertThat(lab.get(CLUSTER).at("/properties/provisioningState").asText())
                .isEqualTo("Deleting");
        Answer again = lab.delete(CLUSTER);
        assertThat(again.header("azure-asyncoperation")).isEqualTo(deleted.header("azure-asyncoperation"));
        lab.end("True", "Deleted", "");
        assertThat(lab.get(CLUSTER).status()).isEqualTo(404);
        assertThat(lab.get(SUB + CLUSTERS).at("/value").isEmpty()).isTrue();
        assertThat(lab.delete(CLUSTER).status()).isEqualTo(204);
        assertThat(lab.follow(deleted.header("azure-asyncoperation"))
                        .at("/status")
                        .asText())
                .isEqualTo("Succeeded");
        assertThat(lab.follow(deleted.header("location")).status()).isEqualTo(204);

        Answer made = lab.put(CLUSTER, AZ_CREATE);
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.at("/properties/provisioningState").asText()).isEqualTo("Creating");
        assertThat(lab.follow(deleted.header("azure-asyncoperation"))
                        .at("/status")
                        .asText())
                .isEqualTo("Succeeded");
    }

    @Test
    void listsHoldWhatIsThere() {
        lab.withCluster();
        lab.put(SUB + "/resourcegroups/other", json("{'location':'local'}"));
        lab.put(
                SUB + "/resourcegroups/other" + CLUSTERS + "/a0",
                json("{'properties':{'agentPoolProfiles':[{'name':'p'}]}}"));
        assertThat(lab.get(SUB + CLUSTERS).at("/value")).hasSize(2);
        assertThat(lab.get(SUB + "/resourceGroups/OTHER" + CLUSTERS)
                        .at("/value")
                        .findValuesAsText("name"))
                .contains("a0")
                .doesNotContain("c1");
        assertThat(lab.get(SUB + "/resourceGroups/none" + CLUSTERS).code()).isEqualTo("ResourceGroupNotFound");
        assertThat(lab.get("/subscriptions/" + Lab.TENANT + CLUSTERS).code()).isEqualTo("SubscriptionNotFound");
    }

    @Test
    void patchChangesTagsAndNothingElse() {
        lab.withCluster();
        Answer patched = lab.send("PATCH", CLUSTER, Lab.GA, json("{'tags':{'a':'b'}}"), Map.of());
        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.header("azure-asyncoperation")).isNotEmpty();
        assertThat(patched.at("/tags/a").asText()).isEqualTo("b");
        lab.end("True", "Succeeded", "");
        assertThat(lab.send("PATCH", CLUSTER, Lab.GA, json("{'properties':{}}"), Map.of())
                        .status())
                .isEqualTo(400);
        assertThat(lab.send("PATCH", CLUSTER, Lab.GA, json("{'tags':{'a':1}}"), Map.of())
                        .code())
                .isEqualTo("InvalidTags");
    }

    @Test
    void aVersionThatIsNotThereIsRefused() {
        lab.withCluster();
        Answer answer = lab.put(CLUSTER, json("{'properties':{'kubernetesVersion':'1.2'}}"));
        assertThat(answer.code()).isEqualTo("K8sVersionNotSupported");
        String version = lab.get(CLUSTER).at("/properties/kubernetesVersion").asText();
        assertThat(lab.put(CLUSTER, json("{'properties':{'kubernetesVersion':'" + version + "'}}"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aClusterMadeWithKubectlIsShownToo() {
        lab.put(GROUP, json("{'location':'local'}"));
        ObjectNode object =
                Lab.JSON.createObjectNode().put("apiVersion", "capstan.dev/v1").put("kind", "ManagedCluster");
        object.putObject("metadata").put("name", dev.capstan.resources.ObjectNames.ofArmId(CLUSTER));
        var spec = object.putObject("spec")
                .put("id", CLUSTER)
                .put("resourceGroup", "rg")
                .put("name", "c1")
                .put("location", "local");
        spec.putArray("agentPoolProfiles").addObject().put("name", "p").put("count", 1);
        lab.management().create(object);
        Answer read = lab.get(CLUSTER);
        assertThat(read.at("/properties/provisioningState").asText()).isEqualTo("Creating");
        assertThat(read.at("/location").asText()).isEqualTo("local");
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(CLUSTER).at("/properties/provisioningState").asText())
                .isEqualTo("Succeeded");
        assertThat(lab.put(CLUSTER, json("{'tags':{'a':'b'}}")).status()).isEqualTo(200);
    }

    static String base64(String pem) {
        return java.util.Base64.getEncoder().encodeToString(pem.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
