package dev.capstan.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Host directories as containerd reads them; each form was pulled through on 1.6.20, 1.7.24 and 2.1.9. Forms of which 1.x and
 * 2.x think differently are tried for both.
 */
class HostDirectoriesTest {

    private static final String BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

    private FakeNode node;

    @BeforeEach
    void node(@TempDir Path folder) throws IOException {
        node = new FakeNode(folder);
    }

    static Stream<Arguments> directoriesThatReadTheSet() {
        return Stream.of(
                Arguments.of("r.test", "[host.\"https://r.test\"]\n  ca = \"" + BUNDLE + "\"\n"),
                Arguments.of("r.test", "[host.'https://r.test']\n  ca = ['/etc/corp.crt', '" + BUNDLE + "']\n"),
                Arguments.of(
                        "r.test", "[host]\n  [host.\"r.test\"]\n    ca = \"../../../ssl/certs/ca-certificates.crt\"\n"),
                Arguments.of(
                        "r.test",
                        "server = \"https://r.test\"\nca = \"" + BUNDLE + "\"\n[host.\"https://m.test\"]\n  ca = [\""
                                + BUNDLE + "\"]\n"),
                Arguments.of("r.test", "server = \"https://r.test\"\nca = \"" + BUNDLE + "\"\n[host]\n"),
                Arguments.of("r.test_5000_", "[host.\"https://r.test:5000\"]\n  ca = \"" + BUNDLE + "\"\n"),
                Arguments.of("r.test:5000", "[host]\n[host.'r.test:5000']\nca = [\"" + BUNDLE + "\"]\n"),
                Arguments.of("r.test", "server = \"http://r.test\"\n[host.\"http://m.test\"]\n"),
                Arguments.of("r.test", "skip_verify = true\n[host.\"https://m.test\"]\n  skip_verify = true\n"));
    }

    @ParameterizedTest
    @MethodSource("directoriesThatReadTheSet")
    void directoryThatNamesTheBundleHidesNothing(String name, String hosts) throws Exception {
        node.write("/etc/corp.crt", node.two.pem());
        node.write(FakeNode.CERTS + "/" + name + "/hosts.toml", hosts);

        for (boolean two : new boolean[] {false, true}) {
            HostDirectories found = look(two);
            assertThat(found.hiding(Set.of())).isEmpty();
            assertThat(found.directories()).singleElement().satisfies(directory -> {
                assertThat(directory.hides()).isEmpty();
                assertThat(directory.joinable()).isFalse();
            });
        }
    }

    static Stream<Arguments> directoriesThatHideIt() {
        String top = "add to the top of the file of " + FakeNode.CERTS + "/r.test/hosts.toml the line ca = \"" + BUNDLE
                + "\"";
        return Stream.of(
                Arguments.of(
                        "[host.\"https://m.test\"]\n  capabilities = [\"pull\"]\n",
                        "add to [host.\"https://m.test\"] of " + FakeNode.CERTS + "/r.test/hosts.toml the line ca = \""
                                + BUNDLE + "\""),
                Arguments.of("[host.\"https://m.test\"]\n  ca = \"" + BUNDLE + "\"\n", top),
                Arguments.of("[host]\n", top),
                Arguments.of(
                        "server = \"https://up.test\"\n[host.\"https://r.test\"]\n  ca = \"" + BUNDLE + "\"\n", top),
                Arguments.of(
                        "[host.\"https://r.test\"]\n  ca = \"/etc/corp.crt\"\n",
                        "[host.\"https://r.test\"] of " + FakeNode.CERTS
                                + "/r.test/hosts.toml the line ca = [\"/etc/corp.crt\", \"" + BUNDLE + "\"]"),
                Arguments.of(
                        "[host.\"https://r.test\"]\n  ca = [\"" + BUNDLE + "\", \"gone.crt\"]\n",
                        "the ca " + FakeNode.CERTS + "/r.test/gone.crt of [host.\"https://r.test\"] is not there"));
    }

