package dev.capstan.providerlocal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from a host's mounts: cgroup hierarchies, layers, masks. */
class HostLayoutTest {

    private static final String ROOT = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard";

    @Test
    void mountPointsWithSpacesAndOptionalFieldsAreRead() {
        Mount mount = Mount.parse("36 35 98:0 /mnt1 /mnt\\0402/a\\134b rw shared:1 master:2 - ext3 /dev/root rw,x=y");

        assertThat(mount)
                .isEqualTo(new Mount("98:0", Path.of("/mnt1"), Path.of("/mnt 2/a\\b"), "ext3", List.of("rw", "x=y")));
    }

    @Test
    void laterOfTwoStackedMountsCounts() {
        var mounts = List.of(
                Mount.parse(ROOT),
                Mount.parse("30 27 0:1 / /var rw - tmpfs a rw"),
                Mount.parse("31 30 0:2 / /var rw - tmpfs b rw"));

        assertThat(Mount.of(Path.of("/var/lib"), mounts).device()).isEqualTo("0:2");
        assertThat(Mount.of(Path.of("/various"), mounts).device()).isEqualTo("254:0");
    }

    @Test
    void hierarchiesOfVersionOneAndHybridAreChosenByTheirControllers() {
        var mounts = List.of(
                Mount.parse("31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw"),
                Mount.parse("32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct"),
                Mount.parse(
                        "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/x,name=systemd"),
                Mount.parse("41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate"));

        assertThat(Cgroups.hierarchies(mounts).stream().map(Cgroups.Hierarchy::line))
                .containsExactly(
                        "cgroup cpu,cpuacct cpu,cpuacct", "cgroup systemd none,name=systemd", "cgroup2 unified");
    }

    @Test
    void versionTwoAloneKeepsProcessesInALeafAndDropsDeviceNodes() {
        var cgroups = Cgroups.of(
                Path.of("/srv/capstan"),
                List.of(Mount.parse("31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate")));

        assertThat(cgroups.hierarchies().getFirst().line()).isEqualTo("cgroup2 .");
        assertThat(cgroups.leaves("a").getFirst())
                .isEqualTo(cgroups.groups("a").getFirst().resolve("system"));
        assertThat(cgroups.deniesDevices()).isFalse();
    }

    @Test
    void cgroupsOfTwoHomesDiffer() {
        var mounts = List.of(Mount.parse("31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"));

        assertThat(Cgroups.of(Path.of("/a"), mounts).groups("m"))
                .doesNotContainAnyElementsOf(Cgroups.of(Path.of("/b"), mounts).groups("m"));
    }

    @Test
    void systemFoldersThatAreMountsGetALayerAndOthersDoNot() {
        var layers = Layers.of(List.of(
                Mount.parse(ROOT),
                Mount.parse("30 27 8:1 / /usr rw - ext4 /dev/a rw"),
                Mount.parse("31 27 8:2 / /var rw - xfs /dev/b rw"),
                Mount.parse("32 31 8:3 / /var/lib/docker rw - xfs /dev/c rw"),
                Mount.parse("33 27 8:4 / /home rw - xfs /dev/d rw")));

        assertThat(layers.layers().stream().map(Layers.Layer::line))
                .containsExactly("/ upper work", "/usr upper-usr work-usr", "/var upper-var work-var");
        assertThat(layers.of(Path.of("/var/lib/docker")).upper()).isEqualTo("upper-var");
        assertThat(layers.of(Path.of("/etc")).upper()).isEqualTo("upper");
    }

