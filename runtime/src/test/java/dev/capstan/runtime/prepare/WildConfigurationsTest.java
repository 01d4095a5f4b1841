package dev.capstan.runtime.prepare;

import static dev.capstan.runtime.prepare.Containerds.V1_6;
import static dev.capstan.runtime.prepare.Containerds.V1_7;
import static dev.capstan.runtime.prepare.Containerds.V2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.RuntimeConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Configurations of the forms that nodes have, each in a file of its own, judged by real containerds: what is edited and
 * how, what is refused and with which words. What is edited is read by that containerd again, and taken back byte for byte.
 */
class WildConfigurationsTest {

    private static final String V2_SECTION = "[plugins.\"io.containerd.grpc.v1.cri\".registry]";
    private static final String V3_SECTION = "[plugins.\"io.containerd.cri.v1.images\".registry]";
    private static final String SET = "  config_path = \"/etc/containerd/certs.d\"";

    /** What shall come of a configuration. */
    sealed interface Expected {

        /** These lines change, as a diff has them, and nothing else. */
        record Edit(List<String> lines) implements Expected {}

        /** Nothing has to change: this is the root. */
        record Right(String root) implements Expected {}

        /** It is refused, and the words say all of this. */
        record Refusal(List<String> words) implements Expected {}

        /** This containerd does not even start with it. */
        record Unreadable(String words) implements Expected {}
    }

    record Wild(String file, List<Containerds> by, Expected expected) {

        @Override
        public String toString() {
            return file + " " + by;
        }
    }

    private static Wild edit(String file, List<Containerds> by, String... lines) {
        return new Wild(file, by, new Expected.Edit(List.of(lines)));
    }

    private static Wild right(String file, List<Containerds> by, String root) {
        return new Wild(file, by, new Expected.Right(root));
    }

    private static Wild refused(String file, List<Containerds> by, String... words) {
        return new Wild(file, by, new Expected.Refusal(List.of(words)));
    }