    @ParameterizedTest
    @MethodSource("directoriesThatHideIt")
    void directoryThatDoesNotIsNamedWithTheLineToAdd(String hosts, String words) throws Exception {
        node.write("/etc/corp.crt", node.two.pem());
        node.write(FakeNode.CERTS + "/r.test/hosts.toml", hosts);

        for (boolean two : new boolean[] {false, true}) {
            assertThat(look(two).hiding(Set.of()))
                    .singleElement()
                    .satisfies(hides ->
                            assertThat(hides).contains("registry r.test has a host directory of its own", words));
            assertThat(look(two).hiding(Set.copyOf(look(two).directories()))).isEmpty();
        }
    }

    static Stream<Arguments> filesThatOneContainerdRefuses() {
        // Whether 1.x and 2.x take the file. If not, the directory's *.crt count.
        return Stream.of(
                Arguments.of("", false, false),
                Arguments.of("\n", false, true),
                Arguments.of("# nothing\n", false, true),
                Arguments.of("ca = \"/etc/corp.crt\"\n", false, true),
                Arguments.of("server = \"https://r.test\"\nca = \"/etc/corp.crt\"\n", false, true),
                Arguments.of("[host]\n", true, true),
                Arguments.of("[host.\"https://r.test\"\n", false, false),
                Arguments.of("[host.\"https://r.test\"]\nca = 1\n", false, false),
                Arguments.of("[host.\"https://r.test\"]\ncapabilities = [\"fly\"]\n", false, false),
                Arguments.of("host = \"r.test\"\n", false, false));
    }

    @ParameterizedTest
    @MethodSource("filesThatOneContainerdRefuses")
    void refusedFileLeavesTheDirectorysOwnCertificates(String hosts, boolean one, boolean two) throws Exception {
        node.write("/etc/corp.crt", node.two.pem());
        node.write(FakeNode.CERTS + "/r.test/hosts.toml", hosts);
        node.symbolicLink(FakeNode.CERTS + "/r.test/ca.crt", BUNDLE);

        assertThat(look(false).hiding(Set.of()).isEmpty()).isEqualTo(!one);
        assertThat(look(true).hiding(Set.of()).isEmpty()).isEqualTo(!two);

        node.write(FakeNode.CERTS + "/_default/hosts.toml", hosts);
        assertThat(look(false).obstacles().isEmpty()).isEqualTo(!one);
        assertThat(look(true).obstacles().isEmpty()).isEqualTo(!two);
    }

