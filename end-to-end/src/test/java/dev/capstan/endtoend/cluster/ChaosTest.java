package dev.capstan.endtoend.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Cluster;
import dev.capstan.endtoend.NodeTrustRecord;
import dev.capstan.endtoend.Registry;
import dev.capstan.endtoend.Requirements;
import dev.capstan.resources.NodeTrust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real cluster in trouble while the Secret changes: etcd, API server, leading controller, agents and kubelets are killed with
 * kill -9, cables are cut, nodes lose their power, several at a time. In the end every node trusts the last set, and nothing else of
 * what ever was in the Secret; on the way no CA that was gone came back, and no NodeTrust ever showed what was not so. One node was
 * prepared, in the other each change restarts containerd. Judged by the bytes of the store on the node's disk, openssl, curl, CRI
 * pulls and a recorded watch.
 *
 * <p>{@code -Dcapstan.chaos.changes=N} (10 in {@code script/test}), seed {@code -Dcapstan.seed=N}; both are printed. Of the seed are
 * the order of the faults and all times; what meets what depends on the machine too.
 */
@Order(1)
final class ChaosTest {

    private static final int CHANGES = Integer.getInteger("capstan.chaos.changes", 10);
    private static final long SEED = Long.getLong("capstan.seed", System.nanoTime());
    private static final List<String> NODES = List.of("prepared", "stock");

    /** Between two changes lies at most twice this. */
    private static final Duration PACE = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** Kubelet waits ever longer before it starts again what was killed again and again, up to five minutes. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Map<String, StoreHistory> stores = new LinkedHashMap<>();
    private final Map<String, Integer> told = new ConcurrentHashMap<>();
    private RealCluster real;
    private Cluster cluster;
    private ShiftingSecret secret;

    @Test
    void everyNodeEndsWithTheLastSetAndNoneEverShowsWhatIsNotSo(@TempDir Path folder) throws Exception {
        Requirements.realNodes();
        Path images = Installation.images(folder.resolve("images"));
        System.out.println("chaos: changes " + CHANGES + ", seed " + SEED);
        try (RealCluster up = RealCluster.up(folder, NODES.toArray(String[]::new))) {
            real = up;
            cluster = up.cluster();
            Registry leaving = up.registry("leaving");
            Registry coming = up.registry("coming");
            Installation.install(up, images)
                    .inAgent(up.node("prepared"), "capstan", "node", "prepare", "--yes")
                    .orFail();
            NODES.forEach(
                    node -> cluster.kubectl("label", "node", node, "kubernetes.azure.com/custom-ca-trust-enabled=true")
                            .orFail());
            secret = ShiftingSecret.of(
                    folder.resolve("authorities"),
                    CHANGES,
                    random.split(),
                    leaving.certificateAuthority(),
                    coming.certificateAuthority());
            Path kubernetes = folder.resolve("kubernetes");
            NODES.forEach(node -> stores.put(node, StoreHistory.of(kubernetes, node, secret)));
            try (NodeTrustRecord record = NodeTrustRecord.of(cluster.api(), this::judge)) {
                changeInTrouble(new Faults(up, kubernetes, NODES));
                everyNodeEndsWithTheLastSet(coming, leaving);
                assertThat(record.states()).hasSizeGreaterThan(NODES.size());
            } finally {
                stores.values().forEach(StoreHistory::close);
            }
            assertThat(wrong).isEmpty();
            stores.forEach((node, store) -> assertThat(store.cameBack())
                    .as("CAs that came back on " + node)
                    .isEmpty());
        }
    }

    private void changeInTrouble(Faults faults) throws Exception {
        List<Trouble> troubles = new ArrayList<>();
        troubles.add(Trouble.of(faults.ofTheControlPlane(), random.split(), Duration.ofSeconds(15)));
        NODES.forEach(node -> troubles.add(Trouble.of(faults.of(node), random.split(), Duration.ofSeconds(6))));
        try {
            for (int change = 1; change <= CHANGES; change++) {
                apply(change);
                Thread.sleep(random.nextLong(2 * PACE.toMillis()));
                if (random.nextBoolean()) {
                    waitFor(NODES.get(random.nextInt(NODES.size())), change);
                }
                // The last changes come when everything has gone wrong at least once.
                while (change == CHANGES - CHANGES / 5 && !troubles.stream().allMatch(Trouble::hasPassed)) {
                    Thread.sleep(100);
                }
            }
        } finally {
            int[] struck = {0};
            troubles.forEach(trouble -> struck[0] += trouble.stop());
            Trouble.say("changes " + CHANGES + ", faults " + struck[0]);
        }
    }

