package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.session.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrincipalTest {

    private static final String ID = "11111111-2222-3333-4444-555555555555";
    private static final String ALL =
            "/subscriptions/" + FakeApi.SUBSCRIPTION + "/providers/Capstan.Identity/principals";
    private static final String MADE = """
            {"name":"%s","properties":{"appId":"%s","displayName":"ci","tenant":"T","password":"abc",
             "assignments":[{"role":"Reader","scope":"/subscriptions/x"}]}}""".formatted(ID, ID);

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
    void createPrintsWhatAzDoesForAServicePrincipal() {
        api.onAny("PUT", 201, MADE);
        var run = Run.of(
                api.home(),
                "principal",
                "create",
                "--display-name",
                "ci",
                "--role",
                "Contributor",
                "-g",
                "dev",
                "--cluster-name",
                "one");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Json.parse(run.out()))
                .isEqualTo(Json.parse(
                        "{\"appId\":\"" + ID + "\",\"displayName\":\"ci\",\"password\":\"abc\",\"tenant\":\"T\"}"));
        var asked = api.asked().getLast();
        assertThat(asked.path()).startsWith(ALL + "/");
        assertThat(asked.body().at("/properties/assignments/0/role").asText()).isEqualTo("Contributor");
        assertThat(asked.body().at("/properties/assignments/0/scope").asText())
                .isEqualTo("/subscriptions/" + FakeApi.SUBSCRIPTION
                        + "/resourceGroups/dev/providers/Microsoft.ContainerService/managedClusters/one");
        assertThat(asked.body().at("/properties/assignments")).hasSize(1);
    }

    @Test
    void withoutAScopeItIsAReaderOfTheSubscription() {
        api.onAny("PUT", 201, MADE);
        Run.of(api.home(), "principal", "create", "--name", "ci");
        var assignment = api.asked().getLast().body().at("/properties/assignments/0");
        assertThat(assignment.path("role").asText()).isEqualTo("Reader");
        assertThat(assignment.path("scope").asText()).isEqualTo("/subscriptions/" + FakeApi.SUBSCRIPTION);
    }

    @Test
    void listShowsRolesAndNoSecret() {
        api.onAny("GET", 200, "{\"value\":[" + MADE + "]}");
        var run = Run.of(api.home(), "principal", "list", "-o", "table");
        assertThat(run.out()).contains(ID, "Reader", "/subscriptions/x").doesNotContain("abc");
        assertThat(Run.of(api.home(), "principal", "list").out()).doesNotContain("abc");
    }

    @Test
    void rotateAndDeleteTakeTheAppId() {
        api.onAny("POST", 200, MADE);
        api.onAny("DELETE", 200, "");
        assertThat(Json.parse(Run.of(api.home(), "principal", "rotate", "--id", ID)
                                .out())
                        .path("password")
                        .asText())
                .isEqualTo("abc");
        assertThat(api.asked().getLast().path()).startsWith(ALL + "/" + ID + "/rotate?");
        assertThat(Run.of(api.home(), "principal", "delete", "--id", ID).code()).isZero();
        var wrong = Run.of(api.home(), "principal", "delete", "--id", "../../x");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("is no appId of a service principal");
    }
}
