package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.session.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands around clusters, and {@code rest}. */
class AzureTest {

    private static final String SUBSCRIPTION = "/subscriptions/" + FakeApi.SUBSCRIPTION;
    private static final String FEATURE = SUBSCRIPTION
            + "/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/CustomCATrustPreview";

    @TempDir
    private Path temporary;

    private FakeApi api;

    @BeforeEach
    void start() throws Exception {
        api = FakeApi.start(temporary.resolve("home"));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void groupsAreMadeListedAndAskedFor() {
        var group = "{\"id\":\"" + SUBSCRIPTION
                + "/resourceGroups/dev\",\"name\":\"dev\",\"location\":\"local\",\"properties\":{\"provisioningState\":\"Succeeded\"}}";
        api.on("PUT " + SUBSCRIPTION + "/resourcegroups/dev", 201, group)
                .on("GET " + SUBSCRIPTION + "/resourcegroups", 200, "{\"value\":[" + group + "]}")
                .on("HEAD " + SUBSCRIPTION + "/resourcegroups/dev", 204, "");

        assertThat(Json.parse(run("group", "create", "-n", "dev", "-l", "local").out())
                        .path("managedBy")
                        .isNull())
                .isTrue();
        assertThat(api.sent("PUT", SUBSCRIPTION + "/resourcegroups/dev?api-version=2024-11-01")
                        .toString())
                .isEqualTo("{\"location\":\"local\"}");
        assertThat(run("group", "list", "-o", "table").out())
                .isEqualTo(
                        "Name    Location    Status\n------  ----------  ---------\ndev     local       Succeeded\n");
        assertThat(run("group", "exists", "-n", "dev").out()).isEqualTo("true\n");
        var none = run("group", "exists", "-n", "none");
        assertThat(none.out()).isEqualTo("false\n");
        assertThat(none.code()).isZero();
    }

    @Test
    void aGroupIsGoneWhenItsLocationSaysSo() {
        api.on(
                        "DELETE " + SUBSCRIPTION + "/resourcegroups/dev",
                        202,
                        "",
                        Map.of("Location", "HOST" + SUBSCRIPTION + "/operationresults/1?api-version=x"))
                .on("GET " + SUBSCRIPTION + "/operationresults/1", 202, "", Map.of("x-ms-retry-after-ms", "50"))
                .on("GET " + SUBSCRIPTION + "/operationresults/1", 200, "");

        assertThat(run("group", "delete", "-n", "dev", "--yes").code()).isZero();
        assertThat(api.asked()).hasSize(3);
    }

    @Test
    void thePagesFeatureCommandsWorkWordForWord() {
        var feature =
                "{\"name\":\"Microsoft.ContainerService/CustomCATrustPreview\",\"properties\":{\"state\":\"Registered\"}}";
        api.on("POST " + FEATURE + "/register", 200, feature.replace("Registered", "Registering"))
                .on(
                        "GET " + SUBSCRIPTION + "/providers/Microsoft.Features/features",
                        200,
                        "{\"value\":[" + feature + "]}")
                .on(
                        "POST " + SUBSCRIPTION + "/providers/Microsoft.ContainerService/register",
                        200,
                        "{\"registrationState\":\"Registered\"}");

        var registered = run(
                "feature", "register", "--namespace", "Microsoft.ContainerService", "--name", "CustomCATrustPreview");
        assertThat(registered.out()).contains("\"state\": \"Registering\"");
        assertThat(registered.err()).contains("'capstan provider register -n Microsoft.ContainerService' is required");
        assertThat(run(
                                "feature",
                                "list",
                                "--query",
                                "[?contains(name, 'Microsoft.ContainerService/CustomCATrustPreview')].{Name:name,State:properties.state}",
                                "-o",
                                "table")
                        .out())
                .isEqualTo("""
                        Name                                             State
                        -----------------------------------------------  ----------
                        Microsoft.ContainerService/CustomCATrustPreview  Registered
                        """);
        var provider = run("provider", "register", "--namespace", "Microsoft.ContainerService");
        assertThat(provider.code()).isZero();
        assertThat(provider.out() + provider.err()).isEmpty();
    }

    @Test
    void extensionsAreBuiltIn() {
        for (var verb : new String[] {"add", "update"}) {
            var run = run("extension", verb, "--name", "aks-preview");
            assertThat(run.code()).isZero();
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("'aks-preview' is built in");
        }
        assertThat(run("extension", "add", "--name", "other").code()).isEqualTo(1);
        assertThat(run("extension", "list", "--query", "[].name", "-o", "tsv").out())
                .isEqualTo("aks-preview\n");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void theAccountIsTheSubscriptionOfTheHome() {
        api.on(
                "GET /subscriptions",
                200,
                "{\"value\":[{\"subscriptionId\":\"" + FakeApi.SUBSCRIPTION
                        + "\",\"displayName\":\"local\",\"tenantId\":\"t\",\"state\":\"Enabled\"}]}");

        var account = Json.parse(run("account", "show").out());

        assertThat(account.path("id").asText()).isEqualTo(FakeApi.SUBSCRIPTION);
        assertThat(account.path("isDefault").asBoolean()).isTrue();
        assertThat(run("account", "show", "--query", "tenantId", "-o", "tsv").out())
                .isEqualTo("t\n");
    }

    @Test
    void restSendsOneRequestAndPrintsTheAnswer() throws Exception {
        var path = SUBSCRIPTION + "/resourceGroups/dev/x";
        api.on("GET " + path, 200, "{\"b\":1,\"a\":[]}")
                .on("PUT " + path, 201, "{\"properties\":{\"provisioningState\":\"Creating\"}}");
        var body = Files.writeString(temporary.resolve("body.json"), "{\"location\":\"local\"}");

        var got = run("rest", "--url", "/subscriptions/{subscriptionId}/resourceGroups/dev/x?api-version=2025-01-01");
        var put = run("rest", "--method", "put", "--url", api.endpoint() + path + "?v=1", "--body", "@" + body);

        assertThat(got.out()).isEqualTo("{\n  \"a\": [],\n  \"b\": 1\n}\n");
        assertThat(api.asked().getFirst().path()).isEqualTo(path + "?api-version=2025-01-01");
        assertThat(put.code()).as(put.err()).isZero();
        assertThat(put.out()).contains("\"provisioningState\": \"Creating\"");
        assertThat(api.sent("PUT", path + "?v=1").path("location").asText()).isEqualTo("local");
        assertThat(api.asked()).hasSize(2);
    }

    @Test
    void restSendsHeadersAndParametersAndWritesAFile() throws Exception {
        api.on("GET /x", 200, "[1]");
        var file = temporary.resolve("out");

        var run = run(
                "rest",
                "-m",
                "GET",
                "-u",
                "/x",
                "--headers",
                "If-Match=a",
                "--uri-parameters",
                "api-version=1",
                "q=a b",
                "--output-file",
                file.toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(file).hasContent("[1]");
        assertThat(api.asked().getFirst().path()).isEqualTo("/x?api-version=1&q=a+b");
    }

    @Test
    void restNeverGivesTheTokenToAnotherEndpoint() {
        var run = run("rest", "--url", "https://management.azure.com/subscriptions");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("the administrator's token goes nowhere else");
        assertThat(run("rest", "--url", api.endpoint() + ".evil.example/x").code())
                .isEqualTo(1);
        assertThat(run("rest", "--url", "/subscriptions/<subscription-id>/x").code())
                .isEqualTo(2);
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void whatRestIsRefusedIsPrintedRaw() {
        api.on("PUT /x", 400, "{\"error\":{\"code\":\"BadRequest\"}}");

        var run = run("rest", "-m", "put", "-u", "/x", "-b", "{}");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("ERROR: Bad Request({\"error\":{\"code\":\"BadRequest\"}})\n");
    }

    @Test
    void onlyErrorsAreShownWhereThatIsAskedFor() {
        assertThat(run("extension", "add", "-n", "aks-preview", "--only-show-errors")
                        .err())
                .isEmpty();
        assertThat(run("group", "list", "--debug").err())
                .contains("DEBUG: GET ")
                .doesNotContain(FakeApi.TOKEN);
    }

    private Run run(String... words) {
        return Run.of(api.home(), words);
    }
}
