package dev.capstan.endtoend;

import static dev.capstan.endtoend.SecretBecomesTrust.eachNodePulls;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodeRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the control plane at random moments of model updates: each ends right all the same. Judged from outside: as
 * many nodes as asked for and none of the old ones, a machine for each node and no other, nothing left of those that
 * went, and one CRI pull from each registry on every node. {@code -Dcapstan.kills=N} (3 in {@code script/test}, 50 by
 * hand) and {@code -Dcapstan.seed=N}; both are printed.
 */
final class ModelUpdateKillTest {

    private static final int KILLS = Integer.getInteger("capstan.kills", 3);
    private static final long SEED = Long.getLong("capstan.seed", System.nanoTime());
    private static final int NODES = 2;

    /** A little longer than an undisturbed update takes. */
    private static final int LONGEST_MILLIS = 6_000;

    @Test
    void modelUpdateEndsRightWhereverTheControlPlaneIsKilled(@TempDir Path folder) throws Exception {
        Requirements.machines();
        System.out.println("model update: kills " + KILLS + ", seed " + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        try (Registry one = Registry.start(folder, "one");
                Registry two = Registry.start(folder, "two");
                CapstanHome home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION)) {
            Path first = Fleet.list(folder.resolve("one.pem"), one.certificateAuthority());
            Path second = Fleet.list(folder.resolve("two.pem"), two.certificateAuthority());
            Fleet fleet = Fleet.create(home, "killed", NODES, first);
            Cluster cluster = fleet.cluster();
            for (int kill = 0; kill < KILLS; kill++) {
                boolean toSecond = kill % 2 == 0;
                List<String> old = cluster.nodes();
                fleet.pods(old, "plain");

                fleet.begin(toSecond ? second : first);
                Thread.sleep(random.nextInt(LONGEST_MILLIS));
                home.kill();
                home.up();
                fleet.aks("wait", "--updated", "--interval", "1", "--timeout", "240")
                        .orFail();

                List<String> now = cluster.nodes();
                assertThat(now).hasSize(NODES).doesNotContainAnyElementsOf(old);
                assertThat(home.machines().stream()
                                .map(path -> path.getFileName().toString())
                                .toList())
                        .as("machines on the host, in kill " + kill)
                        .containsExactlyElementsOf(new TreeSet<>(now));
                assertThat(Leftovers.cgroups(old))
                        .as("cgroups of machines that went")
                        .isEmpty();
                cluster.resolve(one, two);
                eachNodePulls(cluster, toSecond ? two : one);
                eachNodeRefuses(cluster, toSecond ? one : two);
            }
            fleet.aks("delete", "--yes").orFail();
            home.run("down").orFail();
            assertThat(home.leftovers()).isEmpty();
        }
    }
}