    /** So that nodes get to hold sets at all, on however slow a machine; not for ever, since the node may be off. */
    private void waitFor(String node, int change) throws InterruptedException {
        long begin = System.nanoTime();
        while (secret.newest(stores.get(node).now()) < change && System.nanoTime() - begin < PATIENCE.toNanos()) {
            Thread.sleep(20);
        }
    }

    /** With kubectl, until it is acknowledged. */
    private void apply(int change) throws InterruptedException {
        for (long begin = System.nanoTime(); ; ) {
            try {
                cluster.applySecret(secret.at(change));
                return;
            } catch (AssertionError away) {
                if (System.nanoTime() - begin > LIMIT.toNanos()) {
                    throw away;
                }
                Thread.sleep(200);
            }
        }
    }

    private void everyNodeEndsWithTheLastSet(Registry coming, Registry leaving) {
        List<Integer> last = secret.numbers(CHANGES);
        for (String node : NODES) {
            Duration waited = Await.until(
                    "the store of " + node + " holds " + last,
                    LIMIT,
                    () -> stores.get(node).now().toString(),
                    () -> stores.get(node).now().equals(last));
            Trouble.say(node + " holds the last set after another " + waited.toMillis() + " ms, and had held "
                    + stores.get(node).size());
        }
        for (String node : NODES) {
            Await.until(
                    "NodeTrust of " + node + " says so",
                    LIMIT,
                    () -> cluster.kubectl("get", "nodetrust", node, "-o", "jsonpath={.status.level} {.status.wanted}")
                            .text()
                            .equals("Loaded " + secret.lastFingerprint()));
            Await.until(
                    node + " pulls " + coming.image(),
                    () -> real.node(node).pull(coming.image()).text().startsWith("PULL OK"));
            assertThat(real.node(node).pull(leaving.image()).text()).contains(Cluster.UNTRUSTED);
            assertThat(real.node(node)
                            .on("curl", "-sS", "https://" + coming.address() + "/v2/")
                            .text())
                    .isEqualTo("{}");
            assertThat(real.node(node)
                            .on("curl", "-sS", "https://" + leaving.address() + "/v2/")
                            .exit())
                    .isEqualTo(60);
            assertThat(trustedByOpenssl(node)).isEqualTo(last);
            assertThat(stores.get(node).now()).isEqualTo(last);
        }
    }

    /** Numbers of the CAs that openssl on this node trusts, of all that ever were in the Secret. */
    private List<Integer> trustedByOpenssl(String node) {
        String script = """
                rm -rf /run/authorities && mkdir /run/authorities && cd /run/authorities &&
                awk '/BEGIN/ {n++} {print >(n - 1 ".crt")}' &&
                for one in *.crt; do
                  ! openssl verify -no-CAfile -CApath /etc/ssl/certs $one >/dev/null 2>&1 || echo ${one%.crt}
                done | sort -n""";
        return real.node(node)
                .given(secret.all(), "sh", "-c", script)
                .lines()
                .map(Integer::valueOf)
                .toList();
    }

    /**
     * Looks at a NodeTrust as it is committed. Every level is of one set, which is that of the certificates beside it, and the
     * Secret's after one of its changes; a node never goes back to a set of before; and the store, which never goes back either,
     * is at least as far as what is said of it.
     */
    private void judge(NodeTrustRecord.State state) {
        if (state.level().isEmpty()) {
            return;
        }
        int change = secret.changeOf(state.wanted());
        int newest = secret.newest(stores.get(state.node()).now());
        int before = told.merge(state.node(), change, Math::max);
        int rank = NodeTrust.LEVELS.indexOf(state.level());
        List<String> reached =
                List.of(state.written(), state.loaded(), state.proven()).subList(0, rank + 1);
        if (change < 0) {
            wrong.add("a set that the Secret never was: " + state);
        } else if (!ShiftingSecret.fingerprintOf(state.certificates()).equals(state.wanted())) {
            wrong.add("another set's certificates: " + state);
        } else if (!reached.stream().allMatch(state.wanted()::equals)) {
            wrong.add("another set's level: " + state);
        } else if (change < before) {
            wrong.add("back from change " + before + " to " + change + ": " + state);
        } else if (newest < change) {
            wrong.add("the store is of change " + newest + ", said of change " + change + ": " + state);
        }
    }
}
