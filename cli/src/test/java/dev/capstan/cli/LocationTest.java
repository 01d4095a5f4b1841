package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocationTest {

    private static final String ALL =
            "/subscriptions/" + FakeApi.SUBSCRIPTION + "/providers/Capstan.Locations/locations";
    private static final String CA = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
    private static final String ATTACHED = """
            {"name":"corp","properties":{"kind":"Kubernetes","server":"https://corp:6443","clusterUid":"u",
             "kubernetesVersion":"v1.20.2","poolLabel":"kubernetes.azure.com/agentpool","nodes":3,
             "nodesWithoutTrust":1,"pools":{"np":2}}}""";

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
    void addSendsTheChosenContextAloneWithItsFilesAndShowsNothingOfTheCredential() throws Exception {
        api.onAny("PUT", 201, ATTACHED);
        Files.writeString(temporary.resolve("client.key"), "the key");
        Path file = kubeconfig("""
                - name: corp
                  user: {client-certificate-data: %s, client-key: client.key}
                - name: other
                  user: {token: of-another-context}
                """.formatted(base64("the certificate")));
        var run = Run.of(api.home(), "location", "add", "Corp", "--kubeconfig", file.toString());
        assertThat(run.code()).as(run.err()).isZero();
        var asked = api.asked().getLast();
        assertThat(asked.path()).startsWith(ALL + "/corp");
        var properties = asked.body().path("properties");
        assertThat(properties.path("server").asText()).isEqualTo("https://corp:6443");
        assertThat(properties.path("certificateAuthority").asText()).isEqualTo(CA);
        assertThat(properties.path("clientCertificate").asText()).isEqualTo("the certificate");
        assertThat(properties.path("clientKey").asText()).isEqualTo("the key");
        assertThat(asked.body().toString()).doesNotContain("of-another-context");
        assertThat(run.out() + run.err()).doesNotContain("the key").contains("1 of its 3 nodes have no NodeTrust yet");
    }

    @Test
    void anotherContextCanBeNamedAndOneThatIsNotThereIsToldWithThoseThatAre() throws Exception {
        api.onAny("PUT", 200, ATTACHED);
        Path file = kubeconfig("- {name: corp, user: {token: one}}\n- {name: other, user: {token: two}}\n");
        assertThat(Run.of(api.home(), "location", "add", "corp", "--kubeconfig", file.toString(), "--context", "other")
                        .code())
                .isZero();
        assertThat(api.asked().getLast().body().at("/properties/token").asText())
                .isEqualTo("two");
        var run = Run.of(api.home(), "location", "add", "corp", "--kubeconfig", file.toString(), "--context", "lost");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("has no context 'lost'", "corp, other");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            exec: {command: aws}                       | fetched by a program (exec)
            auth-provider: {name: gcp}                 | auth-provider
            {username: u, password: hunter2}           | user name and password
            tokenFile: /run/token                      | a token in a file
            {token: hunter2, as: admin}                | acts as another user
            client-certificate-data: MA==              | neither a token nor a client certificate with its key
            """)
    void whatTheControlPlaneCannotUseIsRefusedWithTheReason(String user, String why) throws Exception {
        Path file = kubeconfig("- name: corp\n  user: " + (user.startsWith("{") ? user : "{" + user + "}") + "\n");
        var run = Run.of(api.home(), "location", "add", "corp", "--kubeconfig", file.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(why, "docs/locations.md").doesNotContain("hunter2");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void aClusterThatIsNotVerifiedIsRefused() throws Exception {
        Path file = kubeconfig("- {name: corp, user: {token: one}}\n");
        Files.writeString(
                file, Files.readString(file).replace("server:", "insecure-skip-tls-verify: true\n    server:"));
        var run = Run.of(api.home(), "location", "add", "corp", "--kubeconfig", file.toString());
        assertThat(run.err()).contains("is not verified (insecure-skip-tls-verify)");
        Files.writeString(file, "not: [yaml");
        assertThat(Run.of(api.home(), "location", "add", "corp", "--kubeconfig", file.toString())
                        .err())
                .contains("is no kubeconfig");
    }

    @Test
    void removeAsksFirstAndAbandonsOnlyWhenToldTo() {
        api.onAny("DELETE", 200, "");
        api.onAny("POST", 200, "");
        assertThat(Run.of(api.home(), "location", "remove", "corp").code()).isZero();
        assertThat(api.asked().getLast().method()).isEqualTo("DELETE");
        assertThat(Run.of(api.home(), "location", "remove", "corp", "--abandon").code())
                .isZero();
        assertThat(api.asked().getLast().path()).startsWith(ALL + "/corp/abandon");
    }

    private Path kubeconfig(String users) throws IOException {
        return Files.writeString(temporary.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: corp
                clusters:
                - name: corp
                  cluster:
                    server: https://corp:6443
                    certificate-authority-data: %s
                contexts:
                - name: corp
                  context: {cluster: corp, user: corp}
                - name: other
                  context: {cluster: corp, user: other}
                users:
                %s""".formatted(base64(CA), users));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
