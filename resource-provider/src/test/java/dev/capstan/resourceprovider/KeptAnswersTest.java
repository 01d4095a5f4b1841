package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.CLUSTERS;
import static dev.capstan.resourceprovider.Lab.GROUP;
import static dev.capstan.resourceprovider.Lab.SUB;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resources.ObjectNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept between requests is never older than what was acknowledged, whoever wrote it, and ends with what it speaks of. */
class KeptAnswersTest {

    private static final String LIST = SUB + CLUSTERS;

    /** One that reads through the API, or one that reads the embedded one's memory. */
    private static Lab lab(boolean readsMemory) {
        return readsMemory ? Lab.readingMemory() : new Lab();
    }

    private static JsonNode listed(Lab lab) {
        return lab.get(LIST).at("/value/0");
    }

    private static void bothSay(Lab lab, String pointer, String wanted) {
        for (int twice = 0; twice < 2; twice++) {
            assertThat(lab.get(CLUSTER).at(pointer).asText()).as(pointer).isEqualTo(wanted);
            assertThat(listed(lab).at(pointer).asText()).as("list: " + pointer).isEqualTo(wanted);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyAcknowledgedWriteIsInTheNextRead(boolean readsMemory) {
        try (var lab = lab(readsMemory)) {
            lab.withCluster();
            bothSay(lab, "/properties/provisioningState", "Succeeded");

            lab.send("PATCH", CLUSTER, Lab.GA, json("{'tags':{'a':'1'}}"), Map.of());
            bothSay(lab, "/tags/a", "1");
            bothSay(lab, "/properties/provisioningState", "Updating");
            lab.end("True", "Succeeded", "done");
            bothSay(lab, "/properties/provisioningState", "Succeeded");

            lab.put(CLUSTER + "/agentPools/nodepool1", json("{'properties':{'count':3}}"));
            bothSay(lab, "/properties/agentPoolProfiles/0/count", "3");
            lab.end("True", "Succeeded", "done");

            // By somebody who does not come this way.
            ObjectNode object = lab.only("managedclusters");
            object.withObject("/spec/arm/tags").put("a", "by kubectl");
            lab.management().update(object, false);
            bothSay(lab, "/tags/a", "by kubectl");

            lab.end("True", "Succeeded", "done");
            lab.delete(CLUSTER);
            bothSay(lab, "/properties/provisioningState", "Deleting");
            lab.end("True", "Deleted", "gone");
            assertThat(lab.get(CLUSTER).status()).isEqualTo(404);
            assertThat(lab.get(LIST).at("/value")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPoolsOwnObjectIsPartOfWhatIsShown(boolean readsMemory) {
        try (var lab = lab(readsMemory)) {
            lab.withCluster();
            bothSay(lab, "/properties/agentPoolProfiles/0/provisioningState", "Succeeded");
            ObjectNode cluster = lab.only("managedclusters");
            String id = CLUSTER + "/agentPools/nodepool1";
            String name = ObjectNames.ofArmId(id);
            ObjectNode pool = Lab.JSON
                    .createObjectNode()
                    .put("apiVersion", "capstan.dev/v1")
                    .put("kind", "AgentPool");
            pool.putObject("metadata").put("name", name);
            pool.putObject("spec")
                    .put("cluster", cluster.at("/metadata/name").asText())
                    .put("name", "nodepool1")
                    .put("location", "local")
                    .put("count", 2)
                    .put("clusterGeneration", cluster.at("/metadata/generation").asLong());
            lab.management().create(pool);
            lab.end(lab.only("agentpools"), "False", "MachineFailed", "no room");
            bothSay(lab, "/properties/agentPoolProfiles/0/provisioningState", "Failed");
            lab.end(lab.only("agentpools"), "True", "Succeeded", "done");
            bothSay(lab, "/properties/agentPoolProfiles/0/provisioningState", "Succeeded");
            lab.management().delete(lab.only("agentpools"));
            bothSay(lab, "/properties/agentPoolProfiles/0/provisioningState", "Succeeded");
        }
    }

    @Test
    void anApiVersionAndACallerGetTheirOwn() {
        try (var lab = new Lab()) {
            lab.withCluster();
            lab.put(SUB + "/resourcegroups/other", json("{'location':'local'}"));
            assertThat(lab.get(CLUSTER, Lab.PREVIEW)
                            .at("/properties/agentPoolProfiles/0")
                            .has("enableCustomCATrust"))
                    .isTrue();
            assertThat(lab.get(CLUSTER).at("/properties/agentPoolProfiles/0").has("enableCustomCATrust"))
                    .isFalse();
            String reader = lab.tokenOf(lab.principal("Reader", GROUP));
            String stranger = lab.tokenOf(lab.principal("Reader", SUB + "/resourcegroups/other"));
            for (int twice = 0; twice < 2; twice++) {
                assertThat(lab.get(LIST).at("/value")).hasSize(1);
                assertThat(lab.as(reader, "GET", LIST, null).at("/value")).hasSize(1);
                assertThat(lab.as(stranger, "GET", LIST, null).at("/value")).isEmpty();
                assertThat(lab.get(LIST + "?$top=1").at("/value")).hasSize(1);
            }
        }
    }

    @Test
    void whileOneWritesNobodyReadsWhatIsOlderThanAnAcknowledgedWrite() throws Exception {
        try (var lab = Lab.readingMemory()) {
            lab.withCluster();
            var acknowledged = new AtomicInteger();
            Queue<String> stale = new ConcurrentLinkedQueue<>();
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String path = i % 2 == 0 ? CLUSTER : LIST;
                readers.add(Thread.ofVirtual().start(() -> {
                    while (acknowledged.get() < 100) {
                        int floor = acknowledged.get();
                        JsonNode body = lab.get(path).body();
                        JsonNode tags = (body.has("value") ? body.at("/value/0") : body).path("tags");
                        if (tags.path("n").asInt() < floor) {
                            stale.add(path + " showed " + tags + " after " + floor);
                        }
                    }
                }));
            }
            for (int n = 1; n <= 100; n++) {
                String body = json("{'tags':{'n':'" + n + "'}}");
                assertThat(lab.send("PATCH", CLUSTER, Lab.GA, body, Map.of()).status())
                        .isEqualTo(200);
                acknowledged.set(n);
                lab.end("True", "Succeeded", "done");
            }
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(stale).isEmpty();
        }
    }

    @Test
    void aTokenThatWasGoodEndsWithItsTimeAndWithItsPrincipal() {
        try (var lab = Lab.readingMemory()) {
            var made = lab.principal("Reader", SUB);
            String token = lab.tokenOf(made);
            assertThat(lab.as(token, "GET", LIST, null).status()).isEqualTo(200);
            assertThat(lab.as(token, "GET", LIST, null).status()).isEqualTo(200);
            lab.pass(Duration.ofMinutes(61));
            assertThat(lab.as(token, "GET", LIST, null).status()).isEqualTo(401);
            String other = lab.tokenOf(made);
            assertThat(lab.as(other, "GET", LIST, null).status()).isEqualTo(200);
            lab.delete(Lab.PRINCIPALS + "/" + made.at("/name").asText());
            assertThat(lab.as(other, "GET", LIST, null).status()).isEqualTo(401);
        }
    }
}
