package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectTest {

    private static final String SECRET = "the-secret-that-no-line-shows";

    @TempDir
    private Path temporary;

    private FakeApi api;

    @BeforeEach
    void start() throws Exception {
        // A home that a shell would take apart.
        api = FakeApi.start(temporary.resolve("my 'own' home"));
        Files.writeString(
                api.home().resolve("principal.json"),
                "{\"clientId\":\"c-1\",\"clientSecret\":\"" + SECRET + "\",\"tenantId\":\"t-1\"}");
        Files.writeString(api.home().resolve("principal.secret"), SECRET + "\n");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    /** A shell with an az that writes down how it was called; {@code false} for a cloud that is registered already. */
    private List<String> shell(String script, boolean isNew) throws Exception {
        var folder = Files.createDirectories(temporary.resolve("bin"));
        var calls = temporary.resolve("calls");
        var az = folder.resolve("az");
        Files.writeString(az, """
                #!/bin/sh
                printf '%%s' "$REQUESTS_CA_BUNDLE" >> %1$s
                printf '|%%s' "$@" >> %1$s
                echo >> %1$s
                case "$2" in register) exit %2$d;; esac
                """.formatted(calls, isNew ? 0 : 1));
        Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwx------"));
        var builder = new ProcessBuilder("bash", "-ec", script).redirectErrorStream(true);
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        var process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        return Files.readAllLines(calls);
    }

    @Test
    void theLinesPointAzHereWhenTheyAreEvaluated() throws Exception {
        var run = Run.of(api.home(), "connect", "az");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).doesNotContain(SECRET);

        var calls = shell("eval " + quoted(run.out()), true);
        var authority = api.home().resolve("pki/ca.crt").toString();
        assertThat(calls)
                .containsExactly(
                        authority + "|cloud|register|--name|capstan|--endpoint-resource-manager|" + api.endpoint(),
                        authority + "|cloud|set|--name|capstan",
                        authority + "|config|set|extension.index_url=" + api.endpoint()
                                + "/extensions/index.json|--only-show-errors",
                        authority + "|login|--service-principal|--username|c-1|--password|@"
                                + api.home().resolve("principal.secret") + "|--tenant|t-1");
    }

    @Test
    void aCloudThatIsThereIsUpdated() throws Exception {
        var calls = shell(Run.of(api.home(), "connect", "az", "--cloud", "lab").out(), false);
        assertThat(calls.get(1)).contains("|cloud|update|--name|lab|");
    }

    @Test
    void runRunsTheLinesItself() throws Exception {
        var run = Run.of(api.home(), "connect", "az", "--run");
        assertThat(run.became()).startsWith("/bin/sh", "-ec").hasSize(3);
        assertThat(run.err()).contains("export REQUESTS_CA_BUNDLE=");
        assertThat(shell(run.became().getLast(), true)).hasSize(4);
    }

    @Test
    void aNameThatAShellWouldTakeApartIsRefused() {
        assertThat(Run.of(api.home(), "connect", "az", "--cloud", "a;b").code()).isEqualTo(2);
    }

    @Test
    void aSnippetOfEachLanguageHasEverythingFilledIn() {
        for (var language : List.of("java", "python", "javascript")) {
            var run = Run.of(api.home(), "connect", "sdk", language);
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out())
                    .contains(api.endpoint(), FakeApi.SUBSCRIPTION, "c-1", "principal.secret")
                    .doesNotContain(SECRET)
                    .doesNotContainPattern("@[a-zA-Z]+@");
        }
        assertThat(Run.of(api.home(), "connect", "sdk", "cobol").code()).isEqualTo(2);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
