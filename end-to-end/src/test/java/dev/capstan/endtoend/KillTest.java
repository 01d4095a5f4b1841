package dev.capstan.endtoend;

import static dev.capstan.endtoend.SecretBecomesTrust.containerds;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodePulls;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodeRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the control plane and of the agents at random moments while the Secret changes: every node ends with the
 * last set, and after the cluster is deleted nothing is left. The number of moments is {@code -Dcapstan.kills=N} (8 in
 * {@code script/test}, 100 by hand), the seed {@code -Dcapstan.seed=N}; both are printed.
 */
@Order(1)
final class KillTest {

    private static final int KILLS = Integer.getInteger("capstan.kills", 8);
    private static final long SEED = Long.getLong("capstan.seed", System.nanoTime());

    @Test
    void everyNodeEndsWithTheLastSetWhateverIsKilled(@TempDir Path folder) throws Exception {
        Requirements.machines();
        System.out.println("kills " + KILLS + ", seed " + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        try (Registry one = Registry.start(folder, "one");
                Registry two = Registry.start(folder, "two");
                CapstanHome home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION)) {
            Cluster cluster = Cluster.create(home, "killed", 2);
            cluster.resolve(one, two);
            Map<String, String> containerds = containerds(cluster);
            List<String> nodes = cluster.nodes();
            for (int kill = 0; kill < KILLS; kill++) {
                boolean first = random.nextBoolean();
                boolean second = random.nextBoolean();
                Map<String, byte[]> wanted = new TreeMap<>();
                // A changing note keeps every round a change, also when the CAs are those of the round before.
                wanted.put("note.txt", ("round " + kill + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
                if (first) {
                    wanted.put("ca1.crt", Files.readAllBytes(one.certificateAuthority()));
                }
                if (second) {
                    wanted.put("ca2.crt", Files.readAllBytes(two.certificateAuthority()));
                }
                CompletableFuture<Void> change = Aside.run(() -> applyUntilAcknowledged(cluster, wanted));
                Thread.sleep(random.nextInt(900));
                switch (random.nextInt(3)) {
                    case 0 -> killControlPlane(home);
                    case 1 -> killAgent(cluster, nodes.get(random.nextInt(nodes.size())));
                    default -> {
                        nodes.forEach(node -> killAgent(cluster, node));
                        killControlPlane(home);
                    }
                }
                change.join();
                expect(cluster, one, first);
                expect(cluster, two, second);
            }
            assertThat(containerds(cluster)).isEqualTo(containerds);
            assertThat(home.machines()).hasSize(2);

            home.run("aks", "delete", "-g", Cluster.GROUP, "-n", "killed", "--yes")
                    .orFail();
            home.run("down").orFail();
            assertThat(home.leftovers()).isEmpty();
        }
    }

    private static void expect(Cluster cluster, Registry registry, boolean trusted) {
        if (trusted) {
            eachNodePulls(cluster, registry);
        } else {
            eachNodeRefuses(cluster, registry);
        }
    }

    private static void killControlPlane(CapstanHome home) {
        home.kill();
        home.up();
    }

    private static void killAgent(Cluster cluster, String node) {
        cluster.on(node, "pkill", "-9", "-f", "dev.capstan.agent.Agent");
    }

    private static void applyUntilAcknowledged(Cluster cluster, Map<String, byte[]> data) {
        Await.until("kubectl apply is acknowledged", () -> {
            try {
                cluster.applySecret(data);
                return true;
            } catch (AssertionError refused) {
                return false;
            }
        });
    }
}