    @Test
    void homeFoldersAndWhatBindMountsHideThemBehindAreMasked() throws Exception {
        var mounts = List.of(
                Mount.parse(ROOT),
                Mount.parse("33 27 254:0 /var/secret-homes /data rw - ext4 /dev/vda rw"),
                Mount.parse("34 27 9:9 / /export rw - ext4 /dev/vdb rw"));
        var passwd = List.of(
                "root:x:0:0::/root:/bin/bash",
                "daemon:x:1:1::/usr/sbin:/x",
                "nobody:x:2:2::/nonexistent:/x",
                "me:x:3:3::/data/me:/x",
                "db:x:4:4::/var/lib/absent-db:/x",
                "broken:x",
                "net:x:5:5::/:/x");

        Set<Path> hidden = Set.copyOf(Masks.of(Path.of("/opt/capstan-home-absent"), passwd, mounts, Layers.of(mounts))
                .hidden());

        assertThat(hidden)
                .contains(
                        Path.of("/var/secret-homes/me"),
                        Path.of("/var/lib/absent-db"),
                        Path.of("/opt/capstan-home-absent"),
                        Path.of("/root"),
                        Path.of("/home"),
                        Path.of("/var/backups"),
                        Path.of("/etc/ssh"))
                .doesNotContain(Path.of("/"), Path.of("/usr/sbin"), Path.of("/usr"), Path.of("/etc"));
        assertThat(hidden)
                .noneMatch(path -> hidden.stream().anyMatch(other -> !path.equals(other) && path.startsWith(other)));
    }

    @Test
    void whiteoutsNeverGoThroughALinkThatTheMachineLeft(@TempDir Path temp) throws Exception {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Path machine = Files.createDirectory(temp.resolve("machine"));
        Files.createDirectory(machine.resolve("upper"));
        Files.createSymbolicLink(machine.resolve("upper/etc"), outside);
        org.junit.jupiter.api.Assumptions.assumeTrue(Lab.root(), "left out: device nodes need root");

        UpperFolder.of(machine, Layers.of(List.of(Mount.parse(ROOT)))).hide(Path.of("/etc/ssh"));
        UpperFolder.of(machine, Layers.of(List.of(Mount.parse(ROOT)))).hide(Path.of("/var/backups"));

        assertThat(outside).isEmptyDirectory();
        assertThat(Files.getAttribute(machine.resolve("upper/var/backups"), "unix:rdev", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(0L);
    }

    @Test
    void everythingMissingIsToldTogetherWithItsPackage() {
        assertThat(Requirements.missing(program -> !Set.of("runc", "containerd", "ctr", "update-ca-certificates")
                        .contains(program)))
                .containsExactly(
                        "programs are missing: containerd, ctr, runc, update-ca-certificates; on Debian: apt-get"
                                + " install --no-install-recommends ca-certificates containerd runc");
        assertThat(Requirements.missing(_ -> true)).isEmpty();
    }

    @Test
    void machineSeesSystemFoldersThatTheHostHasAsMountsAndNotTheirSecrets() throws Exception {
        try (Lab lab = Lab.open()) {
            // A control plane on a host whose /usr/local and /var/lib are file systems of their own, with a secret
            // each.
            String script =
                    "mount --bind /var/lib /mnt; mount -t tmpfs lib /var/lib; cp -a /mnt/dpkg /var/lib/ ;umount /mnt;"
                            + " mkdir /var/lib/kubelet; echo secret >/var/lib/kubelet/key; echo secret >/var/lib/private-key;"
                            + " chmod 600 /var/lib/private-key; mount -t tmpfs local /usr/local; echo shown >/usr/local/shown;"
                            + " exec \"$@\"";
            Process child = Child.start(
                    lab,
                    List.of("unshare", "--mount", "--propagation", "private", "bash", "-ec", script, "host"),
                    "ensure",
                    "node-a");
            try (var out = child.inputReader()) {
                assertThat(out.readLine()).isEqualTo("open");
                assertThat(out.readLine()).isEqualTo("done ensure node-a");
                assertThat(lab.in(
                                        "node-a",
                                        "cat /usr/local/shown; ls -A /var/lib/kubelet; ls /var/lib/private-key"
                                                + " 2>&1 | grep -c 'No such'; ls -d /var/lib/dpkg; echo w >/usr/local/shown; cat"
                                                + " /usr/local/shown; systemctl is-active containerd")
                                .output())
                        .isEqualTo("shown\n1\n/var/lib/dpkg\nw\nactive");
            } finally {
                child.destroyForcibly().waitFor();
            }
        }
    }
}
