package dev.capstan.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real containerds of three versions say how they read a configuration, and what they say is understood. */
class RuntimeConfigurationTest {

    private static final String V2 = "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n";
    private static final String V3 = "[plugins.\"io.containerd.cri.v1.images\".registry]\n";
    private static final String ONE = "  config_path = \"/etc/containerd/certs.d\"\n";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(RealContainerd.class)
    void withoutAFileThereIsNoRootOfHostDirectories(RealContainerd containerd) throws Exception {
        RuntimeConfiguration configuration = dump(containerd, "version = 2\n");

        assertThat(configuration.version()).isEqualTo(containerd == RealContainerd.SID ? 3 : 2);
        assertThat(configuration.configPath()).isEmpty();
        assertThat(configuration.roots()).isEmpty();
        assertThat(configuration.mirrors()).isEmpty();
        assertThat(configuration.tlsConfigs()).isEmpty();
        assertThat(configuration.criDisabled()).isFalse();
        assertThat(configuration.address()).isEqualTo("/run/containerd/containerd.sock");
        assertThat(configuration.transferPulls()).isEqualTo(containerd == RealContainerd.SID);
    }

    @ParameterizedTest
    @EnumSource(RealContainerd.class)
    void fileOfVersionTwoIsReadByEach(RealContainerd containerd) throws Exception {
        RuntimeConfiguration configuration =
                dump(containerd, "version = 2\n[grpc]\naddress = \"/run/c.sock\"\n" + V2 + ONE);

        assertThat(configuration.roots()).containsExactly("/etc/containerd/certs.d");
        assertThat(configuration.address()).isEqualTo("/run/c.sock");
    }

    @ParameterizedTest
    @EnumSource(RealContainerd.class)
    void disabledCriIsSeen(RealContainerd containerd) throws Exception {
        String disabled = "version = 2\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n" + V2 + ONE;

        assertThat(dump(containerd, disabled).criDisabled()).isTrue();
    }

    @Test
    void sectionOfAnotherVersionIsPassedOverInSilence() throws Exception {
        assertThat(dump(RealContainerd.SID, "version = 3\n" + V3 + ONE).roots()).hasSize(1);
        assertThat(dump(RealContainerd.SID, "version = 3\n" + V2 + ONE).roots()).isEmpty();
        assertThat(dump(RealContainerd.TRIXIE, "version = 2\n" + V3 + ONE).roots())
                .isEmpty();
        assertThat(dump(RealContainerd.TRIXIE, "version = 2\n" + V2 + ONE).registryTable())
                .isEqualTo("plugins.\"io.containerd.grpc.v1.cri\".registry");
        assertThat(dump(RealContainerd.SID, "version = 2\n" + V2 + ONE).registryTable())
                .isEqualTo("plugins.\"io.containerd.cri.v1.images\".registry");
    }

    @Test
    void fileOfVersionOneIsReadByOneAndPassedOverByTwo() throws Exception {
        String one = "version = 1\n[plugins.cri.registry]\n" + ONE;

        assertThat(dump(RealContainerd.INSTALLED, one).roots()).hasSize(1);
        assertThat(dump(RealContainerd.TRIXIE, one).roots()).hasSize(1);
        assertThat(dump(RealContainerd.SID, one).roots()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RealContainerd.class)
    void severalRootsKeepTheirOrder(RealContainerd containerd) throws Exception {
        assertThat(dump(containerd, "version = 2\n" + V2 + "config_path = \"/etc/a:/etc/b\"\n")
                        .roots())
                .containsExactly("/etc/a", "/etc/b");
    }

    @Test
    void onlyTwoPullsByTheTransferServiceAndNotWhereItIsToldOtherwise() throws Exception {
        String local = "version = 3\n[plugins.\"io.containerd.cri.v1.images\"]\nuse_local_image_pull = true\n";

        assertThat(dump(RealContainerd.SID, local).transferPulls()).isFalse();
        assertThat(dump(RealContainerd.TRIXIE, "version = 2\n").transferPulls()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(RealContainerd.class)
    void legacyTablesAreSeen(RealContainerd containerd) throws Exception {
        RuntimeConfiguration configuration = dump(containerd, """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
                  endpoint = ["https://m.test"]
                [plugins."io.containerd.grpc.v1.cri".registry.configs."r.test".tls]
                  ca_file = "/etc/corp.pem"
                [plugins."io.containerd.grpc.v1.cri".registry.configs."auth.test".auth]
                  username = "u"
                """);

        assertThat(configuration.mirrors()).containsExactly("docker.io");
        // Containerd 2 knows no tls there any more.
        assertThat(configuration.tlsConfigs())
                .isEqualTo(containerd == RealContainerd.SID ? List.of() : List.of("r.test"));
    }

    @ParameterizedTest
    @EnumSource(RealContainerd.class)
    void importedFileUnderAMainFileOfVersionTwoReplacesThePluginsSettings(RealContainerd containerd) throws Exception {
        write("conf.d/cri.toml", "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"x\"\n");
        String main = "version = 2\nimports = [\"" + folder + "/conf.d/*.toml\"]\n" + V2 + ONE;

        RuntimeConfiguration configuration = dump(containerd, main);

        // What the main file says is no evidence of what containerd does.
        assertThat(configuration.roots().isEmpty()).isEqualTo(containerd != RealContainerd.SID);
        assertThat(configuration.imports()).isNotEmpty();
        assertThat(ConfigurationFiles.of(
                                Path.of("/"), folder.resolve("config.toml").toString())
                        .files())
                .containsExactly(
                        folder.resolve("conf.d/cri.toml").toString(),
                        folder.resolve("config.toml").toString());
    }

    @ParameterizedTest
    @EnumSource(RealContainerd.class)
    void brokenFileIsSaidInContainerdsOwnWords(RealContainerd containerd) throws Exception {
        write("config.toml", "[[[\n");

        NodePrograms.Ran ran = new NodePrograms(Path.of("/"))
                .run(
                        Duration.ofMinutes(5),
                        List.of(
                                containerd.program().toString(),
                                "--config",
                                folder + "/config.toml",
                                "config",
                                "dump"));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.complaint()).containsPattern("failed to (load|unmarshal) TOML");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "version = 1\n", "version = \"2\"\n", "version = 99999999999\n", "]"})
    void whatIsNoDumpIsRefused(String text) {
        assertThatThrownBy(() -> RuntimeConfiguration.parse(text)).isInstanceOf(ContainerRuntimeException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.6.20", "2.1.9"})
    void machineThatCapstanMakesReadsItsHostDirectories(String version) throws Exception {
        RealContainerd containerd = version.startsWith("1") ? RealContainerd.INSTALLED : RealContainerd.SID;

        RuntimeConfiguration configuration = dump(containerd, ContainerdConfiguration.forMachine(version));

        assertThat(configuration.roots()).containsExactly(RuntimeLayout.HOST_DIRECTORIES);
    }

    private RuntimeConfiguration dump(RealContainerd containerd, String configuration)
            throws IOException, ContainerRuntimeException {
        write("config.toml", configuration);
        List<String> command = new ArrayList<>(List.of(containerd.program().toString()));
        command.addAll(List.of("--config", folder + "/config.toml", "config", "dump"));
        NodePrograms.Ran ran = new NodePrograms(Path.of("/")).run(Duration.ofMinutes(5), command);
        assertThat(ran.code()).as(ran.complaint()).isZero();
        return RuntimeConfiguration.parse(ran.output());
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).resolveSibling(""));
        Files.writeString(folder.resolve(name), text);
    }
}
