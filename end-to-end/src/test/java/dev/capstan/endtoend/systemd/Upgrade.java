package dev.capstan.endtoend.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Registry;
import java.nio.file.Path;
import java.util.List;

/**
 * From one version to the next on a node whose agent runs and whose runtime trusts the registry: killed in the middle three
 * times, then to its end. Neither runtime nor trust store may notice, and the node is never without an agent that works.
 *
 * @param next distribution of the next version, which calls itself {@link #VERSION}
 */
record Upgrade(RealCluster cluster, SystemdNode node, Registry registry, Path next) {

    static final String VERSION = "9.9.9";

    private static final String INSTALL = "/opt/next/bin/capstan agent install";
    private static final String IN_USE = "readlink /usr/lib/capstan/bin | grep -q '^" + VERSION + "'";
    private static final String PROCESS = "systemctl show -P MainPID capstan-agent";

    /** Everything that makes up the store and the runtime's view of it: what it holds, which file it is, when it was changed. */
    private static final String STORE = """
            cd / && find etc/ssl etc/ca-certificates etc/ca-certificates.conf etc/containerd usr/local/share/ca-certificates \
              usr/share/ca-certificates var/lib/ca-certificates-java -printf '%p %y %m %U:%G %l %i %T@\\n' \
              -type f -exec sha256sum {} ';' 2>/dev/null | sort""";

    void goes() {
        node.bring(next, "/opt/next");
        try {
            String runtime = node.containerd();
            String store = node.says(STORE);
            String process = node.says(PROCESS);

            killedWhen("ls -d /usr/lib/capstan/.new-" + VERSION + "* >/dev/null 2>&1");
            if (!isInUse()) {
                assertThat(node.says(PROCESS)).as("killed while it was copied").isEqualTo(process);
            }
            killedWhen(IN_USE);
            runsOn();
            process = node.says(PROCESS);
            killedWhen("[ \"$(" + PROCESS + ")\" != " + process + " ]");
            runsOn();
            assertThat(node.says(STORE)).isEqualTo(store);
            followsTheSecret();
            store = node.says(STORE);

            node.says(INSTALL);
            Await.until(
                    "the agent of the next version has reported",
                    () -> cluster.kubectl(
                                    "get", "nodetrust", node.name(), "-o", "jsonpath={.status.agent} {.status.level}")
                            .text()
                            .equals(VERSION + " Loaded"));
            assertThat(node.says("readlink /proc/$(" + PROCESS + ")/exe"))
                    .startsWith("/usr/lib/capstan/" + VERSION + "-");
            assertThat(node.says("/usr/lib/capstan/bin/capstan agent status"))
                    .containsPattern("program +" + VERSION + "-")
                    .contains("Loaded", "Nothing to do");
            assertThat(node.says(INSTALL)).startsWith("Nothing to do");
            assertThat(node.says(STORE)).isEqualTo(store);
            assertThat(node.containerd()).isEqualTo(runtime);
            assertThat(node.says("ls -A /usr/lib/capstan").lines())
                    .as("the version before is kept, and nothing unfinished")
                    .hasSize(3)
                    .noneMatch(name -> name.startsWith(".new"));
        } finally {
            node.says("rm -rf /opt/next");
        }
    }

    /** Kills the upgrade with kill -9 when this shell condition holds; it may have ended before. */
    private void killedWhen(String condition) {
        node.run(
                INSTALL + " >/dev/null 2>&1 & p=$!; until " + condition
                        + " || ! kill -0 $p 2>/dev/null; do sleep 0.01; done; kill -9 $p 2>/dev/null; wait $p 2>/dev/null; true");
    }

    private boolean isInUse() {
        return node.run(IN_USE).held();
    }

    private void runsOn() {
        Await.until(
                "the agent runs",
                () -> node.run("systemctl is-active capstan-agent").held());
    }

    /** Whichever version runs does its work; on a node that was not prepared that would restart the runtime. */
    private void followsTheSecret() {
        if (!node.says("capstan agent status").contains("lane Isolated")) {
            return;
        }
        cluster.secret();
        Await.until("the key is gone", () -> node.isUntrusted(registry.image()));
        cluster.secret(registry.certificateAuthority());
        Await.until("the key is there", () -> node.pulls(registry.image()));
        Await.until(
                "it says so",
                () -> List.of("Loaded", "Proven")
                        .contains(cluster.kubectl("get", "nodetrust", node.name(), "-o", "jsonpath={.status.level}")
                                .text()));
    }
}
