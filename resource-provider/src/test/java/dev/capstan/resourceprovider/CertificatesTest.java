package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each form of the list does at ARM's door: the table of the Azure CLI's files (azure-cli.md, 3). */
class CertificatesTest {

    private static final String AKS_WORDS =
            "failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64 decoding";
    private static final String ONE = TestKeys.authority("one");
    private static final String TWO = TestKeys.authority("two");

    private final Lab lab = new Lab();

    @BeforeEach
    void cluster() {
        lab.withCluster();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Answer put(String... entries) {
        String list = Arrays.stream(entries).map(entry -> '"' + entry + '"').collect(Collectors.joining(","));
        return lab.put(
                CLUSTER, json("{'properties':{'securityProfile':{'customCATrustCertificates':[") + list + "]}}}");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode stored() {
        return lab.stored().at("/spec/securityProfile/customCATrustCertificates");
    }

    @Test
    void whatPemReadersReadIsTakenByteForByte() {
        for (String text : List.of(
                ONE,
                ONE.strip(),
                "\n" + ONE,
                ONE.replace("\n", "\r\n"),
                ONE + TWO,
                ONE + "\n\n" + TWO + "\n",
                "subject=CN = one\n" + ONE + "trailing words\n")) {
            assertThat(put(base64(text)).status()).as(text).isEqualTo(200);
            assertThat(stored()).hasToString("[\"" + base64(text) + "\"]");
            assertThat(lab.get(CLUSTER)
                            .at("/properties/securityProfile/customCATrustCertificates/0")
                            .asText())
                    .isEqualTo(base64(text));
            lab.end("True", "Succeeded", "");
        }
    }

    @Test
    void wrappedBase64ComesBackOnOneLine() {
        String wrapped = Base64.getMimeEncoder()
                .encodeToString(ONE.getBytes(StandardCharsets.UTF_8))
                .replace("\r\n", "\\r\\n");
        assertThat(put(wrapped).status()).isEqualTo(200);
        assertThat(stored()).hasToString("[\"" + base64(ONE) + "\"]");
    }

    @Test
    void textThatIsNoUtf8IsReplacedByTheCertificateSinceTheAzureCliCouldNotShowIt() {
        byte[] latin = ("Zertifizierungsstelle f\u00fcr alles\n" + ONE).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(put(Base64.getEncoder().encodeToString(latin)).status()).isEqualTo(200);
        String kept = new String(Base64.getDecoder().decode(stored().get(0).asText()), StandardCharsets.UTF_8);
        assertThat(kept).startsWith("-----BEGIN CERTIFICATE-----\n").doesNotContain("Zertifizierungsstelle");
    }

    @Test
    void whatTheyDoNotReadIsRefusedWithTheWordsOfAksFirst() {
        String indented = ONE.lines().map(line -> "    " + line).collect(Collectors.joining("\n"));
        Map<String, String> bad = Map.ofEntries(
                Map.entry("values", "not base64"),
                Map.entry("not base64 at all!", "not base64"),
                Map.entry(base64(ONE).substring(1), "not base64"),
                Map.entry(ONE.replace("\n", "\\n"), "PEM text, and not its base64"),
                Map.entry("", "empty"),
                Map.entry(base64("  \n"), "white space"),
                Map.entry(base64(base64(ONE)), "once more than it should be"),
                Map.entry(base64("hello"), "no -----BEGIN CERTIFICATE----- line"),
                Map.entry(base64(indented), "indented"),
                Map.entry(base64("\ufeff" + ONE), "byte order mark"),
                Map.entry(base64(ONE.substring(0, 200)), "no END line"),
                Map.entry(base64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "not an X.509"),
                Map.entry(base64(ONE.replace("CERTIFICATE", "PUBLIC KEY")), "public key alone"));
        bad.forEach((entry, reason) -> {
            Answer answer = put(base64(TWO), entry);
            assertThat(answer.status()).as(reason).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("InvalidParameter");
            assertThat(answer.at("/error/target").asText()).isEqualTo("securityProfile.customCATrustCertificates");
            assertThat(answer.message())
                    .startsWith(AKS_WORDS)
                    .contains("entry 1")
                    .contains(reason)
                    .doesNotContain("entry 0");
        });
        assertThat(stored().isMissingNode()).isTrue();
    }

    @Test
    void everyBadEntryIsNamedAtOnce() {
        Answer answer = put(base64("hello"), base64(ONE), "values", base64(TestKeys.leaf("server")));
        assertThat(answer.message())
                .startsWith(AKS_WORDS)
                .contains("entry 0", "entry 2", "entry 3")
                .doesNotContain("entry 1 ");
        assertThat(answer.at("/error/details").findValuesAsText("target"))
                .containsExactly(
                        "securityProfile.customCATrustCertificates[0]",
                        "securityProfile.customCATrustCertificates[2]",
                        "securityProfile.customCATrustCertificates[3]");
        assertThat(answer.at("/error/details").findValuesAsText("code"))
                .containsExactly("no-certificate", "not-base64", "not-a-ca");
    }

    @Test
    void aCertificateThatIsNoCaIsRefusedInOurOwnWords() {
        Answer answer = put(base64(TestKeys.leaf("server")));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).doesNotContain(AKS_WORDS).contains("not that of a CA", "CN=server");
    }

    @Test
    void aPrivateKeyIsRefusedAndIsNowhereAfterwards() {
        String key = TestKeys.privateKey();
        String line = key.lines().toList().get(1);
        for (String entry : List.of(base64(key), base64(ONE + key), base64(base64(key)), key.replace("\n", "\\n"))) {
            Answer answer = put(entry);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message()).contains("private key");
            assertThat(answer.text()).doesNotContain(line, base64(key).substring(0, 40));
        }
        Answer broken = lab.put(CLUSTER, "{\"properties\": " + line);
        assertThat(broken.code()).isEqualTo("InvalidRequestContent");
        assertThat(broken.text()).doesNotContain(line);
        assertThat(lab.stored().toString()).doesNotContain(line);
    }

    @Test
    void tenDifferentCertificatesAreTakenAndElevenAreNot() {
        List<String> ten = IntStream.range(0, 10)
                .mapToObj(i -> TestKeys.authority("n" + i))
                .toList();
        assertThat(put(ten.stream().map(CertificatesTest::base64).toArray(String[]::new))
                        .status())
                .isEqualTo(200);
        lab.end("True", "Succeeded", "");
        // The same certificate twice is one.
        assertThat(put(base64(String.join("", ten) + ten.getFirst())).status()).isEqualTo(200);
        lab.end("True", "Succeeded", "");
        assertThat(put(base64(String.join("", ten) + ONE)).message()).contains("11 different certificates", "up to 10");
        String[] eleven = new String[11];
        Arrays.fill(eleven, base64(ONE));
        assertThat(put(eleven).message()).contains("11 entries", "up to 10");
    }

    @Test
    void whatIsNoListOfTextsIsRefused() {
        for (String list : List.of("'x'", "[1]", "[null]", "{}", "[['x']]", "true")) {
            Answer answer = lab.put(
                    CLUSTER, json("{'properties':{'securityProfile':{'customCATrustCertificates':" + list + "}}}"));
            assertThat(answer.status()).as(list).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("InvalidParameter");
        }
    }
}
