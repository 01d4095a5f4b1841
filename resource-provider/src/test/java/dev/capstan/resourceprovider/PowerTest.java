package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.POOL;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stop and start of clusters and pools, and pools made anew from their image. */
class PowerTest {

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
    void aClusterIsStoppedAndStartedByOperations() {
        Answer stopping = lab.post(CLUSTER + "/stop");
        assertThat(stopping.status()).isEqualTo(202);
        assertThat(state()).isEqualTo("Stopping Running");
        assertThat(lab.follow(stopping.header("location")).status()).isEqualTo(202);
        assertThat(lab.post(CLUSTER + "/stop").header("location")).isEqualTo(stopping.header("location"));
        assertThat(lab.post(CLUSTER + "/start").message())
                .contains("in progress stop managed cluster operation (operation ID: ");
        lab.end("True", "Succeeded", "");
        assertThat(lab.follow(stopping.header("azure-asyncoperation"))
                        .at("/status")
                        .asText())
                .isEqualTo("Succeeded");
        assertThat(lab.follow(stopping.header("location")).status()).isEqualTo(204);
        assertThat(state()).isEqualTo("Succeeded Stopped");
        assertThat(lab.get(CLUSTER)
                        .at("/properties/agentPoolProfiles/0/powerState/code")
                        .asText())
                .isEqualTo("Stopped");

        Answer starting = lab.post(CLUSTER + "/start");
        assertThat(state()).isEqualTo("Starting Running");
        lab.end("True", "Succeeded", "");
        assertThat(lab.follow(starting.header("location")).status()).isEqualTo(204);
        assertThat(state()).isEqualTo("Succeeded Running");
    }

