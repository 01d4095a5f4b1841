package dev.capstan.resourceprovider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoginTest {

    private static final Map<String, String> FORM = Map.of("Content-Type", "application/x-www-form-urlencoded");
    private static final String SUBSCRIPTIONS = "/subscriptions?api-version=2022-12-01";

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    private Answer login(String path, String client, String secret) {
        // As the Azure CLI's library sends it (azure-cli.md, 2).
        String form = "client_id=" + client + "&grant_type=client_credentials&client_info=1&client_secret="
                + URLEncoder.encode(secret, StandardCharsets.UTF_8)
                + "&claims=%7B%22access_token%22%3A+%7B%7D%7D&scope=https%3A%2F%2F127.0.0.1%2F%2F.default";
        return lab.raw("POST", path, form, FORM);
    }

    private Answer subscriptions(String token) {
        return lab.raw("GET", SUBSCRIPTIONS, null, Map.of("Authorization", "Bearer " + token));
    }

    @Test
    void theCloudIsDescribedToAnybodyAlsoWithTwoSlashes() {
        for (String path : new String[] {"/metadata/endpoints", "//metadata/endpoints", "/Metadata/Endpoints"}) {
            Answer answer = lab.raw("GET", path + "?api-version=2022-09-01", null, Map.of());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.at("/name").asText()).isNotEmpty();
            assertThat(answer.at("/authentication/loginEndpoint").asText()).isEqualTo(lab.url() + "/adfs");
            assertThat(answer.at("/authentication/audiences/0").asText()).isEqualTo(lab.url() + "/");
            assertThat(answer.at("/graphAudience").asText()).startsWith("https://");
            assertThat(answer.at("/suffixes").isObject()).isTrue();
        }
    }

    @Test
    void whoHasTheSecretGetsATokenThatOpensTheApi() {
        Answer discovery = lab.raw("GET", "/adfs/.well-known/openid-configuration", null, Map.of());
        String endpoint =
                discovery.at("/token_endpoint").asText().substring(lab.url().length());
        assertThat(discovery.at("/authorization_endpoint").asText()).isNotEmpty();
        for (String path : new String[] {endpoint, "/adfs/oauth2/v2.0/token", "/adfs/oauth2/token"}) {
            Answer token = login(path, Lab.CLIENT, Lab.SECRET);
            assertThat(token.status()).isEqualTo(200);
            assertThat(token.at("/token_type").asText()).isEqualTo("Bearer");
            assertThat(token.at("/expires_in").asInt()).isEqualTo(3600);
            assertThat(token.header("cache-control")).isEqualTo("no-store");
            assertThat(subscriptions(token.at("/access_token").asText()).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aTokenIsSignedWithTheKeyThatIsPublished() throws Exception {
        String[] parts = login("/adfs/oauth2/token", Lab.CLIENT, Lab.SECRET)
                .at("/access_token")
                .asText()
                .split("\\.", -1);
        JsonNode header = Lab.JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
        JsonNode claims = Lab.JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        JsonNode key = lab.raw("GET", "/adfs/discovery/keys", null, Map.of()).at("/keys/0");
        assertThat(header.path("alg").asText()).isEqualTo("ES256");
        assertThat(header.path("kid")).isEqualTo(key.path("kid"));
        assertThat(claims.path("tid").asText()).isEqualTo(Lab.TENANT);
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(3600);

        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        var point = new ECPoint(number(key, "x"), number(key, "y"));
        var publicKey = KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(publicKey);
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    private static BigInteger number(JsonNode key, String name) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(name).asText()));
    }

    @Test
    void aWrongSecretOrNameIsRefusedInTheWordsThatTheAzureCliShows() {
        for (Answer answer : new Answer[] {
            login("/adfs/oauth2/token", Lab.CLIENT, "wrong"),
            login("/adfs/oauth2/token", Lab.CLIENT, ""),
            login("/adfs/oauth2/token", Lab.TENANT, Lab.SECRET)
        }) {
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.at("/error").asText()).isEqualTo("invalid_client");
            assertThat(answer.at("/error_description").asText())
                    .startsWith("AADSTS7000215: Invalid client secret provided. ");
        }
    }

    @Test
    void anotherGrantAndAHugeFormAreRefused() {
        assertThat(lab.raw("POST", "/adfs/oauth2/token", "grant_type=password&username=a&password=b", FORM)
                        .at("/error")
                        .asText())
                .isEqualTo("unsupported_grant_type");
        assertThat(lab.raw("POST", "/adfs/oauth2/token", "a=" + "b".repeat(100_000), FORM)
                        .status())
                .isEqualTo(413);
        assertThat(lab.raw("POST", "/adfs/oauth2/token", "grant_type=%zz", FORM).status())
                .isEqualTo(400);
    }

    @Test
    void aTokenEndsAfterAnHour() {
        String token = login("/adfs/oauth2/token", Lab.CLIENT, Lab.SECRET)
                .at("/access_token")
                .asText();
        lab.pass(Duration.ofMinutes(59));
        assertThat(subscriptions(token).status()).isEqualTo(200);
        lab.pass(Duration.ofMinutes(2));
        assertThat(subscriptions(token).status()).isEqualTo(401);
    }

    @Test
    void aTokenOutlivesTheServer() {
        String token = login("/adfs/oauth2/token", Lab.CLIENT, Lab.SECRET)
                .at("/access_token")
                .asText();
        lab.restart(new io.fabric8.kubernetes.client.http.Interceptor() {});
        assertThat(subscriptions(token).status()).isEqualTo(200);
    }

    @Test
    void aChangedAForgedAndAForeignTokenAreRefused() {
        String token = login("/adfs/oauth2/token", Lab.CLIENT, Lab.SECRET)
                .at("/access_token")
                .asText();
        String[] parts = token.split("\\.", -1);
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.US_ASCII));
        try (Lab other = new Lab()) {
            String foreign = other.raw(
                            "POST",
                            "/adfs/oauth2/token",
                            "grant_type=client_credentials&client_id=" + Lab.CLIENT + "&client_secret=" + Lab.SECRET,
                            FORM)
                    .at("/access_token")
                    .asText();
            for (String bad : new String[] {
                foreign,
                none + "." + parts[1] + ".",
                none + "." + parts[1] + "." + parts[2],
                parts[0] + "." + parts[1] + "A." + parts[2],
                parts[0] + "." + parts[1],
                Lab.SECRET,
                "",
                "...",
                "a.b.c"
            }) {
                Answer answer = subscriptions(bad);
                assertThat(answer.status()).as(bad).isEqualTo(401);
                assertThat(answer.header("www-authenticate")).startsWith("Bearer");
                assertThat(answer.code()).isEqualTo("AuthenticationFailed");
            }
        }
    }

    @Test
    void withoutATokenNothingIsToldNotEvenWhichPathsThereAre() {
        for (String path : new String[] {SUBSCRIPTIONS, "/", "/nothing/here", Lab.CLUSTER, "/adfs/nothing"}) {
            Answer answer = lab.raw("GET", path, null, Map.of());
            assertThat(answer.status()).as(path).isEqualTo(401);
            assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
        }
    }

    @Test
    void guessingGetsSlowerAndLocksNobodyOut() {
        Answer made = lab.principal("Reader", Lab.SUB);
        String id = made.at("/name").asText();
        for (int i = 0; i < 3; i++) {
            assertThat(lab.login(id, "wrong").status()).isEqualTo(401);
        }
        long before = 0;
        for (int i = 0; i < 8; i++) {
            Answer slowed = lab.login(made);
            assertThat(slowed.status()).as("the right secret, too early").isEqualTo(429);
            long seconds = Long.parseLong(slowed.header("retry-after"));
            assertThat(seconds).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(60);
            before = seconds;
            lab.pass(Duration.ofSeconds(seconds));
            assertThat(lab.login(id, "wrong").status()).isEqualTo(401);
        }
        assertThat(before).isEqualTo(60);
        // Another principal from the same address is not held up.
        assertThat(lab.login(Lab.CLIENT, Lab.SECRET).status()).isEqualTo(200);
        lab.pass(Duration.ofMinutes(1));
        assertThat(lab.login(made).status()).isEqualTo(200);
        assertThat(lab.login(id, "wrong").status()).isEqualTo(401);
        assertThat(lab.login(made).status()).as("a good login ends the delays").isEqualTo(200);
    }

    @Test
    void theSecretAloneIsAManagedIdentityInTheFormOfAppService() throws Exception {
        Answer made = lab.principal("Reader", Lab.SUB);
        String path = "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2F127.0.0.1%2F";
        for (String secret :
                new String[] {Lab.SECRET, made.at("/properties/password").asText()}) {
            Answer answer = lab.raw("GET", path, null, Map.of("X-IDENTITY-HEADER", secret, "Metadata", "true"));
            assertThat(answer.status()).isEqualTo(200);
            String token = answer.at("/access_token").asText();
            assertThat(token.split("\\.", -1)).hasSize(3);
            assertThat(Lab.JSON
                            .readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]))
                            .path("tid")
                            .asText())
                    .isEqualTo(Lab.TENANT);
            assertThat(answer.at("/expires_on").isTextual()).isTrue();
            assertThat(answer.at("/expires_on").asLong())
                    .isEqualTo(Lab.START.plus(Duration.ofHours(1)).getEpochSecond());
            assertThat(subscriptions(token).status()).isEqualTo(200);
        }
        Answer wrong = lab.raw("GET", path, null, Map.of("X-IDENTITY-HEADER", "wrong"));
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.at("/message").asText()).contains("Invalid client secret");
        assertThat(lab.raw("GET", path, null, Map.of()).status()).isEqualTo(401);
    }

    @Test
    void theKeyIsFollowedByAnotherAndVerifiesUntilItsTokensEnd() {
        String first = lab.token(Lab.CLIENT, Lab.SECRET);
        String keys = keyIds();
        lab.pass(Duration.ofHours(23).plusMinutes(30));
        String late = lab.token(Lab.CLIENT, Lab.SECRET);
        assertThat(keyIds()).isEqualTo(keys);
        lab.pass(Duration.ofMinutes(35));
        String fresh = lab.token(Lab.CLIENT, Lab.SECRET);
        assertThat(keyIds()).contains(keys).contains(" ");
        assertThat(subscriptions(first).status()).isEqualTo(401);
        assertThat(subscriptions(late).status()).isEqualTo(200);
        assertThat(subscriptions(fresh).status()).isEqualTo(200);
        lab.restart(new io.fabric8.kubernetes.client.http.Interceptor() {});
        assertThat(subscriptions(late).status()).isEqualTo(200);
        lab.pass(Duration.ofMinutes(70));
        assertThat(keyIds()).doesNotContain(keys);
    }

    private String keyIds() {
        StringBuilder ids = new StringBuilder();
        lab.raw("GET", "/adfs/discovery/keys", null, Map.of())
                .at("/keys")
                .forEach(key -> ids.append(ids.isEmpty() ? "" : " ")
                        .append(key.path("kid").asText()));
        return ids.toString();
    }

    @Test
    void aKeyThatAnotherServerMadeIsFoundWhenATokenNamesIt() {
        String first = lab.token(Lab.CLIENT, Lab.SECRET);
        try (Lab.Replica other = lab.replica()) {
            lab.pass(Duration.ofHours(25));
            String theirs = other.token();
            assertThat(subscriptions(theirs).status()).isEqualTo(200);
            assertThat(subscriptions(first).status()).isEqualTo(401);
        }
    }

    @Test
    void loginsAreAuditedAndNoSecretIs() {
        lab.login(Lab.CLIENT, "a-wrong-secret");
        lab.login("a-secret-pasted-as-a-name", Lab.SECRET);
        lab.login(Lab.CLIENT, Lab.SECRET);
        Answer made = lab.principal("Reader", Lab.SUB);
        lab.as(lab.tokenOf(made), "DELETE", Lab.GROUP, null);
        assertThat(lab.audited())
                .extracting(record -> record.path("kind").asText() + " "
                        + record.path("caller").asText() + " "
                        + record.path("status").asText() + record.path("code").asText())
                .containsExactly(
                        "login " + Lab.CLIENT + " 401invalid_client",
                        "login  401invalid_client",
                        "login " + Lab.CLIENT + " 200",
                        "principal administrator 201",
                        "login " + made.at("/name").asText() + " 200",
                        "write " + made.at("/name").asText() + " 403AuthorizationFailed");
        assertThat(lab.audited().toString())
                .doesNotContain(
                        "a-wrong-secret",
                        "pasted",
                        Lab.SECRET,
                        made.at("/properties/password").asText());
    }

    @Test
    void noSecretAndNoTokenIsKept() {
        String kept = lab.management().list("secrets", "capstan-system").toString();
        assertThat(kept).contains("arm-token-key", "arm-principal");
        assertThat(kept)
                .doesNotContain(Lab.SECRET)
                .doesNotContain(Base64.getEncoder().encodeToString(Lab.SECRET.getBytes(StandardCharsets.UTF_8)));
    }
}
