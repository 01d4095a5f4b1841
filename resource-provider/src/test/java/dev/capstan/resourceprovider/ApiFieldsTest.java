package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.GROUP;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every api-version answers with the properties that it has, and takes no others. */
class ApiFieldsTest {

    /** Properties of clusters and pools, by a version, and whether AKS's of that version has them. */
    private static final Map<String, String> FACTS = Map.of(
            "2022-04-02-preview", "flag",
            "2022-08-03-preview", "flag",
            "2022-09-02-preview", "flag list",
            "2024-07-02-preview", "flag list drain soak undrainable",
            "2025-02-02-preview", "flag list drain soak undrainable unavailable blocked",
            "2025-08-02-preview", "flag list drain soak undrainable unavailable blocked",
            "2025-09-02-preview", "list drain soak undrainable unavailable blocked disruption",
            "2025-01-01", "list drain soak",
            "2025-03-01", "list drain soak undrainable unavailable",
            "2026-06-01", "list drain soak undrainable unavailable");

    private static final Map<String, String> PLACES = Map.of(
            "flag", "/agentPoolProfiles/0/enableCustomCATrust",
            "list", "/securityProfile/customCATrustCertificates",
            "drain", "/agentPoolProfiles/0/upgradeSettings/drainTimeoutInMinutes",
            "soak", "/agentPoolProfiles/0/upgradeSettings/nodeSoakDurationInMinutes",
            "undrainable", "/agentPoolProfiles/0/upgradeSettings/undrainableNodeBehavior",
            "unavailable", "/agentPoolProfiles/0/upgradeSettings/maxUnavailable",
            "blocked", "/agentPoolProfiles/0/upgradeSettings/maxBlockedNodes",
            "disruption", "/nodeDisruptionProfile");

    private static final String ONE = list("one");

    private final Lab lab = new Lab();

    @BeforeEach
    void cluster() {
        lab.withFeature();
        lab.put(GROUP, json("{'location':'westeurope'}"));
        lab.put(
                CLUSTER,
                "2025-08-02-preview",
                json("{'properties':{'agentPoolProfiles':[{'name':'nodepool1','count':1,'enableCustomCATrust':true,"
                        + "'upgradeSettings':{'maxSurge':'1','maxUnavailable':'1','drainTimeoutInMinutes':9,"
                        + "'nodeSoakDurationInMinutes':1,'undrainableNodeBehavior':'Cordon','maxBlockedNodes':'2'}}],"
                        + "'securityProfile':{'customCATrustCertificates':['" + ONE + "']}}}"));
        lab.end("True", "Succeeded", "");
        lab.put(
                CLUSTER,
                "2026-01-02-preview",
                json("{'properties':{'nodeDisruptionProfile':{'nodeDisruptionPolicy':'Allow'}}}"));
        lab.end("True", "Succeeded", "");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void everyVersionShowsWhatItHas() {
        FACTS.forEach((version, there) -> {
            JsonNode properties = lab.get(CLUSTER, version).at("/properties");
            PLACES.forEach((word, place) -> assertThat(properties.at(place).isMissingNode())
                    .as("%s lacks %s", version, word)
                    .isEqualTo(!java.util.List.of(there.split(" ")).contains(word)));
            assertThat(properties
                            .at("/agentPoolProfiles/0/upgradeSettings/maxSurge")
                            .asText())
                    .isEqualTo("1");
        });
    }

    @Test
    void whatAClientOfAnotherVersionDoesNotSeeItDoesNotChangeEither() {
        JsonNode before = lab.get(CLUSTER, "2025-08-02-preview").at("/properties");
        for (String version : FACTS.keySet()) {
            assertThat(lab.put(CLUSTER, version, lab.get(CLUSTER, version).text())
                            .status())
                    .as(version)
                    .isEqualTo(200);
            lab.end("True", "Succeeded", "");
        }
        assertThat(lab.get(CLUSTER, "2025-08-02-preview").at("/properties")).isEqualTo(before);
    }

    @Test
    void whatAVersionDoesNotHaveCountsAsAbsentInABodyOfIt() {
        lab.put(
                CLUSTER,
                "2025-01-01",
                json("{'properties':{'nodeDisruptionProfile':{'nodeDisruptionPolicy':'Block'},'agentPoolProfiles':"
                        + "[{'name':'nodepool1','upgradeSettings':{'maxUnavailable':'7','maxSurge':'3'}}]}}"));
        lab.end("True", "Succeeded", "");
        JsonNode properties = lab.get(CLUSTER, "2025-09-02-preview").at("/properties");
        assertThat(properties.at(PLACES.get("unavailable")).asText()).isEqualTo("1");
        assertThat(properties
                        .at("/agentPoolProfiles/0/upgradeSettings/maxSurge")
                        .asText())
                .isEqualTo("3");
        assertThat(properties.at("/nodeDisruptionProfile/nodeDisruptionPolicy").asText())
                .isEqualTo("Allow");
    }

    @Test
    void aChangeOfAListOrAFlagThatTheVersionDoesNotHaveIsRefusedWithTheVersionThatHasIt() {
        Answer flag = lab.put(CLUSTER + "/agentPools/nodepool1", json("{'properties':{'enableCustomCATrust':false}}"));
        assertThat(flag.status()).isEqualTo(400);
        assertThat(flag.message())
                .contains(
                        "2022-04-02-preview to 2025-08-02-preview",
                        "this request is of 2025-03-01",
                        "api-version=2025-08-02-preview");
        Answer list = lab.put(
                CLUSTER,
                "2022-04-02-preview",
                json("{'properties':{'securityProfile':{'customCATrustCertificates':['" + list("two") + "']}}}"));
        assertThat(list.status()).isEqualTo(400);
        assertThat(list.message()).contains("2022-09-02-preview", "2025-01-01");
        assertThat(lab.put(
                                CLUSTER,
                                "2022-04-02-preview",
                                json("{'properties':{'securityProfile':{'customCATrustCertificates':['" + ONE
                                        + "']}}}"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void machinesAreServedFromTheVersionThatHasThem() {
        String machines = CLUSTER + "/agentPools/nodepool1/machines";
        assertThat(lab.get(machines, "2022-09-02-preview").status()).isEqualTo(404);
        assertThat(lab.get(machines, "2022-09-02-preview").message()).contains("2023-07-02-preview", "2025-01-01");
        assertThat(lab.get(machines, "2023-07-02-preview").at("/value")).isEmpty();
        assertThat(lab.get(machines, "2025-01-01").status()).isEqualTo(200);
    }

    private static String list(String name) {
        return Base64.getEncoder().encodeToString(TestKeys.authority(name).getBytes(StandardCharsets.US_ASCII));
    }
}
