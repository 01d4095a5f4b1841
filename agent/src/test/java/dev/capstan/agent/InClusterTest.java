package dev.capstan.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an agent in a pod takes from its surroundings. */
class InClusterTest {

    private static final Map<String, String> POD = Map.of(
            "KUBERNETES_SERVICE_HOST", "10.0.0.1",
            "KUBERNETES_SERVICE_PORT", "443",
            "CAPSTAN_NODE", "worker-1",
            "CAPSTAN_ROOT", "/host");

    @Test
    void serverNodeAndRootComeFromTheEnvironmentAndTheRestFromTheServiceAccount() {
        Settings settings = Settings.inCluster(POD);

        assertThat(settings.server()).hasToString("https://10.0.0.1:443");
        assertThat(settings.node()).isEqualTo("worker-1");
        assertThat(settings.root()).isEqualTo(Path.of("/host"));
        assertThat(settings.folder()).isEqualTo(Path.of("/host/var/lib/capstan/agent"));
        assertThat(settings.proc()).isEqualTo(Path.of("/proc"));
        assertThat(settings.certificateAuthority())
                .isEqualTo(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"));
        assertThat(settings.token()).hasToString("token in /var/run/secrets/kubernetes.io/serviceaccount/token");
        assertThat(settings.hasRuntime()).isTrue();
        assertThat(settings.program()).isNull();
    }

    @Test
    void anIpv6ServiceAddressIsTakenAsItIs() {
        Map<String, String> ipv6 = new HashMap<>(POD);
        ipv6.put("KUBERNETES_SERVICE_HOST", "fd00::1");

        assertThat(Settings.inCluster(ipv6).server()).hasToString("https://[fd00::1]:443");
    }

    @Test
    void everythingThatIsMissingIsNamedAtOnce() {
        assertThatThrownBy(() -> Settings.inCluster(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "KUBERNETES_SERVICE_HOST, CAPSTAN_NODE, CAPSTAN_ROOT",
                        "'server' is missing",
                        "'node' is missing",
                        "'root' is missing");
    }
}