    @Test
    void whatIsStoppedTakesNothingButToBeStartedOrDeleted() {
        lab.post(CLUSTER + "/stop");
        lab.end("True", "Succeeded", "");
        JsonNode before = lab.stored().path("spec");
        for (Answer refused : List.of(
                lab.put(CLUSTER, json("{'tags':{'a':'b'}}")),
                lab.send("PATCH", CLUSTER, Lab.GA, json("{'tags':{'a':'b'}}"), Map.of()),
                lab.put(POOL, json("{'properties':{'count':1}}")),
                lab.post(CLUSTER + "/agentPools/nodepool1/upgradeNodeImageVersion"),
                lab.delete(CLUSTER + "/agentPools/nodepool1"))) {
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.code()).isEqualTo("OperationNotAllowed");
            assertThat(refused.message())
                    .isEqualTo("managed cluster is in Provisioning State(Succeeded) and Power State(Stopped), updating"
                            + " cannot be performed. Start it first: 'aks start'.");
        }
        assertThat(lab.post(CLUSTER + "/stop").message()).contains("stopping cannot be performed");
        assertThat(lab.stored().path("spec")).isEqualTo(before);
        assertThat(lab.delete(CLUSTER).status()).isEqualTo(202);
    }

    @Test
    void whatRunsCannotBeStartedUnlessItsStartWasAborted() {
        assertThat(lab.post(CLUSTER + "/start").message())
                .contains("Power State(Running), starting cannot be performed");
        lab.post(CLUSTER + "/stop");
        lab.end("True", "Succeeded", "");
        Answer started = lab.post(CLUSTER + "/start");
        Answer aborted = lab.post(CLUSTER + "/abort");
        assertThat(aborted.status()).isEqualTo(202);
        assertThat(state()).isEqualTo("Canceling Running");
        lab.end("False", "Canceled", "aborted");
        assertThat(lab.follow(started.header("azure-asyncoperation"))
                        .at("/status")
                        .asText())
                .isEqualTo("Canceled");
        assertThat(lab.follow(aborted.header("azure-asyncoperation"))
                        .at("/status")
                        .asText())
                .isEqualTo("Succeeded");
        assertThat(lab.post(CLUSTER + "/start").status()).isEqualTo(202);
    }

    @Test
    void aUserPoolIsStoppedByItsPowerStateAndASystemPoolIsNot() {
        lab.put(POOL, json("{'properties':{'count':1}}"));
        lab.end("True", "Succeeded", "");
        Answer stopped = lab.put(POOL, json("{'properties':{'powerState':{'code':'Stopped'}}}"));
        assertThat(stopped.status()).isEqualTo(200);
        assertThat(lab.get(POOL).at("/properties/provisioningState").asText()).isEqualTo("Stopping");
        assertThat(lab.get(CLUSTER).at("/properties/provisioningState").asText())
                .isEqualTo("Updating");
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(POOL).at("/properties/powerState/code").asText()).isEqualTo("Stopped");
        assertThat(lab.get(POOL).at("/properties/count").asInt()).isEqualTo(1);
        assertThat(state()).isEqualTo("Succeeded Running");
        // A cluster's PUT of what was read leaves it as it is, and so does one that says otherwise.
        lab.put(CLUSTER, lab.get(CLUSTER).text().replace("Stopped", "Running"));
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(POOL).at("/properties/powerState/code").asText()).isEqualTo("Stopped");
        lab.put(POOL, json("{'properties':{'powerState':{'code':'running'}}}"));
        assertThat(lab.get(POOL).at("/properties/provisioningState").asText()).isEqualTo("Starting");

        lab.end("True", "Succeeded", "");
        Answer system =
                lab.put(CLUSTER + "/agentPools/nodepool1", json("{'properties':{'powerState':{'code':'Stopped'}}}"));
        assertThat(system.status()).isEqualTo(400);
        assertThat(system.message()).contains("'nodepool1' is a system pool", "aks stop");
        assertThat(lab.put(POOL, json("{'properties':{'powerState':{'code':'Asleep'}}}"))
                        .message())
                .contains("Running or Stopped");
    }

    @Test
    void aNodeImageUpgradeIsAnOperationOfThePoolAndItsResultThePool() {
        String pool = CLUSTER + "/agentPools/nodepool1";
        Answer begun = lab.post(pool + "/upgradeNodeImageVersion");
        assertThat(begun.status()).isEqualTo(202);
        assertThat(lab.get(pool).at("/properties/provisioningState").asText()).isEqualTo("UpgradingNodeImageVersion");
        String operation = lab.stored().at("/spec/operation/id").asText();
        assertThat(lab.stored().at("/spec/agentPoolProfiles/0/nodeImageUpgrade").asText())
                .isEqualTo(operation);
        lab.end("True", "Succeeded", "");
        Answer result = lab.follow(begun.header("location"));
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.at("/name").asText()).isEqualTo("nodepool1");
        // Every later write keeps it: nothing is made anew by a change of tags.
        lab.put(CLUSTER, json("{'tags':{'a':'b'}}"));
        assertThat(lab.stored().at("/spec/agentPoolProfiles/0/nodeImageUpgrade").asText())
                .isEqualTo(operation);
        assertThat(lab.post(CLUSTER + "/agentPools/none/upgradeNodeImageVersion")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void anOperationIsKnownToTheServerThatComesAfterTheOneThatBeganIt() {
        Answer begun = lab.post(CLUSTER + "/stop");
        lab.restart(new io.fabric8.kubernetes.client.http.Interceptor() {});
        assertThat(lab.follow(begun.header("azure-asyncoperation"))
                        .at("/status")
                        .asText())
                .isEqualTo("InProgress");
        lab.end("True", "Succeeded", "");
        lab.restart(new io.fabric8.kubernetes.client.http.Interceptor() {});
        assertThat(lab.follow(begun.header("azure-asyncoperation"))
                        .at("/status")
                        .asText())
                .isEqualTo("Succeeded");
    }

    @Test
    void everyWriteHasConditions() {
        String stale = lab.get(CLUSTER).at("/eTag").asText() + "9";
        for (String path : List.of(
                "POST " + CLUSTER + "/stop",
                "POST " + CLUSTER + "/start",
                "POST " + CLUSTER + "/agentPools/nodepool1/upgradeNodeImageVersion",
                "POST " + CLUSTER + "/abort",
                "PUT " + CLUSTER + "/agentPools/nodepool1",
                "DELETE " + CLUSTER + "/agentPools/nodepool1",
                "PATCH " + CLUSTER,
                "PUT " + CLUSTER,
                "DELETE " + CLUSTER)) {
            String method = path.substring(0, path.indexOf(' '));
            String body = method.equals("PUT") || method.equals("PATCH") ? json("{'tags':{'a':'b'}}") : null;
            String target = path.substring(path.indexOf(' ') + 1);
            for (Map<String, String> condition : List.of(Map.of("If-Match", stale), Map.of("If-None-Match", "*"))) {
                Answer answer = lab.send(method, target, Lab.GA, body, condition);
                assertThat(answer.status()).as(path + condition).isEqualTo(412);
                assertThat(answer.code()).isEqualTo("PreconditionFailed");
            }
        }
        assertThat(lab.send(
                                "POST",
                                CLUSTER + "/stop",
                                Lab.GA,
                                null,
                                Map.of("If-Match", lab.get(CLUSTER).at("/eTag").asText()))
                        .status())
                .isEqualTo(202);
    }

    private String state() {
        JsonNode properties = lab.get(CLUSTER).at("/properties");
        return properties.path("provisioningState").asText() + " "
                + properties.at("/powerState/code").asText();
    }
}
