package dev.capstan.server.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @TempDir
    private Path temporary;

    private HomeFolder home;

    @BeforeEach
    void open() throws Exception {
        home = HomeFolder.open(temporary.resolve("home"));
    }

    @Test
    void withoutAWordItListensOnLoopback() throws Exception {
        var address = Settings.read(home, null, false).address();

        assertThat(address.getAddress().isLoopbackAddress()).isTrue();
        assertThat(address.getPort()).isEqualTo(7443);
    }

    @Test
    void whatWasChosenIsKept() throws Exception {
        var first = Settings.read(home, "localhost:9000", false);
        first.write(home);

        assertThat(Settings.read(home, null, false)).isEqualTo(first);
        UUID.fromString(first.subscription());
    }

    @Test
    void aFreePortIsTakenOnceAndThenKept() throws Exception {
        Settings.read(home, "127.0.0.1:0", false).withPort(41234).write(home);

        assertThat(Settings.read(home, "127.0.0.1:0", false).port()).isEqualTo(41234);
        assertThat(Settings.read(home, null, false).port()).isEqualTo(41234);
        assertThat(Settings.read(home, "127.0.0.2:0", false).port()).isZero();
        assertThat(Settings.read(home, "127.0.0.1:5000", false).port()).isEqualTo(5000);
    }

    @Test
    void othersCanReachItOnlyIfThatWasAgreedTo() throws Exception {
        assertThatThrownBy(() -> Settings.read(home, "0.0.0.0:7443", false).address())
                .isInstanceOf(StartException.class)
                .hasMessageContaining("opens the API to everybody");
        var agreed = Settings.read(home, "0.0.0.0:7443", true);
        agreed.address();
        agreed.write(home);

        Settings.read(home, null, false).address();
        assertThatThrownBy(() -> Settings.read(home, "192.0.2.1:7443", false).address())
                .as("another host needs another word")
                .isInstanceOf(StartException.class);
    }

    @Test
    void anIpv6AddressStandsInBrackets() throws Exception {
        var settings = Settings.read(home, "[::1]:7000", false);

        assertThat(settings.host()).isEqualTo("::1");
        assertThat(settings.address().getAddress().isLoopbackAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7443", "host", "host:", "host:x", "host:65536", "host:-1", ":7443"})
    void whatIsNoHostAndPortIsRefused(String listen) {
        assertThatThrownBy(() -> Settings.read(home, listen, false))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("--listen " + listen);
    }

    @Test
    void aDamagedPortIsTold() throws Exception {
        home.write("config", "listen-port=many\n");

        assertThatThrownBy(() -> Settings.read(home, null, false))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("many");
    }
}
