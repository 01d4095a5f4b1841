package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Certificate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the writer at any moment, again and again on one store, while readers read it all the while. What was begun is
 * sometimes ended by the next run and sometimes run over by another change, sometimes with the distribution's tool in
 * between. {@code -Dcapstan.random.kills=1000} is the long run, {@code -Dcapstan.seed=N} repeats one.
 */
class TrustStoreRandomKillTest {

    private static final int KILLS = Integer.getInteger("capstan.random.kills", 20);
    private static final long SEED = Long.getLong("capstan.seed", System.nanoTime());

    @Test
    void killedAtAnyMomentReadersNeverMissWhatStays(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot(), "needs root, to run the distribution's tool in a mount namespace");
        try (StockRoot root = StockRoot.make(folder.resolve("root")).withKeystore()) {
            kill(root, folder, new Random(SEED));
        }
    }

    private static void kill(StockRoot root, Path folder, Random random) throws Exception {
        List<Contender> contenders = Contender.make(folder);
        List<Certificate> stock = root.stock();
        Readers readers = Readers.of(root, Contender.all(contenders, stock));
        StoreProgram.carryOut(contenders.getFirst().order(root.path()));
        Passage always = Contender.passage(contenders, stock);
        List<Contender> since = new ArrayList<>(List.of(contenders.getFirst()));
        CompletableFuture<StoreWriter> next = StoreWriter.starting();
        int midway = 0;
        long took = TimeUnit.MILLISECONDS.toNanos(400);
        try (Poll poll = Poll.start(readers, always)) {
            for (int i = 0; i < KILLS; i++) {
                Contender wanted = contenders.get(random.nextInt(contenders.size()));
                String when = "seed " + SEED + ", kill " + i + ", on the way to " + wanted.name();
                since.add(wanted);
                try (StoreWriter writer = next.join()) {
                    next = StoreWriter.starting();
                    writer.prepare(wanted.order(root.path()));
                    long begun = System.nanoTime();
                    CompletableFuture<String> answer = StoreWriter.aside(writer::answer);
                    writer.go();
                    if (i % 10 == 0) {
                        // Measures how long there is to kill.
                        assertThat(answer.join()).as(when).startsWith("done ");
                        took = System.nanoTime() - begun;
                    } else {
                        TimeUnit.NANOSECONDS.sleep(random.nextLong(took));
                    }
                    writer.kill();
                    writer.exit();
                    if (answer.join().isEmpty()) {
                        midway++;
                    }
                }
                poll.check();
                Passage.among(stock, since.stream().map(Contender::certificates).toList())
                        .isUnderWay(readers, when);
                if (random.nextInt(4) == 0) {
                    poll.without(() -> root.tool());
                }
                if (random.nextBoolean()) {
                    StoreProgram.carryOut(wanted.order(root.path()));
                    wanted.arrival(stock).isOver(readers, when + ", and the next run");
                    since.clear();
                    since.add(wanted);
                }
            }
            int reads = poll.end();
            System.out.println(KILLS + " random kills, " + midway + " midway, " + reads + " reads; seed " + SEED);
            assertThat(reads).isPositive();
        } finally {
            next.join().close();
        }
        assertThat(midway).isGreaterThan(KILLS / 4);
        StoreProgram.carryOut(contenders.getFirst().order(root.path()));
        contenders.getFirst().arrival(stock).isOver(readers, "at the end");
        assertThat(root.tool().succeeded()).contains("0 added, 0 removed");
    }
}
