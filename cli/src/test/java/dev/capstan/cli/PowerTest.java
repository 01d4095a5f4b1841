package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.session.Json;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stopping, starting and remaking: what is sent, waited for and printed. */
class PowerTest {

    private static final String VERSION = "?api-version=2025-08-02-preview";
    private static final String SUBSCRIPTION = "/subscriptions/" + FakeApi.SUBSCRIPTION;
    private static final String ONE =
            SUBSCRIPTION + "/resourceGroups/dev/providers/Microsoft.ContainerService/managedClusters/one";
    private static final String BLUE = ONE + "/agentPools/blue";
    private static final String OPERATION =
            SUBSCRIPTION + "/providers/Microsoft.ContainerService/locations/local/operations/7";
    private static final Map<String, String> BEGUN =
            Map.of("Azure-AsyncOperation", "https://elsewhere.example" + OPERATION + "?api-version=x");

    @TempDir
    private Path temporary;

    private FakeApi api;

    @BeforeEach
    void start() throws Exception {
        api = FakeApi.start(temporary.resolve("home"));
        api.on("GET " + OPERATION, 200, "{\"status\":\"Succeeded\"}")
                .on("GET " + BLUE, 200, "{\"name\":\"blue\",\"properties\":{\"powerState\":{\"code\":\"Running\"}}}");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void aClusterIsStoppedAndStartedAndNothingIsPrinted() {
        for (var word : new String[] {"stop", "start"}) {
            api.on("POST " + ONE + "/" + word, 202, "", BEGUN);

            var run = Run.of(api.home(), "aks", word, "-g", "dev", "-n", "one");

            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out()).isEmpty();
        }
        assertThat(api.asked().stream().map(FakeApi.Asked::method)).containsExactly("POST", "GET", "POST", "GET");
    }

    @Test
    void aPoolIsStoppedAndStartedByItsPowerState() {
        api.on("PUT " + BLUE, 200, "{}", BEGUN);
        for (var word : new String[] {"stop", "start"}) {
            var run = Run.of(api.home(), "aks", "nodepool", word, "-g", "dev", "--cluster-name", "one", "-n", "blue");

            assertThat(run.code()).as(run.err()).isZero();
            assertThat(Json.parse(run.out()).path("name").asText()).isEqualTo("blue");
            assertThat(api.asked().stream()
                            .filter(asked -> asked.method().equals("PUT"))
                            .toList()
                            .getLast()
                            .body()
                            .at("/properties/powerState/code")
                            .asText())
                    .isEqualTo(word.equals("stop") ? "Stopped" : "Running");
        }
    }

    @Test
    void aPoolIsMadeAnewFromTheImageAndOnlyWhereThatIsSaid() {
        api.on("POST " + BLUE + "/upgradeNodeImageVersion", 202, "", BEGUN);
        String[] upgrade = {"aks", "nodepool", "upgrade", "-g", "dev", "--cluster-name", "one", "-n", "blue"};

        assertThat(Run.of(api.home(), upgrade).code()).isEqualTo(2);
        assertThat(api.asked()).isEmpty();

        var run = Run.of(
                api.home(),
                Stream.concat(Arrays.stream(upgrade), Stream.of("--node-image-only"))
                        .toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Json.parse(run.out()).path("name").asText()).isEqualTo("blue");
        assertThat(api.asked().getFirst().path()).isEqualTo(BLUE + "/upgradeNodeImageVersion" + VERSION);
    }

    @Test
    void aPoolIsWaitedFor() {
        api.on("GET " + BLUE, 200, "{\"name\":\"blue\",\"properties\":{\"provisioningState\":\"Updating\"}}")
                .on("GET " + BLUE, 200, "{\"name\":\"blue\",\"properties\":{\"provisioningState\":\"Succeeded\"}}");

        assertThat(Run.of(
                                api.home(),
                                "aks",
                                "nodepool",
                                "wait",
                                "-g",
                                "dev",
                                "--cluster-name",
                                "one",
                                "-n",
                                "blue",
                                "--custom",
                                "provisioningState=='Succeeded'")
                        .code())
                .isZero();
        assertThat(api.asked().size()).isGreaterThanOrEqualTo(2);
    }
}
