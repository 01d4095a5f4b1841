package dev.capstan.providerlocal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A machine sees nothing that another computer would not have: searched for from inside, with things planted outside. */
class SecrecyTest {

    /** Where something personal may lie; a file is planted in each, readable for everybody, and removed again. */
    private static final List<String> PLACES = List.of(
            "/",
            "/root",
            "/home",
            "/var/backups",
            "/var/log",
            "/var/mail",
            "/var/spool",
            "/run",
            "/tmp",
            "/var/tmp",
            "/mnt",
            "/media",
            "/srv",
            "/etc/ssh",
            "/etc/ssl/private",
            "/var/lib/postgresql",
            "/var/www");

    @Test
    void nothingOfTheHostOrOfAnotherMachineCanBeFoundInside() throws Exception {
        String mark = "capstan-planted-" + UUID.randomUUID().toString().substring(0, 8);
        String other = "other-" + UUID.randomUUID().toString().substring(0, 8);
        var planted = new ArrayList<Path>();
        try (Lab lab = Lab.open(Path.of("/opt"))) {
            for (String place : PLACES) {
                if (Files.isDirectory(Path.of(place), LinkOption.NOFOLLOW_LINKS)) {
                    planted.add(Files.writeString(Path.of(place, mark), mark));
                }
            }
            planted.add(Files.writeString(
                    Files.createFile(
                            Path.of("/etc", mark + "-private"),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                    mark));
            // Open to everybody, so that it is not hidden merely because it is private.
            Files.setPosixFilePermissions(lab.base, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(lab.home, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.writeString(lab.home.resolve(mark + "-admin.token"), mark);
            lab.ensure(other);
            lab.in(other, "echo " + mark + " >/etc/" + mark + "-other");

            lab.ensure("node-a");

            assertThat(lab.in("node-a", find(mark)).output()).isEmpty();
            assertThat(lab.in("node-a", find(other)).output()).isEmpty();
            assertThat(lab.in("node-a", "ls -d " + lab.home).code()).isNotZero();
            assertThat(lab.in("node-a", grep(mark)).output()).isEmpty();
            assertThat(lab.in("node-a", grep(other)).output()).isEmpty();
            assertThat(lab.in("node-a", "cut -d: -f2 /etc/shadow | sort -u").output())
                    .isEqualTo("*");
            assertThat(lab.in("node-a", "ls /etc/shadow- /etc/gshadow-").code()).isNotZero();
            assertThat(lab.in("node-a", "ls -A /home /root /srv /mnt /media /etc/ssh /etc/ssl/private | grep -v ':$'")
                            .output())
                    .isBlank();

            // A mask that is a mount could be taken away; what is left under ours is nothing.
            String bare = "umount -l /tmp /run /var/lib/containerd /usr/lib/capstan; ls -A /tmp /run /root /home"
                    + " /var/lib/containerd /usr/lib/capstan | grep -v ':$'";
            assertThat(lab.in("node-a", bare).output()).isBlank();
            assertThat(lab.in("node-a", find(mark)).output()).isEmpty();

            // The token is the machine's own: on no command line and in no environment of the host.
            assertThat(Lab.run(List.of(
                                    "bash",
                                    "-c",
                                    "grep -lsa '%s[%s]' /proc/[0-9]*/{environ,cmdline}"
                                            .formatted(
                                                    Lab.TOKEN.substring(0, Lab.TOKEN.length() - 1),
                                                    Lab.TOKEN.substring(Lab.TOKEN.length() - 1))))
                            .output())
                    .isEmpty();
        } finally {
            for (Path path : planted) {
                Files.delete(path);
            }
        }
    }

    @Test
    void blockDevicesOfTheHostCannotBeRead() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            assertThat(lab.in("node-a", "find /dev -type b").output()).isEmpty();

            List<String> devices = Lab.run(List.of("bash", "-c", "lsblk -dnro MAJ:MIN | tr : ' '"))
                    .output()
                    .lines()
                    .toList();
            assertThat(devices).isNotEmpty();
            for (String device : devices) {
                String read = "f=/root/b-$RANDOM; mknod $f b %s && dd if=$f of=/dev/null count=1".formatted(device);
                assertThat(lab.in("node-a", read).output()).contains("Operation not permitted");
                // Not either after the machine has allowed them to itself.
                assertThat(lab.in(
                                        "node-a",
                                        "for c in /sys/fs/cgroup/devices; do [ ! -d $c ] || echo 'b *:* rwm' >$c/devices.allow;"
                                                + " done; " + read)
                                .output())
                        .contains("Operation not permitted");
            }
        }
    }

    @Test
    void cgroupsOutsideTheMachineDoNotShow() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");

            assertThat(lab.in("node-a", "cat /proc/self/cgroup | cut -d: -f3 | sort -u")
                            .output()
                            .lines())
                    .isSubsetOf("/", "/system");
            assertThat(lab.in("node-a", "find /sys/fs/cgroup -name 'capstan*' -o -name node-a")
                            .output())
                    .isEmpty();
            assertThat(lab.in(
                                    "node-a",
                                    "cat $(find /sys/fs/cgroup -name cgroup.procs) | sort -nu | grep -vx 0 | head -n 1")
                            .output())
                    .isEqualTo("1");
        }
    }

    private static String find(String name) {
        return "find / \\( -path /proc -o -path /sys/devices \\) -prune -o -name '*%s*' -print".formatted(name);
    }

    /** The text must not be on the command line of who searches: that is in /proc too. */
    private static String grep(String text) {
        return ("printf '%%s%%s' '%s' '%s' >/dev/shm/needle;"
                        + " grep -rlsaF -f /dev/shm/needle /etc /root /home /srv /mnt /media /tmp /run /opt/capstan-lab-* /var/lib/capstan"
                        + " /var/lib/containerd /var/log /var/tmp /var/backups /var/spool;"
                        + " for f in /proc/[0-9]*/{cmdline,environ,mountinfo,mounts,mountstats,cgroup,maps}"
                        + " /proc/net/unix /proc/keys /proc/mounts /proc/swaps /proc/locks /proc/cgroups;"
                        + " do grep -lsaF -f /dev/shm/needle $f; done; true")
                .formatted(text.substring(0, 6), text.substring(6));
    }
}
