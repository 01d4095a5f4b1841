package dev.capstan.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Programs in a node's root that answer as containerd does when it is asked for its version and its configuration, and as
 * systemctl does when it is to restart it. They run in a chroot in which nothing is but a static busybox.
 */
final class FakeContainerd {

    private static final Path PROGRAMS = programs();

    private FakeContainerd() {}

    /** Puts the programs and a configuration into this root. */
    static void in(Path root, String configPath) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "chroot needs root");
        assumeTrue(Files.isExecutable(PROGRAMS.resolve("busybox")), "busybox-static is not installed");
        link(root, "bin/busybox", "busybox");
        link(root, "usr/bin/containerd", "containerd");
        link(root, "usr/bin/systemctl", "systemctl");
        Files.writeString(root.resolve("containerd.version"), "containerd containerd.io 1.6.20 abcdef\n");
        Files.writeString(root.resolve("containerd.dump"), """
                version = 2
                disabled_plugins = []
                imports = []
                [grpc]
                  address = "/run/containerd/containerd.sock"
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "%s"
                """.formatted(configPath));
        Path folder = Files.createDirectories(root.resolve("etc/containerd"));
        Files.writeString(folder.resolve("config.toml"), """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "%s"
                """.formatted(configPath));
    }

    private static void link(Path root, String place, String program) throws IOException {
        Path there = root.resolve(place);
        Files.createDirectories(there.resolveSibling(""));
        if (!Files.exists(there)) {
            Files.createLink(there, PROGRAMS.resolve(program));
        }
    }

    /**
     * A process of its own writes them: a file that this one has open for writing while another test starts a program cannot
     * be run (ETXTBSY).
     */
    private static Path programs() {
        String script = """
                set -e
                cd "$1"
                [ -x /bin/busybox ] || exit 0
                cp /bin/busybox .
                cat >containerd <<'END'
                #!/bin/busybox sh
                case "$*" in
                --version) exec /bin/busybox cat /containerd.version ;;
                *"config dump") exec /bin/busybox cat /containerd.dump ;;
                esac
                exit 1
                END
                cat >systemctl <<'END'
                #!/bin/busybox sh
                echo "$*" >>/systemctl.asked
                [ "$1" = restart ] || exit 0
                if [ -d /next ]; then
                    /bin/busybox rm -r /proc/1*
                    /bin/busybox mv /next/* /proc/
                    /bin/busybox rmdir /next
                    exit 0
                fi
                echo "Unit containerd.service is masked." >&2
                exit 1
                END
                chmod 755 containerd systemctl
                """;
        try {
            Path folder = Files.createTempDirectory("capstan-programs");
            Process writer = new ProcessBuilder("sh", "-c", script, "sh", folder.toString())
                    .inheritIO()
                    .start();
            assertThat(writer.waitFor()).isZero();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            return folder;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException asked) {
            throw new IllegalStateException(asked);
        }
    }

    private static void remove(Path folder) {
        try {
            for (String program : new String[] {"busybox", "containerd", "systemctl"}) {
                Files.deleteIfExists(folder.resolve(program));
            }
            Files.deleteIfExists(folder);
        } catch (IOException left) {
            // It lies in the system's temporary folder.
            return;
        }
    }
}