    @Test
    void dockersWayOfCertificatesIsReadUnlessOneIsBroken() throws Exception {
        node.write(FakeNode.CERTS + "/r.test/corp.crt", node.two.pem());
        assertThat(look(true).hiding(Set.of()))
                .singleElement()
                .satisfies(hides ->
                        assertThat(hides).contains("ln -s " + BUNDLE + " " + FakeNode.CERTS + "/r.test/capstan.crt"));

        node.symbolicLink(FakeNode.CERTS + "/r.test/all.crt", BUNDLE);
        assertThat(look(true).hiding(Set.of())).isEmpty();

        node.write(FakeNode.CERTS + "/r.test/junk.crt", "nothing");
        assertThat(look(true).hiding(Set.of()))
                .singleElement()
                .satisfies(hides -> assertThat(hides).contains("r.test/junk.crt holds no certificate"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host.\"https://r.test\" = {ca = \"" + BUNDLE + "\"}\n",
                "[host]\n\"https://r.test\" = {ca = \"" + BUNDLE + "\"}\n",
                "[host]\n\"https://r.test\".ca = \"" + BUNDLE + "\"\n"
            })
    void serverWithoutAHeadingCountsBeforeTwoOnly(String hosts) throws Exception {
        node.write(FakeNode.CERTS + "/r.test/hosts.toml", hosts);

        assertThat(look(false).hiding(Set.of())).isEmpty();
        assertThat(look(true).hiding(Set.of()))
                .singleElement()
                .satisfies(hides -> assertThat(hides).contains("add to the top of the file"));
    }

    @Test
    void brokenHostsFileIsSaidWithWhatIsWrong() throws Exception {
        node.write(FakeNode.CERTS + "/r.test/hosts.toml", "[host\n");

        assertThat(look(true).hiding(Set.of()))
                .singleElement()
                .satisfies(hides -> assertThat(hides).contains("passes over its hosts.toml (line 1:"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text without a certificate",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
            })
    void oneFileWithoutACertificateInDefaultIsAnObstacle(String content) throws Exception {
        node.write(FakeNode.CERTS + "/_default/good.crt", node.two.pem());
        assertThat(look(false).obstacles()).isEmpty();

        node.write(FakeNode.CERTS + "/_default/odd.crt", content);
        assertThat(look(false).obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words)
                        .contains("_default/odd.crt holds no certificate, which fails every pull", "remove it"));
    }

    @Test
    void danglingLinksFoldersAndLinksToFoldersInDefault() throws Exception {
        Files.createDirectories(node.at(FakeNode.CERTS + "/_default/folder.crt"));
        node.write(FakeNode.CERTS + "/_default/note.txt", "");
        node.write(FakeNode.CERTS + "/_default/part.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n" + node.two.pem());
        assertThat(look(false).obstacles()).isEmpty();

        node.symbolicLink(FakeNode.CERTS + "/_default/link.crt", "/nowhere");
        node.symbolicLink(FakeNode.CERTS + "/_default/folderlink.crt", "folder.crt");
        assertThat(look(false).obstacles())
                .satisfiesExactlyInAnyOrder(
                        words -> assertThat(words).contains("link.crt is not there, or leads nowhere"),
                        words -> assertThat(words).contains("folderlink.crt is no file"));
    }

    @Test
    void goodBlockBesideABrokenOneCounts() throws Exception {
        node.write(
                FakeNode.CERTS + "/_default/mixed.crt",
                "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n" + node.two.pem());

        assertThat(look(false).obstacles()).isEmpty();
    }

    @Test
    void foreignHostsFileInDefaultHidesEverything() throws Exception {
        node.write(FakeNode.CERTS + "/_default/hosts.toml", "server = \"https://m.test\"\n[host]\n");

        assertThat(look(false).obstacles())
                .singleElement()
                .satisfies(
                        words -> assertThat(words).contains("_default/hosts.toml hides every certificate beside it"));
    }

    @Test
    void ofSeveralRootsOursIsTheLastAndAnEarlierDefaultHidesIt() throws Exception {
        List<String> roots = List.of("/etc/docker/certs.d", FakeNode.CERTS);
        node.symbolicLink("/etc/docker/certs.d/a.test/ca.crt", BUNDLE);
        node.write(FakeNode.CERTS + "/a.test/hosts.toml", "[host.\"https://m.test\"]\n");
        node.write(FakeNode.CERTS + "/b.test/hosts.toml", "[host.\"https://m.test\"]\n");

        HostDirectories found = HostDirectories.look(node.root, roots, false);
        assertThat(found.obstacles()).isEmpty();
        assertThat(found.directories())
                .extracting(HostDirectory::path)
                .containsExactly("/etc/docker/certs.d/a.test", FakeNode.CERTS + "/b.test");
        assertThat(found.hiding(Set.of()))
                .singleElement()
                .satisfies(hides -> assertThat(hides).contains("b.test"));

        Files.createDirectories(node.at("/etc/docker/certs.d/_default"));
        assertThat(HostDirectories.look(node.root, roots, false).obstacles())
                .singleElement()
                .satisfies(words -> assertThat(words).startsWith("/etc/docker/certs.d/_default is read in place of"));
    }

    @Test
    void portableNameOfADirectoryWinsOverTheOneWithAColon() throws Exception {
        node.write(FakeNode.CERTS + "/r.test:5000/hosts.toml", "[host.\"https://m.test\"]\n");
        node.symbolicLink(FakeNode.CERTS + "/r.test_5000_/ca.crt", BUNDLE);
        node.write(FakeNode.CERTS + "/under_score/hosts.toml", "[host.\"https://m.test\"]\n");

        assertThat(look(false).directories())
                .extracting(HostDirectory::registry)
                .containsExactly("under_score", "r.test:5000");
        assertThat(look(false).hiding(Set.copyOf(look(false).directories()))).isEmpty();
    }

    @Test
    void whatLeadsNowhereOrIsAFileIsNoHostDirectory() throws Exception {
        node.symbolicLink(FakeNode.CERTS + "/r.test", "/nowhere");
        node.write(FakeNode.CERTS + "/README", "text");

        assertThat(look(true).directories()).isEmpty();
    }

    @Test
    void linksAreFollowedInsideTheRootOnly() throws Exception {
        // The same name outside the root holds something else, or nothing.
        node.write("/etc/only-in-the-node.pem", node.own.pem());
        Files.delete(node.at(BUNDLE));
        node.symbolicLink(BUNDLE, "/etc/only-in-the-node.pem");
        node.symbolicLink(FakeNode.CERTS + "/r.test/ca.crt", "/etc/only-in-the-node.pem");

        assertThat(look(true).hiding(Set.of())).isEmpty();
    }

    @Test
    void joiningAddsOurLinkWhereNoHostsFileDecides() throws Exception {
        node.isolated();
        Path corporate = node.write(FakeNode.CERTS + "/r.test/corp.crt", node.two.pem());
        ContainerRuntime runtime = node.runtime();
        HostDirectory directory = runtime.hostDirectories().getFirst();
        assertThat(directory.joinable()).isTrue();
        assertThat(runtime.lane().obstacles()).isNotEmpty();

        assertThat(HostDirectories.join(node.root, directory.path())).isTrue();
        assertThat(HostDirectories.join(node.root, directory.path())).isFalse();

        Path ours = node.at(FakeNode.CERTS + "/r.test/capstan.crt");
        assertThat(Files.readSymbolicLink(ours)).hasToString(BUNDLE);
        assertThat(runtime.lane().obstacles()).isEmpty();
        assertThat(corporate).hasContent(node.two.pem());

        assertThat(runtime.leave(directory.path())).isTrue();
        assertThat(runtime.leave(directory.path())).isFalse();
        assertThat(node.at(FakeNode.CERTS + "/r.test")).isDirectoryContaining(path -> path.equals(corporate));
        assertThat(ours).doesNotExist();
    }

    @Test
    void nothingIsAddedWhereAHostsFileDecidesOrAFileOfThatNameIsAnothers() throws Exception {
        node.isolated();
        node.write(FakeNode.CERTS + "/a.test/hosts.toml", "[host.\"https://m.test\"]\n");
        Path foreign = node.write(FakeNode.CERTS + "/b.test/capstan.crt", node.two.pem());
        ContainerRuntime runtime = node.runtime();
        List<HostDirectory> directories = runtime.hostDirectories();

        assertThat(directories).extracting(HostDirectory::registry).containsExactly("b.test", "a.test");
        assertThatThrownBy(() -> runtime.join(directories.get(1)))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("[host.\"https://m.test\"]");
        assertThat(runtime.join(directories.get(0))).isFalse();
        assertThat(runtime.leave(directories.get(0).path())).isFalse();
        assertThat(foreign).hasContent(node.two.pem());
    }

    @Test
    void serversThatDoNotReadTheSetAreNamedWithTheirOwnCertificates() throws Exception {
        Path corporate = node.write("/etc/corp.crt", node.two.pem());
        node.write(FakeNode.CERTS + "/docker.io/hosts.toml", """
                [host."https://m.test:8443/v2/hub"]
                  ca = "/etc/corp.crt"
                [host."https://skipped.test"]
                  skip_verify = true
                [host."https://shown.test"]
                  ca = "%s"
                """.formatted(BUNDLE));
        Path own = node.write(FakeNode.CERTS + "/r.test:5000/own.crt", node.two.pem());
        node.write(FakeNode.CERTS + "/broken.test/empty.crt", "");
        node.write(FakeNode.CERTS + "/lost.test/hosts.toml", "[host.\"https://m.test\"]\n  ca = \"/gone.crt\"\n");

        assertThat(look(true).directories())
                .extracting(HostDirectory::registry, HostDirectory::unshown)
                .containsExactlyInAnyOrder(
                        tuple(
                                "docker.io",
                                List.of(
                                        new HostDirectory.Server("m.test:8443", List.of(corporate)),
                                        new HostDirectory.Server("registry-1.docker.io", List.of()))),
                        tuple("r.test:5000", List.of(new HostDirectory.Server("r.test:5000", List.of(own)))),
                        tuple("broken.test", List.of()),
                        tuple("lost.test", List.of()));
    }

    private HostDirectories look(boolean two) throws IOException {
        return HostDirectories.look(node.root, List.of(FakeNode.CERTS), two);
    }
}
