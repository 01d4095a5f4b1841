package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.GROUP;
import static dev.capstan.resourceprovider.Lab.POOL;
import static dev.capstan.resourceprovider.Lab.PREVIEW;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What custom certificate authorities mean at this door, beside what a certificate has to look like. */
class CustomCaTest {

    private static final String ONE = base64(TestKeys.authority("one"));

    private final Lab lab = new Lab();

    @BeforeEach
    void group() {
        lab.put(GROUP, json("{'location':'westeurope'}"));
        lab.withFeature();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void tenDifferentCertificatesAreTakenHoweverTheyAreSpreadAndTheEleventhIsNot() {
        lab.withCluster();
        String ten = IntStream.range(0, 10)
                .mapToObj(i -> TestKeys.authority("ca" + i))
                .collect(Collectors.joining());
        assertThat(put(base64(ten), base64(ten)).status()).isEqualTo(200);
        lab.end("True", "Succeeded", "");
        Answer eleven = put(base64(ten), ONE);
        assertThat(eleven.status()).isEqualTo(400);
        assertThat(eleven.message()).contains("there are 11 different certificates", "takes 10");
    }

    @Test
    void flagAndListTogetherBothHold() {
        Answer made = lab.put(
                CLUSTER,
                PREVIEW,
                json("{'properties':{'agentPoolProfiles':[{'name':'nodepool1','count':1,'enableCustomCATrust':true}],"
                        + "'securityProfile':{'customCATrustCertificates':['" + ONE + "']}}}"));
        assertThat(made.status()).isEqualTo(201);
        assertThat(lab.stored()
                        .at("/spec/agentPoolProfiles/0/enableCustomCATrust")
                        .asBoolean())
                .isTrue();
        assertThat(lab.stored().at("/spec/securityProfile/customCATrustCertificates"))
                .hasSize(1);
    }

    @Test
    void theFlagOfAnExistingPoolIsOneWriteAndNoOtherPoolNeedsIt() {
        lab.withCluster();
        Answer enabled = lab.put(
                CLUSTER + "/agentPools/nodepool1", PREVIEW, json("{'properties':{'enableCustomCATrust':true}}"));
        assertThat(enabled.status()).isEqualTo(200);
        assertThat(enabled.at("/properties/enableCustomCATrust").asBoolean()).isTrue();
        assertThat(enabled.header("azure-asyncoperation")).isNotEmpty();
        assertThat(lab.stored()
                        .at("/spec/agentPoolProfiles/0/enableCustomCATrust")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aListOfAPoolIsRefused() {
        lab.withCluster();
        Answer refused =
                lab.put(POOL, json("{'properties':{'securityProfile':{'customCATrustCertificates':['" + ONE + "']}}}"));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("different CAs in the same cluster isn't supported");
    }

    @Test
    void aWindowsPoolIsLeftAloneByTheListAndRefusesTheFlag() {
        String pools = "'agentPoolProfiles':[{'name':'np','count':1},{'name':'win','count':1,'osType':'windows','mode':"
                + "'User'";
        Answer flagged = lab.put(
                CLUSTER,
                PREVIEW,
                json("{'location':'annex','properties':{" + pools + ",'enableCustomCATrust':true}]}}"));
        assertThat(flagged.status()).isEqualTo(400);
        assertThat(flagged.message()).contains("can only be set for Linux agent pools");
        Answer system = lab.put(
                CLUSTER,
                json("{'location':'annex','properties':{'agentPoolProfiles':[{'name':'win','osType':'Windows',"
                        + "'count':1}]}}"));
        assertThat(system.message()).contains("a system agent pool is Linux");
        Answer listed = lab.put(
                CLUSTER,
                json("{'location':'annex','properties':{" + pools
                        + "}],'securityProfile':{'customCATrustCertificates':['" + ONE + "']}}}"));
        assertThat(listed.status()).as(listed.text()).isEqualTo(201);
        lab.end("True", "Succeeded", "");
        assertThat(lab.get(CLUSTER).at("/properties/agentPoolProfiles/1/osType").asText())
                .isEqualTo("Windows");
        Answer later =
                lab.put(CLUSTER + "/agentPools/win", PREVIEW, json("{'properties':{'enableCustomCATrust':true}}"));
        assertThat(later.message()).contains("can only be set for Linux agent pools");
        assertThat(lab.put(CLUSTER + "/agentPools/win", json("{'properties':{'osType':'Linux'}}"))
                        .code())
                .isEqualTo("PropertyChangeNotAllowed");
    }

    @Test
    void whereThereAreNoWindowsMachinesAWindowsPoolIsRefusedForThat() {
        Answer refused = lab.put(
                CLUSTER,
                json(
                        "{'location':'westeurope','properties':{'agentPoolProfiles':[{'name':'np','count':1},{'name':'win',"
                                + "'count':1,'osType':'Windows','mode':'User'}]}}"));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message())
                .contains("location 'local' has no Windows machines; agent pools there are Linux.");
    }

    @Test
    void theAuditLogHasTheFingerprintBeforeAndAfterEachWriteOfTheCluster() {
        lab.withCluster();
        put(ONE);
        lab.end("True", "Succeeded", "");
        lab.send("PATCH", CLUSTER, Lab.GA, json("{'tags':{'a':'b'}}"), Map.of());
        lab.end("True", "Succeeded", "");
        put("nonsense");
        lab.delete(CLUSTER);
        List<JsonNode> records = lab.audited().stream()
                .filter(record -> record.path("resource").asText().endsWith("/c1"))
                .toList();
        String fingerprint = CertificateSet.of(new CertificateReader(() -> Lab.START)
                        .readList(List.of(ONE), "list")
                        .set()
                        .certificates())
                .fingerprint()
                .value();
        assertThat(records.stream()
                        .map(record -> record.path("method").asText() + " "
                                + record.path("status").asText() + " "
                                + record.path("before").asText("-") + " "
                                + record.path("after").asText("-")))
                .containsExactly(
                        "PUT 201  ",
                        "PUT 200  " + fingerprint,
                        "PATCH 200 " + fingerprint + " " + fingerprint,
                        "PUT 400 - -",
                        "DELETE 202 " + fingerprint + " ");
    }

    private Answer put(String... entries) {
        return lab.put(
                CLUSTER,
                json("{'properties':{'securityProfile':{'customCATrustCertificates':['" + String.join("','", entries)
                        + "']}}}"));
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
