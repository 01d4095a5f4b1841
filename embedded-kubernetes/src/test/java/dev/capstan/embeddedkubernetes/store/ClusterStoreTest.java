package dev.capstan.embeddedkubernetes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterStoreTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private ClusterStore open() {
        return ClusterStore.open(directory.resolve("a.sqlite"), JSON);
    }

    private static ObjectKey key(String name) {
        return new ObjectKey("things", "ns", name);
    }

    private static ObjectNode object(String name, String value) {
        ObjectNode object = JSON.createObjectNode();
        object.putObject("metadata").put("namespace", "ns").put("name", name);
        return object.put("value", value);
    }

    private static ObjectNode put(ClusterStore store, String name, String value) {
        return store.write(draft -> draft.put(key(name), object(name, value)));
    }

    @Test
    void whatAnEarlierVersionWroteWithAnEscapedPairInANameIsThereAfterReopening() {
        try (ClusterStore store = open()) {
            // JSON here writes the pair as escapes, as the module did once.
            store.write(draft -> draft.put(key("one"), object("one", "1").put("\ud83d\ude00", "2")));
        }
        try (ClusterStore store = open()) {
            assertThat(store.get(key("one")).path("\ud83d\ude00").asText()).isEqualTo("2");
        }
    }

    @Test
    void acknowledgedWritesAreThereAfterReopening() {
        long version;
        try (ClusterStore store = open()) {
            put(store, "one", "1");
            put(store, "two", "2");
            store.write(draft -> draft.delete(key("one")));
            version = store.resourceVersion();
        }
        try (ClusterStore store = open()) {
            assertThat(store.resourceVersion()).isEqualTo(version);
            assertThat(store.get(key("one"))).isNull();
            assertThat(store.get(key("two")).path("value").asText()).isEqualTo("2");
        }
    }

    @Test
    void fileIsForItsOwnerOnly() throws Exception {
        try (ClusterStore store = open()) {
            put(store, "one", "1");
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .as(file.toString())
                            .isEqualTo("rw-------");
                }
            }
        }
    }

    @Test
    void secondOpeningIsRefusedWhileTheFirstLives() {
        try (ClusterStore store = open()) {
            put(store, "one", "1");
            assertThatThrownBy(this::open)
                    .isInstanceOf(StorageFailure.class)
                    .hasMessageContaining("another process has it open");
        }
        open().close();
    }

    @Test
    void throwingWriteChangesNothingAndTheGroupGoesOn() {
        try (ClusterStore store = open()) {
            assertThatThrownBy(() -> store.write(draft -> {
                        draft.put(key("one"), object("one", "1"));
                        throw new IllegalArgumentException("no");
                    }))
                    .hasMessage("no");
            long before = store.resourceVersion();
            ObjectNode two = put(store, "two", "2");
            assertThat(store.get(key("one"))).isNull();
            assertThat(two.path("metadata").path("resourceVersion").asLong()).isEqualTo(before + 1);
        }
    }

    @Test
    void whatFollowsFromAWriteIsCommittedOrDroppedWithIt() {
        try (ClusterStore store = open()) {
            store.derive(draft -> {
                for (Event event : List.copyOf(draft.events())) {
                    String name = event.key().name();
                    draft.put(
                            key("after-" + name),
                            object("after-" + name, event.object().path("value").asText()));
                }
            });
            List<List<String>> commits = new ArrayList<>();
            store.observe(events ->
                    commits.add(events.stream().map(event -> event.key().name()).toList()));
            put(store, "one", "1");
            assertThat(commits).containsExactly(List.of("one", "after-one"));
            ObjectNode _ = store.tryOut(draft -> draft.put(key("two"), object("two", "2")));
            assertThatThrownBy(() -> store.write(draft -> {
                        draft.put(key("three"), object("three", "3"));
                        throw new IllegalArgumentException("no");
                    }))
                    .hasMessage("no");
            assertThat(store.list("things", null).objects()).hasSize(2);
        }
    }

    @Test
    void tryingOutChangesNothing() {
        try (ClusterStore store = open()) {
            ObjectNode shown = store.tryOut(draft -> draft.put(key("one"), object("one", "1")));
            assertThat(shown.path("value").asText()).isEqualTo("1");
            assertThat(store.get(key("one"))).isNull();
        }
    }

    @Test
    void fullDiskFailsTheWriteLeavesMemoryAndRecovers() throws Exception {
        try (ClusterStore store = open()) {
            put(store, "one", "1");
            long version = store.resourceVersion();
            store.limitGrowth(4);
            try (Subscription subscription = store.watch("things", null).subscription()) {
                assertThatThrownBy(() -> put(store, "big", "x".repeat(1_000_000)))
                        .isInstanceOfSatisfying(
                                StorageFailure.class,
                                e -> assertThat(e.isDiskFull()).isTrue())
                        .hasMessageContaining("full");
                assertThat(store.get(key("big"))).isNull();
                assertThat(store.resourceVersion()).isEqualTo(version);
                put(store, "small", "2");
                assertThat(subscription.next(Duration.ofMinutes(5)))
                        .isInstanceOfSatisfying(
                                Subscription.Changed.class,
                                changed ->
                                        assertThat(changed.event().key().name()).isEqualTo("small"));
            }
        }
        try (ClusterStore store = open()) {
            assertThat(store.get(key("small"))).isNotNull();
            assertThat(store.get(key("big"))).isNull();
        }
    }

    @Test
    void waitingWritesAreCommittedTogether() throws Exception {
        try (ClusterStore store = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch go = new CountDownLatch(1);
            Future<?> first = busy(store, threads, go);
            long before = store.statements();
            List<Future<?>> writes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String name = "n" + i;
                writes.add(threads.submit(() -> put(store, name, "v")));
            }
            while (store.waiting() < 100) {
                Thread.onSpinWait();
            }
            go.countDown();
            first.get();
            for (Future<?> write : writes) {
                write.get();
            }
            // Each object one statement; begin, version and commit once.
            assertThat(store.statements() - before).isEqualTo(103);
        }
    }

    @Test
    void refusalForAWriteThatNobodyCanReadYetWaitsForItsCommit() throws Exception {
        try (ClusterStore store = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            store.limitGrowth(4);
            CountDownLatch go = new CountDownLatch(1);
            Future<?> _ = busy(store, threads, go);
            Future<?> lost = threads.submit(() -> put(store, "one", "x".repeat(1_000_000)));
            while (store.waiting() < 1) {
                Thread.onSpinWait();
            }
            Future<?> judged = threads.submit(() -> store.write(draft -> {
                if (draft.get(key("one")) != null) {
                    throw new IllegalArgumentException("there is one already");
                }
                return 0;
            }));
            while (store.waiting() < 2) {
                Thread.onSpinWait();
            }
            go.countDown();

            assertThatThrownBy(lost::get).hasCauseInstanceOf(StorageFailure.class);
            assertThatThrownBy(judged::get).hasCauseInstanceOf(StorageFailure.class);
            assertThat(store.get(key("one"))).isNull();
        }
    }

    /** Keeps the writer busy until told to go on; returns when it is. */
    private static Future<?> busy(ClusterStore store, ExecutorService threads, CountDownLatch go)
            throws InterruptedException {
        CountDownLatch writerBusy = new CountDownLatch(1);
        Future<?> first = threads.submit(() -> store.write(_ -> {
            writerBusy.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 0;
        }));
        writerBusy.await();
        return first;
    }

    @Test
    void watcherSeesEveryChangeInOrder() throws Exception {
        try (ClusterStore store = open()) {
            put(store, "one", "1");
            ClusterStore.Watch watch = store.watch("things", null);
            assertThat(watch.initial().objects()).hasSize(1);
            put(store, "two", "2");
            store.write(draft -> draft.delete(key("one")));
            try (Subscription subscription = watch.subscription()) {
                Event second = changed(subscription);
                assertThat(second.key().name()).isEqualTo("two");
                assertThat(second.previous()).isNull();
                Event third = changed(subscription);
                assertThat(third.deleted()).isTrue();
                assertThat(third.object()
                                .path("metadata")
                                .path("resourceVersion")
                                .asLong())
                        .isEqualTo(store.resourceVersion());
                assertThat(subscription.next(Duration.ofMillis(1)))
                        .isEqualTo(new Subscription.Quiet(store.resourceVersion()));
            }
            assertThat(store.watchers()).isZero();
        }
    }

    private static Event changed(Subscription subscription) throws InterruptedException {
        return ((Subscription.Changed) subscription.next(Duration.ofMinutes(5))).event();
    }

    @Test
    void watchResumesFromHistoryAndExpiresBeyondIt() throws Exception {
        try (ClusterStore store = ClusterStore.open(directory.resolve("a.sqlite"), JSON, 3)) {
            long start = store.resourceVersion();
            for (int i = 0; i < 3; i++) {
                put(store, "n" + i, "v");
            }
            try (Subscription subscription = store.watchAfter("things", "ns", start)) {
                assertThat(changed(subscription).key().name()).isEqualTo("n0");
            }
            put(store, "n3", "v");
            assertThatThrownBy(() -> store.watchAfter("things", "ns", start))
                    .isInstanceOf(ExpiredVersion.class)
                    .hasMessage("too old resource version: " + start + " (" + (start + 1) + ")");
        }
        try (ClusterStore store = open()) {
            long now = store.resourceVersion();
            store.watchAfter("things", null, now).close();
            assertThatThrownBy(() -> store.watchAfter("things", null, now - 1)).isInstanceOf(ExpiredVersion.class);
        }
    }

    @Test
    void slowWatcherIsCutOffAndTheCommitDoesNotWait() throws Exception {
        try (ClusterStore store = open();
                Subscription subscription = store.watch("things", null).subscription()) {
            CountDownLatch cut = new CountDownLatch(1);
            subscription.whenTooSlow(cut::countDown);
            store.write(draft -> {
                for (int i = 0; i < 2000; i++) {
                    draft.put(key("n" + i), object("n" + i, "v"));
                }
                return 0;
            });
            assertThat(cut.getCount()).isZero();
            int seen = 0;
            Subscription.Signal signal = subscription.next(Duration.ofMinutes(5));
            while (signal instanceof Subscription.Changed) {
                seen++;
                signal = subscription.next(Duration.ofMinutes(5));
            }
            assertThat(signal).isEqualTo(Subscription.End.TOO_SLOW);
            assertThat(seen).isBetween(1, 1999);
        }
    }

    @Test
    void earlierStateIsListedFromHistory() {
        try (ClusterStore store = open()) {
            put(store, "one", "1");
            put(store, "two", "2");
            long then = store.resourceVersion();
            store.write(draft -> draft.delete(key("one")));
            put(store, "two", "22");
            put(store, "three", "3");
            assertThat(store.listAt("things", "ns", then).objects())
                    .extracting(object -> object.path("value").asText())
                    .containsExactly("1", "2");
            assertThat(store.list("things", "ns").objects())
                    .extracting(object -> object.path("value").asText())
                    .containsExactly("3", "22");
        }
    }

    @Test
    void closingEndsWatchersAndFailsLaterWrites() throws Exception {
        ClusterStore store = open();
        Subscription subscription = store.watch("things", null).subscription();
        store.close();
        assertThat(subscription.next(Duration.ofMinutes(5))).isEqualTo(Subscription.End.CLOSED);
        assertThatThrownBy(() -> put(store, "one", "1"))
                .isInstanceOf(StorageFailure.class)
                .hasMessageContaining("closed");
    }
}
