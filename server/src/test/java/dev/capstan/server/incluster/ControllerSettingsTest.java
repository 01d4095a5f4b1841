package dev.capstan.server.incluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.controller.ControllerConfig.ThisCluster;
import dev.capstan.controller.ControllerConfig.TrustLabel;
import dev.capstan.server.home.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllerSettingsTest {

    @TempDir
    private Path folder;

    @Test
    void whereThereIsNoFileEverythingHasItsDefault() throws Exception {
        ControllerSettings settings = ControllerSettings.read(folder.resolve("none"));

        assertThat(settings.rules()).isEqualTo(ThisCluster.STANDARD);
        assertThat(settings.metrics()).isEqualTo(Listen.parse("0.0.0.0:8443"));
        assertThat(settings.health()).isEqualTo(Listen.parse("0.0.0.0:8081"));
    }

    @Test
    void everyKeyIsRead() throws Exception {
        ControllerSettings settings = read("""
                restart=never
                trust-label=team.corp/trust=yes
                trust-pending-until=Proven
                metrics=[::1]:9000
                health=none
                """);

        assertThat(settings.rules())
                .isEqualTo(new ThisCluster(false, new TrustLabel("team.corp/trust", "yes"), "Proven"));
        assertThat(settings.metrics()).isEqualTo(Listen.parse("[::1]:9000"));
        assertThat(settings.metrics().isLoopback()).isTrue();
        assertThat(settings.health()).isNull();
    }

    @Test
    void aMountedCertificateHasBothItsFilesAndIsNotForLoopback() throws Exception {
        assertThat(read("").certificate()).isNull();
        assertThat(read("metrics-certificate=/tls/tls.crt\nmetrics-key=/tls/tls.key\n")
                        .certificate())
                .isEqualTo(new ControllerSettings.Certificate(Path.of("/tls/tls.crt"), Path.of("/tls/tls.key")));
        assertThatThrownBy(() -> read("metrics-key=/tls/tls.key\n")).hasMessageContaining("one of them alone");
        assertThatThrownBy(() -> read("metrics=127.0.0.1:80\nmetrics-certificate=/a\nmetrics-key=/b\n"))
                .hasMessageContaining("on loopback metrics are plain HTTP");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> read("""
                        restart=sometimes
                        trust-label=no value
                        trust-pending-until=loaded
                        metrics=8443
                        health=host.corp:80
                        restarts=never
                        """))
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll(
                        "restart=sometimes: it is one-at-a-time or never",
                        "trust-label=no value",
                        "trust-pending-until=loaded: it is one of Written, Loaded, Proven",
                        "metrics=8443: it is an address and a port",
                        "health=host.corp:80: it is an address and a port",
                        "there is no key 'restarts'; the keys are health, metrics, metrics-certificate, metrics-key");
    }

    private ControllerSettings read(String text) throws Exception {
        return ControllerSettings.read(Files.writeString(folder.resolve("controller.properties"), text));
    }
}