    private static Stream<Wild> configurations() {
        List<Containerds> all = Containerds.all();
        List<Containerds> ones = List.of(V1_6, V1_7);
        List<Containerds> two = List.of(V2);
        return Stream.of(
                edit(
                        "kubeadm-default-v2.toml",
                        ones,
                        "-      config_path = \"\"",
                        "+      config_path = \"/etc/containerd/certs.d\""),
                edit(
                        "default-v3.toml",
                        two,
                        "-      config_path = ''",
                        "+      config_path = \"/etc/containerd/certs.d\""),
                edit("debian-stock-v2.toml", all, "+", "+" + V2_SECTION, "+" + SET),
                edit(
                        "nvidia-toolkit-v2.toml",
                        all,
                        "-      config_path = \"\"",
                        "+      config_path = \"/etc/containerd/certs.d\""),
                edit("kind-v2.toml", all, "+", "+" + V2_SECTION, "+" + SET),
                right("aks-v2.toml", all, "/etc/containerd/certs.d"),
                right("kubespray-v2.toml", ones, "/etc/containerd/certs.d"),
                edit(
                        "eks-al2-v2.toml",
                        all,
                        "-config_path = \"/etc/containerd/certs.d:/etc/docker/certs.d\"",
                        "+config_path = \"/etc/containerd/certs.d\""),
                edit(
                        "eks-al2023-v3.toml",
                        two,
                        "-config_path = \"/etc/containerd/certs.d:/etc/docker/certs.d\"   # mirrors live there",
                        "+config_path = \"/etc/containerd/certs.d\"   # mirrors live there"),
                edit("no file", ones, "+version = 2", "+", "+" + V2_SECTION, "+" + SET),
                edit("no file", two, "+version = 3", "+", "+" + V3_SECTION, "+" + SET),
                edit("empty.toml", ones, "+version = 2", "+", "+" + V2_SECTION, "+" + SET),
                edit("empty.toml", two, "+version = 3", "+", "+" + V3_SECTION, "+" + SET),
                edit("comments-only.toml", ones, "+version = 2", "+", "+" + V2_SECTION, "+" + SET),
                edit("comments-only.toml", two, "+version = 3", "+", "+" + V3_SECTION, "+" + SET),
                edit(
                        "odd-indentation-v2.toml",
                        all,
                        "-\t\t\tconfig_path   =    ''\t# empty",
                        "+\t\t\tconfig_path   =    \"/etc/containerd/certs.d\"\t# empty"),
                edit("crlf-v2.toml", all, "+" + SET),
                edit("no-last-line-end-v2.toml", all, "+" + SET),
                edit("multi-line-strings-v2.toml", all, "+", "+" + V2_SECTION, "+" + SET),
                edit(
                        "dotted-key-v2.toml",
                        all,
                        "-plugins.\"io.containerd.grpc.v1.cri\".registry.config_path = '' # nothing yet",
                        "+plugins.\"io.containerd.grpc.v1.cri\".registry.config_path = \"/etc/containerd/certs.d\" # nothing yet"),
                edit("registry-auth-only-v2.toml", ones, "+" + SET),
                edit("version-3-with-v2-section.toml", two, "+", "+" + V3_SECTION, "+" + SET),
                edit("import-harmless-v2.toml", all, "+", "+" + V2_SECTION, "+" + SET),
                edit("import-takes-over-v2.toml", two, "+", "+" + V2_SECTION, "+" + SET),
                edit("import-v3.toml", two, "+", "+" + V3_SECTION, "+" + SET),
                right("version-3-with-v2-section.toml", List.of(V1_6), "/etc/containerd/certs.d"),
                refused("eks-al2023-v3.toml", List.of(V1_6), "version 3", "at most 2", "By hand"),
                new Wild("version-3-with-v2-section.toml", List.of(V1_7), new Expected.Unreadable("version")),
                new Wild("broken.toml", all, new Expected.Unreadable("TOML")),
                refused("docker-package-stock.toml", all, "CRI service is switched off", "disabled_plugins"),
                refused("old-blog-version-1.toml", all, "version 1", "Convert it"),
                refused("inline-table-v2.toml", all, "inline table", "By hand", SET),
                refused("dotted-headers-v2.toml", all, "dotted key", "By hand", SET),
                refused("two-config-paths-v2.toml", List.of(), "more than one"),
                refused("relative-import-v2.toml", all, "conf.d/*.toml", "relative path", "By hand"),
                refused("import-takes-over-v2.toml", ones, "no effect", "kata.toml", "By hand"),
                refused(
                        "gke-cos-v2.toml",
                        all,
                        "legacy tables",
                        "certs.d/docker.io/hosts.toml",
                        "server = \"https://registry-1.docker.io\"",
                        "[host.\"https://mirror.gcr.io\"]",
                        "ca = \"/etc/ssl/certs/ca-certificates.crt\""),
                refused(
                        "harbor-guide-mirrors-tls-v2.toml",
                        ones,
                        "certs.d/harbor.corp.test/hosts.toml",
                        "ca = [\"/etc/ssl/certs/ca-certificates.crt\", \"/etc/harbor/ca.pem\"]",
                        "skip_verify = true",
                        "[host.\"http://old.corp.test:5000\"]"),
                refused(
                        "legacy-star-mirror-v2.toml",
                        all,
                        "certs.d/REGISTRY/hosts.toml",
                        "one such file for each registry"),
                refused("containerd-2-mirrors-v3.toml", two, "certs.d/docker.io/hosts.toml"));
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("configurations")
    void isEditedRightOrRefusedWithWords(Wild wild) throws Exception {
        assumeTrue(!wild.by().isEmpty() || wild.file().startsWith("two-config"), wild.file());
        int judges = 0;
        for (Containerds containerd : wild.by()) {
            if (containerd.program().isPresent()) {
                judges++;
                judge(wild, containerd);
            }
        }
        if (wild.by().isEmpty()) {
            assertThat(ConfigPathEdit.in(Files.readString(resource(wild.file())), 2, "/x"))
                    .isInstanceOf(ConfigPathEdit.Refused.class);
        } else {
            assumeTrue(judges > 0, "none of " + wild.by() + " is here (end-to-end/lab/containerd unpacks them)");
        }
    }

    private void judge(Wild wild, Containerds containerd) throws Exception {
        String as = wild.file() + " by " + containerd;
        Path configuration = folder.resolve(containerd + "/config.toml");
        Files.createDirectories(configuration.getParent());
        place(wild.file(), configuration);
        NodeFiles files = new NodeFiles(Path.of("/"));
        NodePrograms programs = new NodePrograms(Path.of("/"));
        Subject subject = new Subject(
                containerd.program().orElseThrow(),
                Optional.of(configuration.toString()).filter(path -> Files.exists(configuration)),
                configuration.toString(),
                Optional.empty(),
                "",
                "");
        RuntimeConfiguration now;
        try {
            now = subject.dump(programs, files);
        } catch (ContainerRuntimeException refused) {
            assertThat(wild.expected()).as(as + ": " + refused.getMessage()).isInstanceOf(Expected.Unreadable.class);
            assertThat(refused.getMessage()).as(as).contains(((Expected.Unreadable) wild.expected()).words());
            return;
        }
        ConfigurationPlan plan = new ConfigurationPlan.Maker(files, programs, subject, now).make();
        switch (wild.expected()) {
            case Expected.Unreadable _ -> throw new AssertionError(as + " was read");
            case Expected.Right right -> {
                assertThat(plan.refusals()).as(as).isEmpty();
                assertThat(plan.change()).as(as).isEmpty();
                assertThat(plan.root()).as(as).isEqualTo(right.root());
            }
            case Expected.Refusal refusal -> {
                assertThat(plan.change()).as(as).isEmpty();
                assertThat(words(plan.refusals()))
                        .as(as)
                        .contains(refusal.words())
                        .doesNotContain("never-to-be-shown");
            }
            case Expected.Edit edit -> {
                assertThat(plan.refusals()).as(as).isEmpty();
                assertThat(plan.root()).as(as).isEqualTo("/etc/containerd/certs.d");
                changesExactly(as, edit, plan, now, new Node(files, programs, subject, configuration));
            }
        }
    }

    private record Node(NodeFiles files, NodePrograms programs, Subject subject, Path configuration) {}

    private static void changesExactly(
            String as, Expected.Edit edit, ConfigurationPlan plan, RuntimeConfiguration now, Node node)
            throws Exception {
        ConfigurationPlan.Change change = plan.change().orElseThrow();
        byte[] old = change.before().map(FileImage::content).orElse(new byte[0]);
        assertThat(Difference.lines(old, change.after().content()).stream().filter(line -> !line.startsWith("@@")))
                .as(as)
                .containsExactlyElementsOf(edit.lines());
        Optional<FileTime> time = times(node.configuration());
        assertThat(change.before().isPresent()).as(as).isEqualTo(time.isPresent());

        node.files().put(node.configuration().toString(), change.after());
        Subject given = new Subject(
                node.subject().program(),
                Optional.of(node.configuration().toString()),
                node.configuration().toString(),
                Optional.empty(),
                "",
                "");
        RuntimeConfiguration then = given.dump(node.programs(), node.files());
        assertThat(then.configPath()).as(as).isEqualTo("/etc/containerd/certs.d");
        assertThat(Comparison.beside(now.tree(), then.tree())).as(as).isEmpty();
        ConfigurationPlan again = new ConfigurationPlan.Maker(node.files(), node.programs(), given, then).make();
        assertThat(again.change()).as(as + ", twice").isEmpty();
        assertThat(again.refusals()).as(as + ", twice").isEmpty();

        if (change.before().isPresent()) {
            node.files().put(node.configuration().toString(), change.before().get());
            assertThat(Files.readAllBytes(node.configuration())).as(as).isEqualTo(old);
            assertThat(times(node.configuration())).as(as).isEqualTo(time);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(node.configuration())))
                    .as(as)
                    .isEqualTo("rw-r-----");
        }
    }

    private void place(String name, Path configuration) throws Exception {
        if (name.equals("no file")) {
            return;
        }
        String imports = name.contains("-v3") ? "imports-v3" : "imports-v2";
        String text = new String(Files.readAllBytes(resource(name)), StandardCharsets.ISO_8859_1)
                .replace("@IMPORTS@", resource(imports).toString());
        Files.writeString(configuration, text, StandardCharsets.ISO_8859_1);
        Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rw-r-----"));
        Files.setLastModifiedTime(configuration, FileTime.from(Instant.parse("2024-02-29T12:00:00.123456789Z")));
    }

    private static Optional<FileTime> times(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(Files.getLastModifiedTime(file)) : Optional.empty();
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources/dev/capstan/runtime/prepare/wild", name)
                .toAbsolutePath();
    }

    private static String words(List<Refusal> refusals) {
        List<String> words = new ArrayList<>();
        for (Refusal refusal : refusals) {
            words.add(refusal.words());
            for (Refusal.ByHand file : refusal.byHand()) {
                words.add(file.file());
                words.addAll(file.lines());
            }
        }
        return String.join("\n", words);
    }

    @Test
    void everyFileIsUsed() throws Exception {
        List<String> used = configurations().map(Wild::file).toList();
        try (Stream<Path> files = Files.list(resource("."))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".toml") && !name.startsWith("k3s-")))
                    .isSubsetOf(used);
        }
    }
}
