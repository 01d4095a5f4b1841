package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.POOL;
import static dev.capstan.resourceprovider.Lab.PREVIEW;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resources.ObjectNames;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentPoolTest {

    private final Lab lab = new Lab();

    @BeforeEach
    void cluster() {
        lab.withCluster();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void aPoolIsAddedChangedAndDeletedAsPartOfItsCluster() {
        Answer added = lab.put(
                POOL,
                json(
                        "{'properties':{'count':3,'vmSize':'','osType':'Linux','mode':'User',"
                                + "'upgradeSettings':{'undrainableNodeBehavior':'Schedule'},'spotMaxPrice':-1.0,'nodeTaints':[]}}"));
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.at("/type").asText()).isEqualTo("Microsoft.ContainerService/managedClusters/agentPools");
        assertThat(added.at("/properties/provisioningState").asText()).isEqualTo("Creating");
        assertThat(added.header("azure-asyncoperation")).isNotEmpty();
        assertThat(lab.stored().at("/spec/operation/kind").asText()).isEqualTo("CreateAgentPool");
        assertThat(lab.stored().at("/spec/operation/agentPool").asText()).isEqualTo("np2");
        assertThat(lab.get(CLUSTER).at("/properties/provisioningState").asText())
                .isEqualTo("Updating");
        lab.end("True", "Succeeded", "");

        Answer changed = lab.put(POOL, json("{'properties':{'count':1,'nodeLabels':{'a':'b'}}}"));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.at("/properties/provisioningState").asText()).isEqualTo("Updating");
        assertThat(changed.at("/properties/spotMaxPrice").asDouble()).isEqualTo(-1.0);
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(CLUSTER + "/agentPools").at("/value").findValuesAsText("name"))
                .containsExactly("nodepool1", "np2");

        Answer deleted = lab.delete(POOL);
        assertThat(deleted.status()).isEqualTo(202);
        assertThat(lab.stored().at("/spec/operation/kind").asText()).isEqualTo("DeleteAgentPool");
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(POOL).code()).isEqualTo("ResourceNotFound");
        assertThat(lab.delete(POOL).status()).isEqualTo(204);
    }

    @Test
    void aNameIsEchoedAsWrittenAndIsOnePoolInEveryCase() {
        String path = CLUSTER + "/agentPools/";
        lab.put(path + "myNodepool", json("{'properties':{'count':1}}"));
        lab.end("True", "Succeeded", "");
        Answer again = lab.put(path + "MYNODEPOOL", json("{'properties':{'count':2}}"));
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.at("/name").asText()).isEqualTo("myNodepool");
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(path + "mynodepool").at("/name").asText()).isEqualTo("myNodepool");
        assertThat(lab.get(CLUSTER + "/agentPools").at("/value")).hasSize(2);
    }

    @Test
    void whatCannotBeIsRefusedInWordsAndAllOfItAtOnce() {
        record Bad(String properties, String words) {}
        for (Bad bad : List.of(
                new Bad(
                        "'count':-1",
                        "agentPoolProfile.count was -1. It must be greater or equal to minCount:0 and less than or"
                                + " equal to maxCount:1000."),
                new Bad("'count':1001", "maxCount:1000"),
                new Bad("'mode':'System','count':0", "greater or equal to minCount:1"),
                new Bad("'count':'two'", "whole number"),
                new Bad("'count':1.5", "whole number"),
                new Bad("'osType':'Windows'", "location 'local' has no Windows machines"),
                new Bad("'osType':'BeOS'", "it is Linux or Windows"),
                new Bad("'mode':'Boss'", "System or User"),
                new Bad("'enableAutoScaling':true", "autoscaler"),
                new Bad("'orchestratorVersion':'1.2.3'", "Version 1.2.3 is not supported"),
                new Bad(
                        "'securityProfile':{'customCATrustCertificates':[]}",
                        "Installing different CAs in the same cluster"),
                new Bad("'upgradeSettings':{'maxSurge':'101%'}", "maxSurge"),
                new Bad("'upgradeSettings':{'maxSurge':'-1'}", "maxSurge"),
                new Bad("'upgradeSettings':{'maxSurge':'0'}", "cannot both be 0"),
                new Bad("'upgradeSettings':{'maxSurge':'0%','maxUnavailable':'0'}", "cannot both be 0"),
                new Bad("'upgradeSettings':{'maxUnavailable':'many'}", "maxUnavailable"),
                new Bad("'upgradeSettings':{'drainTimeoutInMinutes':0}", "from 1 to 1440"),
                new Bad("'upgradeSettings':{'drainTimeoutInMinutes':1441}", "from 1 to 1440"),
                new Bad("'upgradeSettings':{'nodeSoakDurationInMinutes':31}", "from 0 to 30"),
                new Bad("'upgradeSettings':{'undrainableNodeBehavior':'Ignore'}", "Schedule or Cordon"))) {
            Answer answer = lab.put(POOL, json("{'properties':{" + bad.properties() + "}}"));
            assertThat(answer.status()).as(bad.properties()).isEqualTo(400);
            assertThat(answer.message()).contains(bad.words());
            assertThat(answer.at("/error/target").asText()).isNotEmpty();
        }
        Answer many = lab.put(
                POOL, json("{'properties':{'count':-1,'osType':'Windows','upgradeSettings':{'maxSurge':'x'}}}"));
        assertThat(many.at("/error/details")).hasSize(3);
        Answer name = lab.put(CLUSTER + "/agentPools/1-bad", json("{'properties':{}}"));
        assertThat(name.message()).startsWith("The value of parameter agentPoolProfile.name is invalid.");
        assertThat(lab.stored().at("/spec/agentPoolProfiles")).hasSize(1);
    }

    @Test
    void upgradeSettingsAreKeptOneByOne() {
        lab.put(POOL, json("{'properties':{'upgradeSettings':{'maxSurge':'33%','drainTimeoutInMinutes':5}}}"));
        lab.end("True", "Succeeded", "");
        lab.put(
                POOL,
                json("{'properties':{'upgradeSettings':{'nodeSoakDurationInMinutes':1,"
                        + "'undrainableNodeBehavior':'cordon'}}}"));
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(POOL).at("/properties/upgradeSettings"))
                .isEqualTo(Lab.JSON
                        .createObjectNode()
                        .put("maxSurge", "33%")
                        .put("drainTimeoutInMinutes", 5)
                        .put("nodeSoakDurationInMinutes", 1)
                        .put("undrainableNodeBehavior", "Cordon"));
        assertThat(lab.stored()
                        .at("/spec/agentPoolProfiles/1/upgradeSettings/maxSurge")
                        .asText())
                .isEqualTo("33%");
    }

    @Test
    void theLastPoolAndTheLastSystemPoolStay() {
        assertThat(lab.delete(CLUSTER + "/agentPools/nodepool1").message()).contains("last agent pool");
        lab.put(POOL, json("{'properties':{'count':0}}"));
        lab.end("True", "Succeeded", "");
        for (Answer answer : List.of(
                lab.delete(CLUSTER + "/agentPools/nodepool1"),
                lab.put(CLUSTER + "/agentPools/nodepool1", json("{'properties':{'mode':'User'}}")))) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message()).isEqualTo("There has to be at least one system agent pool.");
        }
        assertThat(lab.put(POOL, json("{'properties':{'vmSize':'Standard_D2'}}"))
                        .code())
                .isEqualTo("PropertyChangeNotAllowed");
    }

    @Test
    void aPutOfTheClusterChangesPoolsAndAddsAndRemovesNone() {
        lab.put(POOL, json("{'properties':{'count':1}}"));
        lab.end("True", "Succeeded", "");
        Answer added = lab.put(
                CLUSTER, json("{'properties':{'agentPoolProfiles':[{'name':'nodepool1','count':1},{'name':'np3'}]}}"));
        assertThat(added.status()).isEqualTo(400);
        assertThat(added.code()).isEqualTo("BadRequest");
        assertThat(added.message())
                .isEqualTo(
                        "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through"
                                + " managed cluster operations. For agent pool specific change, please use per agent pool operations:"
                                + " https://aka.ms/agent-pool-rest-api");
        lab.put(CLUSTER, json("{'properties':{'agentPoolProfiles':[{'name':'NP2','count':5}]}}"));
        JsonNode pools = lab.stored().at("/spec/agentPoolProfiles");
        assertThat(pools.findValuesAsText("name")).containsExactly("nodepool1", "np2");
        assertThat(pools.at("/1/count").asInt()).isEqualTo(5);
        Answer twice = lab.put(CLUSTER + "b", json("{'properties':{'agentPoolProfiles':[{'name':'a'},{'name':'A'}]}}"));
        assertThat(twice.message()).contains("a name of its own");
    }

    @Test
    void theFlagNeedsItsFeatureAndAVersionThatHasIt() {
        String on = json("{'properties':{'enableCustomCATrust':true}}");
        Answer refused = lab.put(POOL, PREVIEW, on);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("BadRequest");
        assertThat(refused.message())
                .isEqualTo("Feature Microsoft.ContainerService/CustomCATrustPreview is not enabled. Please see"
                        + " https://aka.ms/aks/previews for how to enable features.");
        lab.withFeature();
        assertThat(lab.put(POOL, on).message()).contains("2025-08-02-preview", "enableCustomCATrust");
        assertThat(lab.put(POOL, "2025-09-02-preview", on).status()).isEqualTo(400);
        assertThat(lab.put(POOL, "2022-04-02-preview", on)
                        .at("/properties/enableCustomCATrust")
                        .asBoolean())
                .isTrue();
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(POOL).at("/properties").has("enableCustomCATrust")).isFalse();
        assertThat(lab.get(POOL, "2025-09-02-preview").at("/properties").has("enableCustomCATrust"))
                .isFalse();
        // A client without the property must not lose it.
        lab.put(POOL, lab.get(POOL).text());
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(POOL, PREVIEW).at("/properties/enableCustomCATrust").asBoolean())
                .isTrue();
        lab.put(POOL, PREVIEW, json("{'properties':{'enableCustomCATrust':false}}"));
        assertThat(lab.get(POOL, PREVIEW).at("/properties/enableCustomCATrust").asBoolean(true))
                .isFalse();
    }

    @Test
    void aPoolsStateIsItsOwnOnceTheControllerHasBroughtItToThePresentCluster() {
        lab.put(POOL, json("{'properties':{'count':1}}"));
        lab.end("True", "Succeeded", "");
        String id = lab.stored().at("/spec/id").asText() + "/agentPools/np2";
        ObjectNode pool =
                Lab.JSON.createObjectNode().put("apiVersion", "capstan.dev/v1").put("kind", "AgentPool");
        pool.putObject("metadata").put("name", ObjectNames.ofArmId(id));
        pool.putObject("spec")
                .put("cluster", lab.stored().at("/metadata/name").asText())
                .put("name", "np2")
                .put("location", "local")
                .put("count", 1)
                .put(
                        "clusterGeneration",
                        lab.stored().at("/metadata/generation").asLong());
        ObjectNode made = lab.management().create(pool).deepCopy();
        made.withObject("/status").putArray("machines");
        lab.end(made, "False", "DrainTimedOut", "a pod did not go");
        assertThat(lab.get(POOL).at("/properties/provisioningState").asText()).isEqualTo("Failed");
        lab.put(CLUSTER, "{}");
        assertThat(lab.get(POOL).at("/properties/provisioningState").asText()).isEqualTo("Updating");
    }
}
