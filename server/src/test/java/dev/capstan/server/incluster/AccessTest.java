package dev.capstan.server.incluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.resources.ClusterEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {

    @TempDir
    private Path folder;

    @Test
    void aPodReadsItsTokenAtEachRequest() throws Exception {
        Files.writeString(folder.resolve("ca.crt"), "authority");
        Path token = Files.writeString(folder.resolve("token"), "first\n");

        ClusterEndpoint endpoint = pod(Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443"));

        assertThat(endpoint.url()).isEqualTo("https://[fd00::1]:6443");
        assertThat(endpoint.certificateAuthority()).isEqualTo("authority");
        assertThat(endpoint.token().get()).isEqualTo("first");
        Files.writeString(token, "second\n");
        assertThat(endpoint.token().get()).isEqualTo("second");
    }

    @Test
    void outsideOfAPodItSaysWhatIsMissing() {
        assertThatThrownBy(() -> pod(Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("KUBERNETES_SERVICE_HOST", "--kubeconfig");
    }

    @Test
    void ofAKubeconfigTheCurrentContextCounts() throws Exception {
        ClusterEndpoint endpoint = kubeconfig("token: secret");

        assertThat(endpoint.url()).isEqualTo("https://10.0.0.1:6443");
        assertThat(endpoint.certificateAuthority()).isEqualTo("authority");
        assertThat(endpoint.token().get()).isEqualTo("secret");
    }

    @Test
    void aTokenInAFileIsReadAtEachRequest() throws Exception {
        Path token = Files.writeString(folder.resolve("its-token"), "first\n");
        ClusterEndpoint endpoint = kubeconfig("tokenFile: its-token");
        assertThat(endpoint.token().get()).isEqualTo("first");
        Files.writeString(token, "second\n");
        assertThat(endpoint.token().get()).isEqualTo("second");
    }

    @ParameterizedTest
    @CsvSource({"ecparam -name prime256v1 -genkey -noout, EC", "genrsa -traditional, RSA", "genpkey -algorithm RSA, RSA"
    })
    void aClientCertificateIsTakenInlineAndFromFilesBesideTheKubeconfig(String command, String algorithm)
            throws Exception {
        openssl(command + " -out " + folder.resolve("me.key"));
        openssl("req -x509 -key " + folder.resolve("me.key") + " -subj /CN=me -days 2 -out "
                + folder.resolve("me.crt"));
        String certificate = Files.readString(folder.resolve("me.crt"));
        String key = Files.readString(folder.resolve("me.key"));

        for (ClusterEndpoint endpoint : List.of(
                kubeconfig("client-certificate: me.crt, client-key: me.key"),
                kubeconfig("client-certificate-data: " + base64(certificate) + ", client-key-data: " + base64(key)
                        + ", client-key: not-read"))) {
            assertThat(endpoint.certificate()).isNotNull();
            assertThat(endpoint.certificate().certificate()).isEqualTo(certificate);
            assertThat(endpoint.certificate().key()).isEqualTo(key);
            assertThat(endpoint.certificate().algorithm()).isEqualTo(algorithm);
            assertThat(endpoint.token().get()).isEmpty();
        }
        assertThat(kubeconfig("token: secret, client-certificate: me.crt, client-key: me.key")
                        .certificate())
                .as("a token goes before a certificate")
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    exec: {command: aws}                             | comes from a program (exec), which is not run here
                    auth-provider: {name: oidc}                      | auth-provider, which Kubernetes itself has given up
                    username: me, password: secret                   | a name and a password
                    token: secret, as: somebody                      | acts as another
                    client-certificate: me.crt                       | neither a token nor a client certificate with its key
                    client-certificate-data: eA==, client-key: away  | away cannot be read
                    client-certificate-data: eA==, client-key-data: eA== | client-key cannot be used: it holds no private key
                    namespace: x                                     | kubectl create token
                    """)
    void whatIsNotTakenIsRefusedInWords(String user, String words) throws Exception {
        Files.writeString(folder.resolve("me.crt"), "x");
        assertThatThrownBy(() -> kubeconfig(user))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("secret");
    }

    @Test
    void allThatIsWrongIsSaidTogetherAndWhatIsNoKubeconfigIsSaidToo() {
        assertThatThrownBy(() -> read("""
                        current-context: one
                        contexts: [{name: one, context: {cluster: c, user: u}}]
                        clusters: [{name: c, cluster: {server: "http://10.0.0.1", insecure-skip-tls-verify: true}}]
                        users: [{name: u, user: {exec: {command: aws}}}]
                        """))
                .hasMessageContainingAll(
                        "https", "insecure-skip-tls-verify", "certificate-authority", "exec", "context one");
        assertThatThrownBy(() -> read("a: [secret"))
                .hasMessageContaining("no YAML")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> read("a: b")).hasMessageContaining("no kubeconfig");
    }

    private ClusterEndpoint read(String text) throws IOException {
        return Kubeconfig.read(Files.writeString(folder.resolve("other"), text)).endpoint();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void openssl(String command) throws Exception {
        var process = new ProcessBuilder(List.of(("openssl " + command).split(" ", -1)))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private ClusterEndpoint pod(Map<String, String> environment) throws IOException {
        return new Access.Pod(environment, folder).read();
    }

    private ClusterEndpoint kubeconfig(String user) throws IOException {
        return new Access.ByKubeconfig(Files.writeString(folder.resolve("kubeconfig"), """
                        apiVersion: v1
                        kind: Config
                        clusters:
                        - name: one
                          cluster:
                            server: https://10.0.0.1:6443/
                            certificate-authority-data: YXV0aG9yaXR5
                        - name: two
                          cluster: {server: https://10.0.0.2:6443}
                        users:
                        - name: me
                          user: {%s}
                        contexts:
                        - {name: one, context: {cluster: one, user: me}}
                        - {name: two, context: {cluster: two, user: me}}
                        current-context: one
                        """.formatted(user))).read();
    }
}
