package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Certificate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two to four writers of ours at the same time, processes of their own, and readers all the while. After each round the
 * store is exactly what one of them was told. {@code -Dcapstan.rounds=200} is the long run.
 */
class TrustStoreConcurrencyTest {

    private static final int ROUNDS = Integer.getInteger("capstan.rounds", 10);
    private static final long SEED = Long.getLong("capstan.seed", System.nanoTime());

    @Test
    void writersTakeTurnsAndReadersNeverMissWhatStays(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot(), "needs root, to run the distribution's tool in a mount namespace");
        try (StockRoot root = StockRoot.make(folder.resolve("root")).withKeystore()) {
            race(root, folder, new Random(SEED));
        }
    }

    private static void race(StockRoot root, Path folder, Random random) throws Exception {
        List<Contender> contenders = Contender.make(folder);
        List<Certificate> stock = root.stock();
        Readers readers = Readers.of(root, Contender.all(contenders, stock));
        StoreProgram.carryOut(contenders.getFirst().order(root.path()));
        List<StoreWriter> writers = new ArrayList<>();
        int applies = 0;
        try (Poll poll = Poll.start(readers, Contender.passage(contenders, stock))) {
            for (int i = 0; i < contenders.size(); i++) {
                writers.add(StoreWriter.start());
            }
            for (int round = 0; round < ROUNDS; round++) {
                String when = "seed " + SEED + ", round " + round;
                int most = 2 + random.nextInt(3);
                List<Contender> wanted = new ArrayList<>();
                for (int i = 0; i < most; i++) {
                    wanted.add(contenders.get(random.nextInt(contenders.size())));
                    writers.get(i).prepare(wanted.get(i).order(root.path()));
                }
                for (int i = 0; i < most; i++) {
                    writers.get(i).go();
                }
                for (int i = 0; i < most; i++) {
                    assertThat(writers.get(i).answer()).as(when).startsWith("done ");
                    applies++;
                }
                poll.check();
                List<?> bundle = readers.bundle();
                List<Contender> arrived = wanted.stream()
                        .filter(one -> one.arrival(stock).wanted().size() == bundle.size()
                                && bundle.containsAll(one.arrival(stock).wanted()))
                        .toList();
                assertThat(arrived).as(when + ", of " + wanted).isNotEmpty();
                arrived.getFirst().arrival(stock).isOver(readers, when);
                try (StockRoot copy = root.copy(folder.resolve("copy"))) {
                    assertThat(copy.tool().succeeded()).as(when).contains("0 added, 0 removed");
                    assertThat(StockRoot.difference(root.snapshot(), copy.snapshot()))
                            .as(when)
                            .isEmpty();
                }
            }
            System.out.println(
                    ROUNDS + " rounds of " + applies + " concurrent applies, all right; " + poll.end() + " reads");
        } finally {
            writers.forEach(StoreWriter::close);
        }
    }
}
