package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.CLUSTERS;
import static dev.capstan.resourceprovider.Lab.GROUP;
import static dev.capstan.resourceprovider.Lab.PREVIEW;
import static dev.capstan.resourceprovider.Lab.SUB;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resources.ObjectNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists in pages, and what is listed of a pool. */
class ListsTest {

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void pagesLeadFromOneToTheNextAndWhatIsDeletedMeanwhileMakesNoneComeTwiceOrBeLeftOut() {
        for (int i = 0; i < 7; i++) {
            lab.put(SUB + "/resourcegroups/g" + i, json("{'location':'westeurope'}"));
        }
        List<String> seen = new ArrayList<>();
        Answer page = lab.get(SUB + "/resourcegroups?$top=3");
        seen.addAll(page.at("/value").findValuesAsText("name"));
        assertThat(seen).hasSize(3);
        // The last one of the page goes before the next is asked for.
        lab.delete(SUB + "/resourcegroups/" + seen.getLast());
        lab.management().list("resourcegroups.capstan.dev", null).stream()
                .filter(group -> group.at("/spec/name").asText().equals(seen.getLast()))
                .forEach(group -> lab.end(group.deepCopy(), "True", "Deleted", ""));
        while (page.body().has("nextLink")) {
            page = lab.follow(page.at("/nextLink").asText());
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.at("/value").size()).isBetween(1, 3);
            seen.addAll(page.at("/value").findValuesAsText("name"));
        }
        assertThat(seen).containsExactly("g0", "g1", "g2", "g3", "g4", "g5", "g6");
        assertThat(lab.get(SUB + "/resourcegroups?$top=0").status()).isEqualTo(400);
        assertThat(lab.get(SUB + "/resourcegroups?$skipToken=***").status()).isEqualTo(400);
    }

    @Test
    void aListLongerThanAPageIsFollowedToItsEnd() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        for (int i = 0; i < 101; i++) {
            lab.management().create(cluster("c%03d".formatted(i)));
        }
        List<String> names = new ArrayList<>();
        Answer page = lab.get(SUB + CLUSTERS);
        assertThat(page.at("/value")).hasSize(100);
        names.addAll(page.at("/value").findValuesAsText("name"));
        page = lab.follow(page.at("/nextLink").asText());
        names.addAll(page.at("/value").findValuesAsText("name"));
        assertThat(page.body().has("nextLink")).isFalse();
        assertThat(names.stream().filter(name -> name.matches("c[0-9]{3}")))
                .hasSize(101)
                .doesNotHaveDuplicates();
    }

    @Test
    void machinesOfAPoolAreListedWithTheAddressesOfTheirNodes() {
        lab.withCluster();
        ObjectNode pool =
                Lab.JSON.createObjectNode().put("apiVersion", "capstan.dev/v1").put("kind", "AgentPool");
        String id = lab.get(CLUSTER).at("/id").asText();
        pool.withObject("/metadata").put("name", ObjectNames.ofArmId(ObjectNames.poolArmId(id, "nodepool1")));
        pool.withObject("/spec")
                .put("cluster", lab.stored().at("/metadata/name").asText())
                .put("name", "nodepool1")
                .put("location", "local")
                .put("count", 2);
        lab.management().create(pool);
        pool = lab.only("agentpools");
        pool.withObject("/status").put("observedGeneration", 1).put("latestNodeImage", "local-debian-12-2");
        var machines = pool.withObject("/status").putArray("machines");
        machines.addObject().put("name", "m-0").put("phase", "Running").put("nodeImage", "local-debian-12-1");
        machines.addObject().put("name", "m-1").put("phase", "Making").put("nodeImage", "local-debian-12-2");
        lab.management().update(pool, true);
        lab.ofCluster()
                .create(Lab.JSON.valueToTree(Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Node",
                        "metadata",
                        Map.of("name", "m-0"),
                        "status",
                        Map.of("addresses", List.of(Map.of("type", "InternalIP", "address", "10.1.2.3"))))));
        String list = CLUSTER + "/agentPools/nodepool1/machines";
        assertThat(lab.get(list).at("/value").findValuesAsText("name")).containsExactly("m-0", "m-1");
        Answer one = lab.get(list + "/M-0");
        assertThat(one.at("/type").asText())
                .isEqualTo("Microsoft.ContainerService/managedClusters/agentPools/machines");
        assertThat(one.at("/properties/network/ipAddresses/0/ip").asText()).isEqualTo("10.1.2.3");
        assertThat(one.at("/properties").has("provisioningState")).isFalse();
        assertThat(lab.get(list + "/m-1", PREVIEW)
                        .at("/properties/provisioningState")
                        .asText())
                .isEqualTo("Creating");
        assertThat(lab.get(list + "/m-9").code()).isEqualTo("ResourceNotFound");

        assertThat(lab.get(CLUSTER + "/agentPools/nodepool1")
                        .at("/properties/nodeImageVersion")
                        .asText())
                .isEqualTo("local-debian-12-1");
        assertThat(lab.get(CLUSTER + "/agentPools/nodepool1/upgradeProfiles/default")
                        .at("/properties/latestNodeImageVersion")
                        .asText())
                .isEqualTo("local-debian-12-2");
    }

    @Test
    void whatCanBeDoneIsListed() {
        assertThat(lab.get("/providers/Microsoft.ContainerService/operations")
                        .at("/value")
                        .findValuesAsText("name"))
                .contains(
                        "Microsoft.ContainerService/managedClusters/write",
                        "Microsoft.ContainerService/managedClusters/stop/action");
        lab.withCluster();
        assertThat(lab.get(CLUSTER + "/availableAgentPoolVersions")
                        .at("/properties/agentPoolVersions/0/default")
                        .asBoolean())
                .isTrue();
    }

    private static ObjectNode cluster(String name) {
        String id = SUB + "/resourceGroups/rg" + CLUSTERS + "/" + name;
        ObjectNode cluster =
                Lab.JSON.createObjectNode().put("apiVersion", "capstan.dev/v1").put("kind", "ManagedCluster");
        cluster.withObject("/metadata").put("name", ObjectNames.ofArmId(id));
        ObjectNode spec = cluster.withObject("/spec")
                .put("id", id)
                .put("resourceGroup", "rg")
                .put("name", name)
                .put("location", "local");
        spec.putArray("agentPoolProfiles").addObject().put("name", "p").put("count", 1);
        return cluster;
    }
}
