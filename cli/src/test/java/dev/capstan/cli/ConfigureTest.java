package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.session.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Defaults of a user: a resource group and a location that need not be said again. */
class ConfigureTest {

    private static final String CLUSTERS = "/subscriptions/" + FakeApi.SUBSCRIPTION
            + "/resourceGroups/dev/providers/Microsoft.ContainerService/managedClusters";

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
    void theGroupIsTakenWhereNoneIsGivenAndAnotherOneGoesBeforeIt() {
        api.on("GET " + CLUSTERS + "/one", 200, "{\"name\":\"one\",\"properties\":{}}");
        assertThat(run(Map.of(), "aks", "show", "-n", "one").code()).isEqualTo(2);

        assertThat(run(Map.of(), "configure", "--defaults", "group=dev", "location=local")
                        .code())
                .isZero();
        assertThat(run(Map.of(), "aks", "show", "-n", "one").out()).contains("\"name\": \"one\"");
        assertThat(run(Map.of(), "aks", "show", "-n", "one", "-g", "other").code())
                .isEqualTo(3);
        assertThat(run(Map.of("CAPSTAN_DEFAULTS_GROUP", "other"), "aks", "show", "-n", "one")
                        .code())
                .isEqualTo(3);
    }

    @Test
    void theLocationIsTakenAndAGroupOfItsOwnIsStillToBeNamed() {
        api.on("PUT /subscriptions/" + FakeApi.SUBSCRIPTION + "/resourcegroups/dev", 201, "{\"name\":\"dev\"}");
        run(Map.of(), "configure", "-d", "group=dev", "location=westeurope");

        assertThat(run(Map.of(), "group", "create", "-n", "dev").code()).isZero();
        assertThat(api.sent(
                                "PUT",
                                "/subscriptions/" + FakeApi.SUBSCRIPTION + "/resourcegroups/dev?api-version=2024-11-01")
                        .toString())
                .isEqualTo("{\"location\":\"westeurope\"}");
        assertThat(run(Map.of(), "group", "delete", "--yes").code()).isEqualTo(2);
    }

    @Test
    void anEmptyValueClearsOneAndTheListTellsWhereEachComesFrom() throws Exception {
        run(Map.of(), "configure", "--defaults", "group=dev", "location=local");
        run(Map.of(), "configure", "--defaults", "location=");

        var list = Json.parse(run(Map.of(), "configure", "--list-defaults").out());
        assertThat(list).hasSize(1);
        assertThat(list.at("/0/name").asText()).isEqualTo("group");
        assertThat(list.at("/0/value").asText()).isEqualTo("dev");
        assertThat(Files.readString(Path.of(list.at("/0/source").asText()))).isEqualTo("group=dev\n");
    }

    @Test
    void whatCannotHaveADefaultIsRefusedAndNothingIsWritten() {
        for (var wrong : new String[] {"cluster=one", "group", "=dev"}) {
            var run = run(Map.of(), "configure", "--defaults", "location=local", wrong);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("usage error: --defaults " + wrong, "group, location");
        }
        assertThat(run(Map.of(), "configure").code()).isEqualTo(2);
        assertThat(run(Map.of(), "configure", "-l").out()).isEqualTo("[]\n");
    }

    private Run run(Map<String, String> more, String... words) {
        var environment = new HashMap<>(Map.of("CAPSTAN_HOME", api.home().toString(), "HOME", temporary.toString()));
        environment.putAll(more);
        return Run.run(environment, false, "", words);
    }
}
