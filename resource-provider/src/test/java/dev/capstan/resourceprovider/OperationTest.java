package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.POOL;
import static dev.capstan.resourceprovider.Lab.SUB;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperationTest {

    private final Lab lab = new Lab();

    @BeforeEach
    void cluster() {
        lab.withCluster();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Answer poll(Answer begun) {
        return lab.follow(begun.header("azure-asyncoperation"));
    }

    private String state() {
        return lab.get(CLUSTER).at("/properties/provisioningState").asText();
    }

    @Test
    void aClustersOperationsAreListedAndFoundUnderItAndItsPools() {
        Answer first = lab.put(CLUSTER, "{}");
        lab.end("True", "Succeeded", "");
        lab.put(CLUSTER, "{\"tags\":{\"a\":\"b\"}}");
        Answer listed = lab.get(CLUSTER + "/operations");
        assertThat(listed.status()).isEqualTo(200);
        String newest = lab.stored().at("/spec/operation/id").asText();
        assertThat(listed.at("/value/0/name").asText()).isEqualTo(newest);
        assertThat(listed.at("/value/0/status").asText()).isEqualTo("InProgress");
        assertThat(lab.get(CLUSTER + "/operations/" + newest).at("/status").asText())
                .isEqualTo("InProgress");
        assertThat(lab.get(CLUSTER + "/agentPools/nodepool1/operations/" + newest)
                        .at("/name")
                        .asText())
                .isEqualTo(newest);
        assertThat(lab.get(CLUSTER + "/agentPools/none/operations/" + newest).status())
                .isEqualTo(404);
        assertThat(lab.get(CLUSTER + "/operations/" + first.header("x-ms-request-id"))
                        .code())
                .isEqualTo("OperationNotFound");
    }

    @Test
    void anOperationRunsUntilTheControllerHasAnsweredThePresentSpec() {
        Answer begun = lab.put(CLUSTER, "{}");
        Answer running = poll(begun);
        assertThat(running.status()).isEqualTo(200);
        assertThat(running.at("/status").asText()).isEqualTo("InProgress");
        assertThat(running.at("/startTime").asText()).isEqualTo("2026-11-22T03:00:00Z");
        assertThat(running.at("/name").asText())
                .isEqualTo(lab.stored().at("/spec/operation/id").asText());
        assertThat(running.header("retry-after")).isEqualTo("1");
        assertThat(running.header("x-ms-retry-after-ms")).isEqualTo("300");
        lab.end("Unknown", "Updating", "1 of 2 nodes");
        assertThat(poll(begun).at("/properties/message").asText()).isEqualTo("1 of 2 nodes");
        assertThat(state()).isEqualTo("Updating");
        lab.end("True", "Succeeded", "");
        Answer ended = poll(begun);
        assertThat(ended.at("/status").asText()).isEqualTo("Succeeded");
        assertThat(ended.at("/endTime").asText()).isEqualTo("2026-11-22T03:00:09Z");
        assertThat(ended.at("/percentComplete").asInt()).isEqualTo(100);
        assertThat(ended.header("retry-after")).isEmpty();
        assertThat(state()).isEqualTo("Succeeded");
    }

    @Test
    void aFailureSaysWhatFailedAndTheNextOperationMayBegin() {
        Answer begun = lab.put(CLUSTER, "{}");
        lab.end("False", "DrainTimedOut", "pod a/b did not go");
        Answer ended = poll(begun);
        assertThat(ended.at("/status").asText()).isEqualTo("Failed");
        assertThat(ended.at("/error/code").asText()).isEqualTo("DrainTimedOut");
        assertThat(ended.at("/error/message").asText()).isEqualTo("pod a/b did not go");
        assertThat(state()).isEqualTo("Failed");
        assertThat(lab.put(CLUSTER, "{}").status()).isEqualTo(200);
        // The one that failed is still told, though another runs.
        assertThat(poll(begun).at("/status").asText()).isEqualTo("Failed");
    }

    @Test
    void anAbortIsAnOperationOfItsOwnAndEndsTheOther() {
        Answer begun = lab.put(CLUSTER, "{}");
        Answer abort = lab.post(CLUSTER + "/abort");
        assertThat(abort.status()).isEqualTo(202);
        assertThat(abort.header("location")).contains("/operationresults/");
        assertThat(state()).isEqualTo("Canceling");
        assertThat(poll(abort).at("/status").asText()).isEqualTo("InProgress");
        assertThat(lab.follow(abort.header("location")).status()).isEqualTo(202);
        Answer again = lab.post(CLUSTER + "/abort");
        assertThat(again.header("azure-asyncoperation")).isEqualTo(abort.header("azure-asyncoperation"));
        lab.end("False", "Canceled", "stopped");
        assertThat(poll(abort).at("/status").asText()).isEqualTo("Succeeded");
        assertThat(lab.follow(abort.header("location")).status()).isEqualTo(204);
        assertThat(poll(begun).at("/status").asText()).isEqualTo("Canceled");
        assertThat(state()).isEqualTo("Canceled");
        assertThat(lab.post(CLUSTER + "/abort").status()).isEqualTo(409);
    }

    @Test
    void aPoolsAbortIsForItsOwnOperationAndADeletionIsNotAborted() {
        lab.put(POOL, json("{'properties':{'count':1}}"));
        assertThat(lab.post(CLUSTER + "/agentPools/nodepool1/abort").code()).isEqualTo("OperationNotAllowed");
        assertThat(lab.post(POOL + "/abort").status()).isEqualTo(202);
        lab.end("False", "Canceled", "");
        lab.delete(CLUSTER);
        assertThat(lab.post(CLUSTER + "/abort").message()).contains("a deletion cannot be aborted");
        assertThat(lab.stored().at("/spec/operation").has("abort")).isFalse();
    }

    @Test
    void aPoolsDeletionIsNotAbortedEither() {
        lab.put(POOL, json("{'properties':{'count':1}}"));
        lab.end("True", "Succeeded", "");
        assertThat(lab.delete(POOL).status()).isEqualTo(202);

        for (var abort : List.of(lab.post(POOL + "/abort"), lab.post(CLUSTER + "/abort"))) {
            assertThat(abort.status()).isEqualTo(409);
            assertThat(abort.code()).isEqualTo("OperationNotAllowed");
            assertThat(abort.message()).contains("is being deleted, and a deletion cannot be aborted");
        }
        assertThat(lab.stored().at("/spec/operation").has("abort")).isFalse();
        assertThat(lab.put(CLUSTER, "{}").message())
                .contains("Please wait for it to finish")
                .doesNotContain("abort");
    }

    @Test
    void anOperationThatRunsSaysHowToEndItInTheWordsOfEveryCommand() {
        lab.put(CLUSTER, "{}");

        assertThat(lab.put(CLUSTER, "{}").message())
                .contains("or abort it with 'aks operation-abort'")
                .doesNotContain("az aks");
    }

    @Test
    void progressIsToldPoolByPool() {
        Answer begun = lab.put(CLUSTER, "{}");
        ObjectNode pool =
                Lab.JSON.createObjectNode().put("apiVersion", "capstan.dev/v1").put("kind", "AgentPool");
        pool.putObject("metadata").put("name", "p");
        pool.putObject("spec")
                .put("cluster", lab.stored().at("/metadata/name").asText())
                .put("name", "nodepool1")
                .put("location", "local")
                .put("count", 2);
        ObjectNode made = lab.management().create(pool).deepCopy();
        ObjectNode status = made.withObject("/status");
        status.putArray("machines").addObject().put("name", "m").put("phase", "Running");
        status.putObject("modelUpdate")
                .put("started", "2026-11-22T03:00:01Z")
                .put("machines", 2)
                .put("made", 2)
                .put("loaded", 1)
                .put("drained", 1)
                .put("deleted", 1);
        lab.end(made, "Unknown", "Updating", "draining m");
        JsonNode properties = poll(begun).body();
        assertThat(properties.at("/percentComplete").asInt()).isEqualTo(50);
        assertThat(properties.at("/properties/agentPools/0/name").asText()).isEqualTo("nodepool1");
        assertThat(properties.at("/properties/agentPools/0/message").asText()).isEqualTo("draining m");
        assertThat(properties.at("/properties/agentPools/0/modelUpdate/loaded").asInt())
                .isEqualTo(1);
    }

    @Test
    void aResultIsTheResourceNothingOrTheFailure() {
        String path = SUB + "/providers/Microsoft.ContainerService/locations/westeurope/operationresults/";
        lab.put(CLUSTER, "{}");
        String id = lab.stored().at("/spec/operation/id").asText();
        assertThat(lab.get(path + id).status()).isEqualTo(202);
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(path + id).at("/name").asText()).isEqualTo("c1");
        lab.put(POOL, "{}");
        String pool = lab.stored().at("/spec/operation/id").asText();
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(path + pool).at("/name").asText()).isEqualTo("np2");
        lab.delete(POOL);
        String failed = lab.stored().at("/spec/operation/id").asText();
        lab.end("False", "MachinesFailed", "no machine");
        assertThat(lab.get(path + failed).status()).isEqualTo(409);
        assertThat(lab.get(path + failed).message()).isEqualTo("no machine");
    }

    @Test
    void anOperationThatNobodyKnowsIsNotFound() {
        for (String kind : List.of("operations", "operationresults")) {
            Answer answer =
                    lab.get(SUB + "/providers/Microsoft.ContainerService/locations/x/" + kind + "/" + Lab.TENANT);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("OperationNotFound");
        }
    }
}
