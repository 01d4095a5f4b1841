package dev.capstan.controller;

import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkQueueTest {

    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    void oneKeyIsWorkedOnByOneThreadAndNoAdditionIsLost() {
        var inside = new ConcurrentHashMap<String, AtomicInteger>();
        var most = new AtomicInteger();
        var seen = new ConcurrentHashMap<String, Integer>();
        var wanted = new ConcurrentHashMap<String, Integer>();
        try (var queue = new WorkQueue<String>(
                SHORT,
                SHORT,
                8,
                key -> {
                    int now = inside.computeIfAbsent(key, ignored -> new AtomicInteger())
                            .incrementAndGet();
                    most.accumulateAndGet(now, Math::max);
                    seen.put(key, wanted.get(key));
                    inside.get(key).decrementAndGet();
                },
                (key, failure, wait) -> {})) {
            for (int i = 0; i < 2000; i++) {
                String key = "key" + i % 5;
                wanted.merge(key, 1, Integer::sum);
                queue.add(key);
            }
            await("done", queue::isIdle);
            assertThat(most).hasValue(1);
            assertThat(seen).isEqualTo(wanted);
            assertThat(queue.size()).isZero();
        }
    }

    @Test
    void whatFailsIsTriedAgainAfterLongerAndLongerWaitsUntilItSucceeds() {
        var waits = new CopyOnWriteArrayList<Duration>();
        var tries = new AtomicInteger();
        try (var queue = new WorkQueue<String>(
                Duration.ofMillis(4),
                Duration.ofMillis(32),
                8,
                key -> {
                    if (tries.incrementAndGet() <= 6) {
                        throw new IllegalStateException("not yet");
                    }
                },
                (key, failure, wait) -> waits.add(wait))) {
            queue.add("key");
            await("success", () -> tries.get() == 7 && queue.size() == 0);
        }
        assertThat(waits).hasSize(6);
        for (int i = 0; i < 6; i++) {
            long full = Math.min(32, 4L << i);
            assertThat(waits.get(i)).isBetween(Duration.ofMillis(full / 2), Duration.ofMillis(full));
        }
    }

    @Test
    void anAdditionEndsTheWaitAfterAFailure() {
        var tries = new AtomicInteger();
        try (var queue = new WorkQueue<String>(
                NEVER,
                NEVER,
                8,
                key -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new IllegalStateException("not yet");
                    }
                },
                (key, failure, wait) -> {})) {
            queue.add("key");
            await("failure", () -> tries.get() == 1 && queue.isIdle());
            queue.add("key");
            await("success", () -> tries.get() == 2 && queue.size() == 0);
        }
    }

    @Test
    void theEarliestOfSeveralTimesCountsAndOnlyOnce() {
        var turns = new AtomicInteger();
        try (var queue = new WorkQueue<String>(SHORT, SHORT, 8, key -> turns.incrementAndGet(), (k, f, w) -> {})) {
            queue.addAfter("key", NEVER);
            queue.addAfter("key", Duration.ofMillis(5));
            queue.addAfter("key", NEVER);
            await("a turn", () -> queue.size() == 0);
            assertThat(turns).hasValue(1);
        }
    }

    @Test
    void noMoreKeysAreWorkedOnAtOnceThanAllowed() {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var done = new CountDownLatch(50);
        try (var queue = new WorkQueue<Integer>(
                SHORT,
                SHORT,
                3,
                key -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.sleep(1);
                    now.decrementAndGet();
                    done.countDown();
                },
                (key, failure, wait) -> {})) {
            for (int i = 0; i < 50; i++) {
                queue.add(i);
            }
            await("all", () -> done.getCount() == 0);
        }
        assertThat(most.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void aClosedQueueGivesNoTurns() {
        var turns = new CopyOnWriteArrayList<String>();
        var queue = new WorkQueue<String>(SHORT, SHORT, 8, turns::add, (key, failure, wait) -> {});
        queue.close();
        queue.add("key");
        queue.addAfter("key", SHORT);
        assertThat(queue.size()).isZero();
        assertThat(turns).isEqualTo(List.of());
    }
}
