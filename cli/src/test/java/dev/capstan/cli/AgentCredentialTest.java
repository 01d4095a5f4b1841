package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code capstan agent credential}; the real API server judges it in the tests of module end-to-end. */
class AgentCredentialTest {

    private static final String REVIEWS = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final String ALLOWED = "{\"status\":{\"allowed\":true}}";
    private static final String TOKEN = "e30."
            + Base64.getUrlEncoder().encodeToString("{\"iat\":1000,\"exp\":2593000}".getBytes(StandardCharsets.UTF_8))
            + ".sig";

    @TempDir
    private Path folder;

    private FakeApi api;

    @BeforeEach
    void start() throws Exception {
        api = FakeApi.start(folder);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Path kubeconfig(String user, String more) throws Exception {
        return Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: one
                contexts: [{name: one, context: {cluster: one, user: one}}]
                clusters:
                - name: one
                  cluster: {server: '%s'%s}
                users:
                - name: one
                  user: {%s}
                """.formatted(api.endpoint(), more, user));
    }

    private Path usable() throws Exception {
        return kubeconfig("token: " + FakeApi.TOKEN, ", certificate-authority: pki/ca.crt");
    }

    private Run run(Path kubeconfig, String... more) {
        var words =
                new java.util.ArrayList<>(List.of("agent", "credential", "w1", "--kubeconfig", kubeconfig.toString()));
        words.addAll(List.of(more));
        return Run.run(Map.of(), false, "", words.toArray(String[]::new));
    }

    private void ready() {
        api.on(REVIEWS, 201, ALLOWED)
                .on("GET /api/v1/nodes/w1", 200, "{\"metadata\":{\"name\":\"w1\",\"uid\":\"node-uid\"}}")
                .on("GET /apis/capstan.dev/v1", 200, "{\"resources\":[{\"name\":\"nodetrusts\"}]}")
                .on("GET /api/v1/namespaces/capstan-system", 200, "{}")
                .on("GET /api/v1/namespaces/kube-system", 200, "{\"metadata\":{\"uid\":\"cluster-uid\"}}")
                .on(
                        "POST /api/v1/namespaces/capstan-system/serviceaccounts/capstan-agent-w1/token",
                        201,
                        "{\"status\":{\"token\":\"" + TOKEN + "\"}}")
                .onAny("POST", 201, "{}")
                .onAny("PATCH", 200, "{}");
    }

    @Test
    void everythingOfTheNodeIsOwnedByItAndTheFileIsForItsOwnerAlone() throws Exception {
        ready();
        Path file = folder.resolve("w1.credential");

        Run run = run(usable(), "-o", file.toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file))
                .contains(TOKEN, api.endpoint(), "\"w1\"", "\"cluster-uid\"")
                .doesNotContain(FakeApi.TOKEN);
        assertThat(run.out() + run.err()).doesNotContain(TOKEN, FakeApi.TOKEN);
        List<JsonNode> made = api.asked().stream()
                .filter(asked -> asked.method().equals("POST") && asked.body().has("metadata"))
                .map(FakeApi.Asked::body)
                .toList();
        assertThat(made)
                .extracting(object -> object.path("kind").asText())
                .containsExactly(
                        "ServiceAccount",
                        "ClusterRole",
                        "ClusterRoleBinding",
                        "Role",
                        "RoleBinding",
                        "Role",
                        "RoleBinding",
                        "Lease");
        assertThat(made)
                .extracting(
                        object -> object.at("/metadata/ownerReferences/0/uid").asText())
                .containsOnly("node-uid");
        assertThat(api.sent("PATCH", "/api/v1/nodes/w1").toString()).contains("\"capstan.dev/agent\":\"systemd\"");
        assertThat(api.sent("POST", "/api/v1/namespaces/capstan-system/serviceaccounts/capstan-agent-w1/token")
                        .at("/spec/expirationSeconds")
                        .asLong())
                .isEqualTo(30 * 24 * 3600);
    }

    @Test
    void everyMissingRightIsNamedAtOnceAndNothingIsMade() throws Exception {
        ready();
        api = restarted();
        api.on("GET /api/v1/nodes/w1", 200, "{}").on(REVIEWS, 201, "{\"status\":{\"allowed\":false}}");

        Run run = run(usable());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains(
                        "create serviceaccounts/token capstan-agent-w1 in capstan-system",
                        "create clusterroles.rbac.authorization.k8s.io capstan-agent-w1",
                        "watch secrets custom-ca-trust-secret in kube-system",
                        "patch nodes w1");
        assertThat(api.asked()).allMatch(asked -> asked.path().endsWith("/selfsubjectaccessreviews"));
    }

    private FakeApi restarted() throws Exception {
        api.close();
        return FakeApi.start(folder);
    }

    @Test
    void whatTheClusterMissesIsSaidTogether() throws Exception {
        api.on(REVIEWS, 201, ALLOWED);

        Run run = run(usable());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        "no Node w1",
                        "does not know Capstan's resources",
                        "no namespace capstan-system",
                        "kubectl apply -k");
    }

    @Test
    void revokedIsTheServiceAccountBeforeAnotherIsMade() throws Exception {
        ready();
        api.onAny("DELETE", 200, "{}");

        Run run = run(usable(), "--revoke");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains(TOKEN);
        assertThat(api.asked().stream()
                        .map(asked -> asked.method() + " " + asked.path())
                        .filter(line -> line.matches("(DELETE|POST) .*/serviceaccounts(/capstan-agent-w1)?")))
                .containsExactly(
                        "DELETE /api/v1/namespaces/capstan-system/serviceaccounts/capstan-agent-w1",
                        "POST /api/v1/namespaces/capstan-system/serviceaccounts");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exec: {command: aws-iam}|, certificate-authority: pki/ca.crt|by running 'aws-iam' (exec)",
                "auth-provider: {name: gcp}|, certificate-authority: pki/ca.crt|by the plugin 'gcp'",
                "username: me|, certificate-authority: pki/ca.crt|neither a token nor a client certificate",
                "token: secret-word|, insecure-skip-tls-verify: true|insecure-skip-tls-verify",
                "token: secret-word|''|names no CA of the cluster",
                "token: secret-word|, certificate-authority: nowhere.crt|nowhere.crt cannot be read",
                "token: secret-word|, certificate-authority: pki/ca.crt, proxy-url: 'http://proxy'|goes through a proxy"
            })
    void whatCannotBeUsedOfAKubeconfigIsRefusedWithWhatToDo(String user, String cluster, String words)
            throws Exception {
        Run run = run(kubeconfig(user, cluster));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(words).doesNotContain("secret-word");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void kubeconfigThatIsNoYamlIsNotQuoted() throws Exception {
        Path file = Files.writeString(folder.resolve("broken"), "clusters: [token: secret-word\n\t}");

        Run run = run(file);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("is no kubeconfig").doesNotContain("secret-word");
    }

    @Test
    void nameThatIsNoNodesIsTheCommandLinesFault() throws Exception {
        Run run = Run.run(Map.of(), false, "", "agent", "credential", "../w1", "--kubeconfig", usable().toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(api.asked()).isEmpty();
    }
}
