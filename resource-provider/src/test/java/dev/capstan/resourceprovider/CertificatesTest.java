package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    void whatPemReadersReadIsTakenAndEachCertificateStoredOnceInOneForm() {
        Map<String, List<String>> taken = Map.of(
                ONE,
                List.of(ONE),
                ONE.strip(),
                List.of(ONE),
                "\n" + ONE,
                List.of(ONE),
                ONE.replace("\n", "\r\n"),
                List.of(ONE),
                ONE + TWO,
                List.of(ONE, TWO),
                TWO + "\n\n" + ONE + "\n" + TWO,
                List.of(TWO, ONE),
                "subject=CN = one\n" + ONE + "trailing words\n",
                List.of(ONE));
        taken.forEach((text, certificates) -> {
            assertThat(put(base64(text)).status()).as(text).isEqualTo(200);
            assertThat(texts(stored())).as(text).isEqualTo(certificates);
            assertThat(texts(shown())).as(text).isEqualTo(certificates);
            lab.end("True", "Succeeded", "");
        });
    }

    @Test
    void certificatesOfSeveralEntriesStayInTheirOrder() {
        String three = TestKeys.authority("three");
        assertThat(put(base64(TWO.replace("\n", "\r\n") + three), base64(ONE), base64(TWO))
                        .status())
                .isEqualTo(200);
        assertThat(texts(stored())).containsExactly(TWO, three, ONE);
    }

    @Test
    void whatWasReadAndIsWrittenBackStaysToTheLetter() {
        put(base64("words\n" + ONE.replace("\n", "\r\n") + TWO));
        lab.end("True", "Succeeded", "");
        JsonNode before = stored().deepCopy();
        Answer got = lab.get(CLUSTER);
        Answer again = lab.put(CLUSTER, got.text());
        assertThat(again.status()).isEqualTo(200);
        assertThat(stored()).isEqualTo(before);
        assertThat(again.at("/properties/securityProfile")).isEqualTo(got.at("/properties/securityProfile"));
    }

    private JsonNode shown() {
        return lab.get(CLUSTER).at("/properties/securityProfile/customCATrustCertificates");
    }

    /** What the Azure CLI prints of a list. */
    private static List<String> texts(JsonNode entries) {
        List<String> texts = new ArrayList<>();
        entries.forEach(
                entry -> texts.add(new String(Base64.getDecoder().decode(entry.asText()), StandardCharsets.UTF_8)));
        return texts;
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
    void textThatIsNoUtf8AndThatTheAzureCliCouldNotShowIsNotStored() {
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
    void aCertificateThatIsNoCaIsRefusedWithTheReasonBehindTheWordsOfAks() {
        Answer answer = put(base64(TestKeys.leaf("server")));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).startsWith(AKS_WORDS).contains("entry 0", "not that of a CA", "CN=server");
    }

    @Test
    void aPrivateKeyIsRefusedAndIsNowhereAfterwards() {
        String key = TestKeys.privateKey();
        String line = key.lines().toList().get(1);
        byte[] der = Base64.getMimeDecoder().decode(key.replaceAll("-----[^-]+-----", ""));
        String number = new String(Arrays.copyOfRange(der, der.length - 16, der.length), StandardCharsets.ISO_8859_1);
        for (String entry : List.of(
                base64(key),
                base64(ONE + key),
                base64(base64(key)),
                Base64.getEncoder().encodeToString(der),
                key.replace("\n", "\\n"))) {
            Answer answer = put(base64(ONE), entry);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message()).contains("private key");
            assertThat(answer.text() + answer.headers())
                    .doesNotContain(
                            line,
                            base64(key).substring(0, 40),
                            base64(base64(key)).substring(80, 120),
                            number);
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
        Answer refused = put(base64(String.join("", ten) + ONE));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("11 different certificates", "takes 10");
        String[] eleven = new String[11];
        Arrays.fill(eleven, base64(ONE));
        assertThat(put(eleven).status()).isEqualTo(200);
        assertThat(texts(stored())).containsExactly(ONE);
    }

    @Test
    void whatIsTakenAllTheSameIsSaidInTheAnswersWarningHeaderAndNotSaidAgainWhereTheListStays() {
        String past = TestKeys.expired("past");
        Answer answer = put(base64(ONE), base64(past));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("warning"))
                .startsWith("299 certificates \"entry 1 (counted from 0), line 1: ")
                .contains("expired on 2020-01-0")
                .doesNotContain("entry 0");
        lab.end("True", "Succeeded", "");
        assertThat(put(base64(ONE), base64(past)).header("warning")).isEmpty();
        lab.end("True", "Succeeded", "");
        assertThat(put(base64(ONE)).header("warning")).isEmpty();
    }

    @Test
    void tenThousandBadEntriesMakeNoLongAnswer() {
        String[] bad = new String[10_000];
        Arrays.fill(bad, "values");
        Answer answer = put(bad);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).hasSizeLessThan(100_000).contains("There are more, which are not listed.");
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
