package dev.capstan.runtime;

import static dev.capstan.runtime.FakeNode.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which lane a node is in, by what is found on it; containerd itself judges the lanes in end-to-end. */
class LanesTest {

    private static final String HIDING = "[host.\"https://m.test\"]\n";

    private FakeNode node;

    @BeforeEach
    void node(@TempDir Path folder) throws IOException {
        node = new FakeNode(folder);
    }

    @Test
    void ourRootsAndOneRootOfHostDirectoriesAreIsolated() throws Exception {
        node.isolated();

        assertThat(lane().lane()).isEqualTo(Lane.ISOLATED);
        assertThat(lane().obstacles()).isEmpty();
    }

    @Test
    void stockEnvironmentAndOneRootOfHostDirectoriesAreAdditive() throws Exception {
        node.stock();

        assertThat(lane().lane()).isEqualTo(Lane.ADDITIVE);
        assertThat(lane().reason()).contains("adding needs no restart, removing does");
        assertThat(lane().obstacles()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem",
                "SSL_CERT_DIR=/var/lib/capstan/runtime/no-certificates",
                "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
                "SSL_CERT_FILE=",
                "SSL_CERT_FILE=/etc/ssl/cert.pem SSL_CERT_DIR=/nowhere",
                "SSL_CERT_FILE=/etc/other.pem SSL_CERT_DIR=/nowhere:/etc/ssl/certs"
            })
    void environmentInWhichTheTrustStoreIsStillReadIsAdditive(String variables) throws Exception {
        node.symbolicLink("/etc/ssl/cert.pem", "certs/ca-certificates.crt");
        node.containerd(41, environment(variables));

        assertThat(lane().lane()).isEqualTo(Lane.ADDITIVE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/nonexistent",
                "SSL_CERT_FILE=/etc/corp.pem SSL_CERT_DIR=/var/lib/capstan/runtime/no-certificates"
            })
    void otherRootsAreAnObstacleThatNoRestartMends(String variables) throws Exception {
        node.containerd(41, environment(variables));

        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(lane().obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words).contains("SSL_CERT_FILE", "systemctl cat containerd"));
        assertThat(node.runtime().loaded(List.of(), NOTHING)).isInstanceOf(Loaded.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2||has no config_path that this containerd reads: set config_path = \"/etc/containerd/certs.d\" in [plugins.\"io.containerd.grpc.v1.cri\".registry]",
                "3||in [plugins.\"io.containerd.cri.v1.images\".registry]",
                "2|certs.d|which is no absolute path",
                "3|/etc/containerd/certs.d:/etc/docker/certs.d|as the name of one folder"
            })
    void withoutHostDirectoriesAStockRuntimeIsInRestartAndSaysWhy(int version, String path, String words)
            throws Exception {
        node.containerdSays(FakeNode.dump(version, path == null ? "" : path).replace("[grpc]", """
                [plugins."io.containerd.cri.v1.images"]
                  use_local_image_pull = false
                [grpc]"""));
        node.stock();

        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(lane().reason()).contains("reads the trust store once", words);
        assertThat(lane().obstacles()).isEmpty();
        assertThat(node.runtime().show(node.one)).isFalse();
        assertThat(node.at(FakeNode.CERTS + "/_default")).isEmptyDirectory();
    }

    @Test
    void severalRootsCountWhereTheyAreHonouredAndOursIsTheLast() throws Exception {
        String two = FakeNode.dump(3, "/etc/docker/certs.d:/etc/containerd/certs.d");
        node.containerdSays(two + "[plugins.\"io.containerd.cri.v1.images\"]\nuse_local_image_pull = true\n");
        node.stock();
        assertThat(lane().lane()).isEqualTo(Lane.ADDITIVE);

        node.runtime().show(node.one);
        assertThat(node.at(FakeNode.CERTS + "/_default/capstan.crt")).hasContent(node.one.pem());

        Files.createDirectories(node.at("/etc/docker/certs.d/_default"));
        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(lane().reason()).contains("/etc/docker/certs.d/_default is read in place of");
    }

    @Test
    void legacyTablesBesideConfigPathAreNamed() throws Exception {
        String table = "[plugins.\"io.containerd.grpc.v1.cri\".registry.";
        node.containerdSays(FakeNode.ONE_ROOT + table + "mirrors.\"docker.io\"]\n  endpoint = [\"https://m.test\"]\n");
        node.stock();
        assertThat(lane().reason()).contains("legacy tables");

        node.containerdSays(FakeNode.ONE_ROOT + table + "configs.\"r.test\".tls]\n  ca_file = \"/etc/corp.pem\"\n");
        node.stock();
        assertThat(lane().reason()).contains("legacy tables");

        node.containerdSays(FakeNode.ONE_ROOT + table + "configs.\"r.test\".auth]\n  username = \"u\"\n");
        node.stock();
        assertThat(lane().lane()).isEqualTo(Lane.ADDITIVE);
    }

    @Test
    void hidingHostDirectoryIsAnObstacleInIsolatedAndTheReasonForRestartInAStockRuntime() throws Exception {
        node.write(FakeNode.CERTS + "/docker.io/hosts.toml", HIDING);
        node.isolated();
        assertThat(lane().lane()).isEqualTo(Lane.ISOLATED);
        assertThat(lane().obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words).contains("registry docker.io", "the line ca ="));
        assertThat(node.runtime().loaded(List.of(), NOTHING))
                .isInstanceOfSatisfying(
                        Loaded.Unknown.class,
                        unknown -> assertThat(unknown.reason()).contains("docker.io"));

        node.stock();
        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(lane().reason()).contains("registry docker.io");
        assertThat(lane().obstacles()).isEmpty();
        assertThat(node.runtime().loaded(List.of(), NOTHING)).isInstanceOf(Loaded.Known.class);
    }

    @Test
    void registryThatSomebodyVouchesForIsNoObstacle() throws Exception {
        node.write(FakeNode.CERTS + "/docker.io/hosts.toml", HIDING);
        node.write(FakeNode.CERTS + "/r.test_5000_/hosts.toml", HIDING);
        node.isolated();

        List<HostDirectory> directories = node.runtime().hostDirectories();
        assertThat(directories).extracting(HostDirectory::registry).containsExactly("r.test:5000", "docker.io");
        assertThat(node.runtime().vouching(Set.of(directories.get(1))).lane().obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words).contains("r.test:5000"));
        LaneChoice vouched = node.runtime().vouching(Set.copyOf(directories)).lane();
        assertThat(vouched.obstacles()).isEmpty();
        assertThat(vouched.reason()).contains("not for r.test:5000, docker.io");

        node.write(FakeNode.CERTS + "/docker.io/hosts.toml", HIDING.replace("m.test", "other.test"));
        assertThat(node.runtime().vouching(Set.copyOf(directories)).lane().obstacles())
                .as("what has changed since nobody vouches for")
                .singleElement()
                .satisfies(words -> assertThat(words).contains("registry docker.io"));
    }

    @Test
    void stockRuntimeWithAHostDirectoryThatIsVouchedForIsInAdditive() throws Exception {
        node.write(FakeNode.CERTS + "/docker.io/hosts.toml", HIDING);
        node.stock();
        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        Set<HostDirectory> directories = Set.copyOf(node.runtime().hostDirectories());
        assertThat(node.runtime().vouching(directories).lane().lane()).isEqualTo(Lane.ADDITIVE);
    }

    @Test
    void brokenFileInDefaultIsAnObstacleInEveryLane() throws Exception {
        node.write(FakeNode.CERTS + "/_default/odd.crt", "");
        node.stock();
        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(lane().obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words).contains("odd.crt"));

        node.isolated();
        assertThat(lane().obstacles()).hasSize(1);
    }

    @Test
    void configurationChangedUnderTheRunningProcessIsNamed() throws Exception {
        // It started nine seconds ago, and the file is of now, whatever its content's date says.
        node.isolated();
        node.clock(50);
        Files.setLastModifiedTime(
                node.at("/etc/containerd/config.toml"),
                FileTime.from(Instant.now().minusSeconds(3600)));

        assertThat(lane().obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words)
                        .contains(
                                "/etc/containerd/config.toml was changed after containerd started",
                                "systemctl restart containerd"));

        node.stock();
        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(lane().reason()).contains("changed after containerd started");
    }

    @Test
    void aFileThatAPatternWillMatchIsWatchedForAndCounts() throws Exception {
        node.write("/etc/containerd/config.toml", "imports = ['/etc/containerd/conf.d/*.toml']\n");
        Files.createDirectories(node.at("/etc/containerd/conf.d"));
        node.isolated();
        assertThat(lane().obstacles()).isEmpty();
        assertThat(node.runtime().watched()).contains(node.at("/etc/containerd/conf.d"));

        node.write("/etc/containerd/conf.d/new.toml", "version = 2\n");
        node.clock(50);
        assertThat(lane().obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words).contains("/etc/containerd/conf.d/new.toml was changed"));
    }

    @Test
    void processThatRunsWithOurRootsAndReadsNoHostDirectoryLeavesForRestartAndGetsOurSetWithItsRoots()
            throws Exception {
        node.containerdSays(FakeNode.NO_ROOT);
        node.write("/etc/ssl/certs/ca-certificates.crt", node.own.pem() + node.one.pem());
        Path withoutOurs = node.write("/without", node.own.pem());
        node.isolated();
        node.startsNow();
        ContainerRuntime runtime = node.runtime();

        assertThat(runtime.lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(runtime.lane().reason()).contains("roots that Capstan keeps", "no config_path");
        assertThat(runtime.keepRoots(withoutOurs)).isTrue();
        assertThat(node.at(RuntimeLayout.DISTRIBUTION_ROOTS)).hasContent(node.own.pem() + node.one.pem());
        assertThat(runtime.loaded(List.of(FakeNode.held(node.one, 4000)), NOTHING))
                .isInstanceOfSatisfying(
                        Loaded.Stale.class,
                        stale -> assertThat(stale.notYetKnown())
                                .extracting(NamedCertificate::identity)
                                .containsExactly(FakeNode.identity(node.one)));

        node.clock(60);
        node.containerd(41, IsolatedLane.ENVIRONMENT).ends();
        node.containerd(61, IsolatedLane.ENVIRONMENT);
        assertThat(runtime.loaded(List.of(FakeNode.held(node.one, 4000)), NOTHING))
                .isInstanceOfSatisfying(
                        Loaded.Known.class,
                        known -> assertThat(known.fingerprint()).isEqualTo(node.one.fingerprint()));
    }

    @Test
    void editThatTheProcessDoesNotKnowOfChangesNoRoots() throws Exception {
        node.write("/etc/ssl/certs/ca-certificates.crt", node.own.pem() + node.one.pem());
        Path withoutOurs = node.write("/without", node.own.pem());
        node.containerdSays(FakeNode.NO_ROOT);
        node.containerd(30, IsolatedLane.ENVIRONMENT);

        assertThat(lane().lane()).isEqualTo(Lane.ISOLATED);
        assertThat(lane().obstacles()).hasSize(2);
        assertThat(node.runtime().keepRoots(withoutOurs)).isFalse();
    }

    @Test
    void rootsThatAreGoneAreAnObstacle() throws Exception {
        Files.delete(node.at(RuntimeLayout.DISTRIBUTION_ROOTS));
        node.isolated();

        assertThat(lane().obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words).contains("is gone"));
    }

    @Test
    void crioAndDockerAreKnownByLayoutAndUnverified() throws Exception {
        node.process(7, "dockerd", "/usr/bin/dockerd", 10, Map.of());
        assertThat(lane().reason()).startsWith("unverified: docker").contains("/etc/docker/certs.d");

        node.process(8, "crio", "/usr/bin/crio", 20, Map.of());
        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(lane().reason()).startsWith("unverified: cri-o").contains("/etc/containers/certs.d");
        assertThat(node.runtime().socket()).contains(node.at("/var/run/crio/crio.sock"));
        assertThat(node.runtime().configuration()).isEmpty();
        RuntimeProcess crio = Objects.requireNonNull(lane().process());
        assertThatThrownBy(() -> node.runtime().restart(crio, socket -> {}))
                .hasMessageContaining("cri-o", "unverified", "systemctl restart crio");

        node.stock();
        assertThat(lane().lane()).isEqualTo(Lane.ADDITIVE);
    }

    @Test
    void containerdThatServesNoCriLeavesTheNodeToDocker() throws Exception {
        node.containerdSays(FakeNode.ONE_ROOT.replace("disabled_plugins = []", "disabled_plugins = ['cri']"));
        node.stock();
        assertThat(lane().reason()).contains("disables the plugin that serves CRI");

        node.process(7, "dockerd", "/usr/bin/dockerd", 10, Map.of());
        assertThat(lane().reason()).startsWith("unverified: docker");
    }

    @Test
    void withoutAProcessThereIsNoLaneAndNothingIsLoaded() throws Exception {
        assertThat(lane().lane()).isEqualTo(Lane.NONE);
        assertThat(node.runtime().loaded(List.of(), NOTHING)).isInstanceOf(Loaded.Unknown.class);
        assertThat(node.runtime().socket()).isEmpty();

        node.write(RuntimeLayout.ENVIRONMENT, "");
        assertThat(lane().lane()).isEqualTo(Lane.ISOLATED);
        assertThat(lane().obstacles()).containsExactly("containerd does not run");
    }

    @Test
    void everyFolderThatMayBreakTheLaneIsWatched() throws Exception {
        node.containerdSays(FakeNode.dump(2, "/etc/docker/certs.d:/srv/certs"));
        node.write("/srv/certs/r.test/hosts.toml", HIDING);
        Files.createDirectories(node.at("/etc/docker/certs.d"));
        node.stock();

        assertThat(node.runtime().watched())
                .containsExactlyInAnyOrder(
                        node.at("/etc/containerd"),
                        node.at("/var/lib/capstan/runtime"),
                        node.at(FakeNode.CERTS),
                        node.at(FakeNode.CERTS + "/_default"),
                        node.at("/etc/docker/certs.d"),
                        node.at("/srv/certs"),
                        node.at("/srv/certs/r.test"));
    }

    private LaneChoice lane() throws ContainerRuntimeException {
        return node.runtime().lane();
    }

    private static Map<String, String> environment(String variables) {
        Map<String, String> environment = new TreeMap<>();
        for (String variable : variables.split(" ", -1)) {
            int equals = variable.indexOf('=');
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return environment;
    }
}
