package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills the writer at state-changing system calls, one run for each: strace is attached when the writer stands before
 * its transaction; the call is not carried out and the process is gone. Readers must find at least what stays. Then,
 * in turn, the next run ends the change or takes it back, with or without a run of the distribution's tool before it.
 *
 * <p>{@code -Dcapstan.kill.points=all} takes every call there is (about ten minutes), otherwise that many of each change.
 */
class TrustStoreKillTest {

    @ParameterizedTest
    @EnumSource
    void killedWhileItChangesTheStore(Scenario.Kind kind, @TempDir Path folder) throws Exception {
        try (Scenario scenario = kind.in(folder)) {
            kill(scenario, folder);
        }
    }

    private static void kill(Scenario scenario, Path folder) throws Exception {
        assumeTrue(Programs.isRoot() && Programs.exists("strace"), "needs root and the program strace");
        List<Strace.Point> all = scenario.points(folder.resolve("strace.log"), false);
        List<Strace.Point> points = scenario.some(all, "capstan.kill.points");
        int missed = 0;
        CompletableFuture<StoreWriter> next = StoreWriter.starting();
        for (int i = 0; i < points.size(); i++) {
            Strace.Point point = points.get(i);
            StockRoot root = scenario.root();
            String when = "killed at " + point;
            try (StoreWriter writer = next.join()) {
                next = StoreWriter.starting();
                writer.prepare(scenario.order(root));
                try (var _ = Strace.inject(writer, point, "signal=SIGKILL")) {
                    writer.go();
                    if (writer.answer().isEmpty()) {
                        assertThat(writer.exit()).as(when).isEqualTo(128 + 9);
                    } else if (!point.anyThread()) {
                        // Threads share their work as it comes, so none of them need make its last call again.
                        missed++;
                    }
                }
            }
            int turn = i;
            scenario.judge(() -> {
                scenario.forward().isInterrupted(scenario.readers(root), when);
                scenario.goesOn(root, turn, when);
            });
        }
        next.join().close();
        System.out.println(scenario + ": killed at " + (points.size() - missed) + " of " + all.size() + " calls");
        scenario.isWithoutFault();
        assertThat(missed).as("runs that ended before their call came").isLessThanOrEqualTo(points.size() / 20);
    }
}
