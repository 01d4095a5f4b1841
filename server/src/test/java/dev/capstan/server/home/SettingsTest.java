package dev.capstan.server.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.server.home.Settings.MachineChoice;
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
        var address = Settings.read(home, null, false, null).address();

        assertThat(address.getAddress().isLoopbackAddress()).isTrue();
        assertThat(address.getPort()).isEqualTo(7443);
    }

    @Test
    void whatWasChosenIsKept() throws Exception {
        var first = Settings.read(home, "localhost:9000", false, null);
        first.write(home);

        assertThat(Settings.read(home, null, false, null)).isEqualTo(first);
        UUID.fromString(first.subscription());
    }

    @Test
    void aFreePortIsTakenOnceAndThenKept() throws Exception {
        Settings.read(home, "127.0.0.1:0", false, null).withPort(41234).write(home);

        assertThat(Settings.read(home, "127.0.0.1:0", false, null).port()).isEqualTo(41234);
        assertThat(Settings.read(home, null, false, null).port()).isEqualTo(41234);
        assertThat(Settings.read(home, "127.0.0.2:0", false, null).port()).isZero();
        assertThat(Settings.read(home, "127.0.0.1:5000", false, null).port()).isEqualTo(5000);
    }

    @Test
    void theKindOfMachinesIsKeptUntilAnotherIsAskedFor() throws Exception {
        assertThat(Settings.read(home, null, false, null).machines()).isEqualTo(MachineChoice.BEST);

        Settings.read(home, null, false, MachineChoice.DIRECTORIES).write(home);

        assertThat(Settings.read(home, null, false, null).machines()).isEqualTo(MachineChoice.DIRECTORIES);
        assertThat(Settings.read(home, null, false, MachineChoice.BEST).machines())
                .isEqualTo(MachineChoice.BEST);
    }

    @Test
    void othersCanReachItOnlyIfThatWasAgreedTo() throws Exception {
        assertThatThrownBy(
                        () -> Settings.read(home, "0.0.0.0:7443", false, null).address())
                .isInstanceOf(StartException.class)
                .hasMessageContaining("opens the API to everybody");
        var agreed = Settings.read(home, "0.0.0.0:7443", true, null);
        agreed.address();
        agreed.write(home);

        Settings.read(home, null, false, null).address();
        assertThatThrownBy(
                        () -> Settings.read(home, "192.0.2.1:7443", false, null).address())
                .as("another host needs another word")
                .isInstanceOf(StartException.class);
    }

    @Test
    void anIpv6AddressStandsInBrackets() throws Exception {
        var settings = Settings.read(home, "[::1]:7000", false, null);

        assertThat(settings.host()).isEqualTo("::1");
        assertThat(settings.address().getAddress().isLoopbackAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7443", "host", "host:", "host:x", "host:65536", "host:-1", ":7443"})
    void whatIsNoHostAndPortIsRefused(String listen) {
        assertThatThrownBy(() -> Settings.read(home, listen, false, null))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("--listen " + listen);
    }

    @Test
    void aDamagedPortIsTold() throws Exception {
        home.write("config", "listen-port=many\n");

        assertThatThrownBy(() -> Settings.read(home, null, false, null))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("many");
    }
}
