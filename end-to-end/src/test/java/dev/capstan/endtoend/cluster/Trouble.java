package dev.capstan.endtoend.cluster;

import dev.capstan.endtoend.Aside;
import dev.capstan.endtoend.cluster.Faults.Fault;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Faults of one part of a cluster, one after another, at random moments and for random times: each once, in random order, then
 * all again, until it is told to stop. Several run side by side, so that faults of different parts meet.
 */
final class Trouble {

    private final List<Fault> faults;
    private final SplittableRandom random;
    private final Duration calm;
    private final CompletableFuture<Void> ended;
    private volatile boolean passed;
    private volatile boolean stopping;
    private Duration mending = Duration.ZERO;
    private int count;

    private Trouble(List<Fault> faults, SplittableRandom random, Duration calm) {
        this.faults = faults;
        this.random = random;
        this.calm = calm;
        this.ended = Aside.run(this::run);
    }

    /** Begins; between two faults lies at most this long, and as long again as mending the one before took. */
    static Trouble of(List<Fault> faults, SplittableRandom random, Duration calm) {
        return new Trouble(faults, random, calm);
    }

    private void run() {
        while (!stopping || !passed) {
            List<Fault> left = new ArrayList<>(faults);
            while (!left.isEmpty() && (!stopping || !passed)) {
                Fault fault = left.remove(random.nextInt(left.size()));
                pause(calm.plus(mending));
                say(fault.name());
                fault.strike().run();
                pause(fault.longest());
                long begin = System.nanoTime();
                fault.mend().run();
                mending = Duration.ofNanos(System.nanoTime() - begin);
                count++;
            }
            passed = true;
        }
    }

    private void pause(Duration longest) {
        try {
            Thread.sleep(random.nextLong(longest.toMillis() + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted in the midst of trouble", e);
        }
    }

    static void say(String what) {
        System.out.println(
                "chaos: " + LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + " " + what);
    }

    /** Whether each fault has been there at least once. */
    boolean hasPassed() {
        return passed || ended.isDone();
    }

    /** Ends it, when each fault has been there at least once; everything is mended then. Returns how many there were. */
    int stop() {
        stopping = true;
        ended.join();
        return count;
    }
}
