package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole product run by a plain user, who may make no namespace: machines are directories, and say so. */
final class DirectoryMachinesTest {

    /** The user nobody of every Linux. */
    private static final int NOBODY = 65534;

    private static final List<String> PLAIN_USER = List.of(
            "setpriv",
            "--reuid=" + NOBODY,
            "--regid=" + NOBODY,
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set=-all");

    @TempDir
    private Path folder;

    @Test
    void aPlainUserHasAClusterWhoseNodesTrustInTheirStoresAndSayHowFarThatGoes() throws Exception {
        Requirements.machines();
        String host = host();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path own = Files.createDirectory(folder.resolve("home"));
        Files.setAttribute(own, "unix:uid", NOBODY);
        Path one = authority("one");
        Path two = authority("two");
        Path three = authority("three");
        try (CapstanHome home = CapstanHome.as(PLAIN_USER, own, Repository.DISTRIBUTION)) {
            assertThat(home.up().text())
                    .contains("only directories", "No node gets further than level Written", "run capstan as root");
            home.run(
                            "feature",
                            "register",
                            "--namespace",
                            "Microsoft.ContainerService",
                            "--name",
                            "CustomCATrustPreview")
                    .orFail();
            Path list = Fleet.list(folder.resolve("list"), one);
            Cluster cluster = Cluster.create(
                    home, "plain", 2, "--enable-custom-ca-trust", "--custom-ca-trust-certificates", list.toString());
            List<String> first = cluster.nodes();
            assertThat(first).hasSize(2).allSatisfy(node -> {
                assertThat(verifies(home, node, "one")).isTrue();
                assertThat(verifies(home, node, "two")).isFalse();
            });
            assertThat(status(cluster, first.getFirst(), "{.status.level} {.status.lane.name}{.status.problem.reason}"))
                    .isEqualTo("Written None");
            Await.until(
                    "the Node says it",
                    () -> cluster.kubectl("describe", "node", first.getFirst())
                            .text()
                            .contains(
                                    "this machine is only a directory, without a container runtime: Written is the most it"
                                            + " reaches"));
            assertThat(cluster.kubectl("get", "nodes", "-o", "wide").text()).contains("directory on ");
            assertThat(home.run("status").text()).contains("only directories, level Written at most");

            // A model update is through when the new machines have the new list in their stores.
            home.run(
                            "aks",
                            "update",
                            "-g",
                            Cluster.GROUP,
                            "-n",
                            "plain",
                            "--custom-ca-trust-certificates",
                            Fleet.list(folder.resolve("next"), two).toString())
                    .orFail();
            List<String> second = cluster.nodes();
            assertThat(second).hasSize(2).doesNotContainAnyElementsOf(first).allSatisfy(node -> {
                assertThat(verifies(home, node, "two")).isTrue();
                assertThat(verifies(home, node, "one")).isFalse();
            });

            // The Secret is taken up in place, and what somebody else breaks is mended, with no right but a user's.
            cluster.applySecret(Map.of("three.crt", Files.readAllBytes(three)));
            Await.until(
                    "the Secret's CA is there", () -> second.stream().allMatch(node -> verifies(home, node, "three")));
            Path bundle = bundle(home, second.getFirst());
            Files.writeString(bundle, "");
            Await.until("mended", () -> verifies(home, second.getFirst(), "three"));

            assertThat(uids(home)).isNotEmpty().allMatch(uid -> uid == NOBODY);
            home.run("aks", "delete", "-g", Cluster.GROUP, "-n", "plain", "--yes")
                    .orFail();
            assertThat(home.machines()).isEmpty();
            home.run("down").orFail();
            assertThat(home.leftovers()).isEmpty();
        }
        assertThat(host()).as("the host's own trust store").isEqualTo(host);
    }

    private Path authority(String name) {
        Program.clean()
                .run(Repository.lab("make-ca").toString(), folder.toString(), name, name + ".lab.test")
                .orFail();
        Path certificate = folder.resolve(name + "-ca.crt");
        try {
            Files.setPosixFilePermissions(certificate, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return certificate;
    }

    /** Whether openssl, with the node's bundle and nothing else, trusts a server of this CA. */
    private boolean verifies(CapstanHome home, String node, String name) {
        return Program.clean()
                .run(
                        "openssl",
                        "verify",
                        "-no-CApath",
                        "-no-CAstore",
                        "-CAfile",
                        bundle(home, node).toString(),
                        folder.resolve(name + ".crt").toString())
                .held();
    }

    private static Path bundle(CapstanHome home, String node) {
        return home.folder().resolve("machines").resolve(node).resolve("root/etc/ssl/certs/ca-certificates.crt");
    }

    private static String status(Cluster cluster, String node, String path) {
        return cluster.kubectl("get", "nodetrust", node, "-o", "jsonpath=" + path)
                .orFail()
                .text();
    }

    /** The users of every process that works on this home. */
    private static List<Integer> uids(CapstanHome home) {
        return ProcessHandle.allProcesses()
                .map(process -> Path.of("/proc", Long.toString(process.pid())))
                .filter(process -> {
                    try {
                        return Files.readString(process.resolve("cmdline"))
                                .contains(home.folder().toString());
                    } catch (IOException gone) {
                        return false;
                    }
                })
                .map(process -> {
                    try {
                        return (Integer) Files.getAttribute(process, "unix:uid");
                    } catch (IOException gone) {
                        return NOBODY;
                    }
                })
                .toList();
    }

    private static String host() {
        return Program.clean()
                .run(
                        "sh",
                        "-c",
                        "find /etc/ssl /usr/local/share/ca-certificates /etc/ca-certificates* /usr/share/ca-certificates"
                                + " -printf '%p %m %U %T@ %l\\n' | sort | sha256sum")
                .orFail()
                .text();
    }
}
