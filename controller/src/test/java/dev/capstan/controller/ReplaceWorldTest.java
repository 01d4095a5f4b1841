package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whole ways through simulated worlds: every limit with every small pool, and random ones in which wishes change midway,
 * nodes fall over, deeds take their time or fail, and pods stay. After each step the invariants of {@link Replace} are
 * checked; when the world calms down the pool must come to what is wanted.
 */
class ReplaceWorldTest {

    private static final int STEPS = 400;
    private static final List<PoolWanted.Hold> HOLDS = List.of(PoolWanted.Hold.values());

    @Test
    void everySmallPoolWithEveryLimitIsReplacedWithinItsLimits() {
        for (int from = 0; from <= 4; from++) {
            for (int to = 0; to <= 4; to++) {
                for (int surge = 0; surge <= 3; surge++) {
                    for (int unavailable = surge == 0 ? 1 : 0; unavailable <= 2; unavailable++) {
                        World world = new World(new Random(1), limits(surge, Math.min(to, unavailable), false));
                        world.want(from, "a", PoolWanted.Hold.NONE);
                        world.calm();
                        world.want(to, "b", PoolWanted.Hold.NONE);
                        world.calm();
                    }
                }
            }
        }
    }

    @Test
    void randomWorldsKeepTheInvariantsAndComeToRest() {
        for (int seed = 0; seed < 1500; seed++) {
            Random random = new Random(seed);
            int surge = random.nextInt(4);
            World world = new World(random, limits(surge, surge == 0 ? 1 : random.nextInt(3), random.nextBoolean()));
            world.want(random.nextInt(6), "a", PoolWanted.Hold.NONE);
            for (int step = 0; step < 120; step++) {
                world.turmoil();
            }
            world.want(random.nextInt(6), "z", PoolWanted.Hold.NONE);
            world.calm();
            world.hold(PoolWanted.Hold.ABORT);
            world.rest();
        }
    }

    private static Limits limits(int surge, int unavailable, boolean cordons) {
        return new Limits(
                surge == 0 && unavailable == 0 ? 1 : surge,
                unavailable,
                Duration.ofMinutes(30),
                Duration.ZERO,
                cordons);
    }

    private static final class World {

        private final Random random;
        private final Limits limits;
        private PoolWanted wanted;
        private boolean anew = true;
        private boolean ended;
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");
        private Instant begun = now;
        private List<MachineRecord> records = List.of();
        private Outcome outcome = new Outcome.Working("", "");

        /** Machines that exist, and whether their nodes serve. */
        private final Map<String, Boolean> there = new HashMap<>();

        private final Map<MachineRecord, Progress> progress = new HashMap<>();
        private final Set<String> drained = new HashSet<>();

        World(Random random, Limits limits) {
            this.random = random;
            this.limits = limits;
            this.wanted = RunningPool.of(0, "a", limits, PoolWanted.Hold.NONE, false);
        }

        void want(int count, String model, PoolWanted.Hold hold) {
            Limits fitting = new Limits(
                    limits.surge(),
                    Math.min(limits.unavailable(), count),
                    limits.drainTimeout(),
                    limits.soak(),
                    limits.cordonsUndrainable());
            if (fitting.surge() == 0 && fitting.unavailable() == 0) {
                fitting = new Limits(1, 0, limits.drainTimeout(), limits.soak(), limits.cordonsUndrainable());
            }
            wanted = RunningPool.of(count, model, fitting, hold, false);
            anew = true;
        }

        void hold(PoolWanted.Hold hold) {
            want(wanted.count(), wanted.model(), hold);
        }

        /** Everything succeeds until the pool has ended; within its limits it must come to what is wanted. */
        void calm() {
            for (int i = 0; i < STEPS && !(outcome instanceof Outcome.Done && !anew); i++) {
                turn();
                deeds(1.0, 0, 0);
                there.replaceAll((machine, serves) -> true);
            }
            assertThat(outcome).as("%s from %s", wanted, records).isInstanceOf(Outcome.Done.class);
            assertThat(records.stream().filter(record -> record.phase().equals(AgentPool.RUNNING)))
                    .hasSize(wanted.count())
                    .allMatch(record -> Objects.equals(record.certificateSet(), wanted.model()));
            assertThat(there).hasSize(records.size());
        }

        void rest() {
            for (int i = 0; i < 20 && (anew || outcome instanceof Outcome.Working); i++) {
                turn();
                deeds(1.0, 0, 0);
            }
            assertThat(outcome).isNotInstanceOf(Outcome.Working.class);
            assertThat(records).extracting(MachineRecord::phase).isSubsetOf(AgentPool.RUNNING, AgentPool.QUARANTINED);
        }

        void turmoil() {
            now = now.plusSeconds(random.nextInt(240));
            switch (random.nextInt(30)) {
                case 0 ->
                    want(random.nextInt(6), "abc".substring(random.nextInt(3)).substring(0, 1), wanted.hold());
                case 1 -> hold(HOLDS.get(random.nextInt(3)));
                case 2 -> progress.clear(); // the controller died
                default -> {}
            }
            turn();
            deeds(0.4, 0.1, 0.2);
            there.replaceAll((machine, serves) -> random.nextInt(10) != 0 && (serves || random.nextBoolean()));
        }

        private void turn() {
            List<Seen> seen = new ArrayList<>();
            for (MachineRecord record : records) {
                boolean serves = there.getOrDefault(record.name(), false);
                seen.add(new Seen(
                        record,
                        serves,
                        serves,
                        random.nextBoolean(),
                        progress.getOrDefault(record, new Progress.Unknown())));
            }
            if (anew) {
                begun = now;
                ended = false;
                progress.clear();
                seen.replaceAll(
                        one -> new Seen(one.record(), one.ready(), one.loaded(), one.empty(), new Progress.Unknown()));
            }
            PoolObserved observed = new PoolObserved(seen, now, begun, anew, ended, Duration.ofMinutes(10));
            PoolStep step = Replace.next(wanted, observed);
            check(seen, step);
            anew = false;
            records = step.records();
            outcome = step.outcome();
            ended = ended || !(outcome instanceof Outcome.Working);
            checkThatAskedAgainNothingChanges(observed);
        }

        private void check(List<Seen> before, PoolStep step) {
            Map<String, Seen> was = new HashMap<>();
            before.forEach(seen -> was.put(seen.record().name(), seen));
            List<MachineRecord> after = step.records();
            assertThat(after).extracting(MachineRecord::name).doesNotHaveDuplicates();
            long quarantined = after.stream()
                    .filter(record -> record.phase().equals(AgentPool.QUARANTINED))
                    .count();
            was.values().removeIf(seen -> isGone(seen, after));
            boolean makes = after.stream().anyMatch(record -> !was.containsKey(record.name()));
            if (makes) {
                assertThat(after.size() - quarantined)
                        .isLessThanOrEqualTo(wanted.count() + wanted.limits().surge());
            }
            int drains = 0;
            int serving = 0;
            for (MachineRecord record : after) {
                Seen seen = was.remove(record.name());
                if (seen == null) {
                    assertThat(record.phase()).isEqualTo(AgentPool.MAKING);
                    assertThat(record.certificateSet()).isEqualTo(wanted.model());
                    continue;
                }
                String phase = seen.record().phase();
                assertThat(record.certificateSet()).isEqualTo(seen.record().certificateSet());
                if (record.phase().equals(AgentPool.DELETING)
                        && Set.of(AgentPool.RUNNING, AgentPool.DRAINING).contains(phase)) {
                    boolean isSurplus = seen.empty() && wanted.hold() != PoolWanted.Hold.NONE;
                    boolean isDrained = phase.equals(AgentPool.DRAINING) && drained.contains(record.name());
                    assertThat(isSurplus || isDrained).as("%s is deleted", seen).isTrue();
                }
                if (phase.equals(AgentPool.DELETING)) {
                    assertThat(record.phase()).isEqualTo(AgentPool.DELETING);
                }
                boolean isServing = record.phase().equals(AgentPool.RUNNING) && seen.ready();
                serving += isServing ? 1 : 0;
                boolean drainBegins =
                        record.phase().equals(AgentPool.DRAINING) && phase.equals(AgentPool.RUNNING) && seen.ready();
                drains += drainBegins ? 1 : 0;
            }
            if (drains > 0) {
                assertThat(serving)
                        .as("serving after drains began")
                        .isGreaterThanOrEqualTo(wanted.count() - wanted.limits().unavailable());
                assertThat(wanted.hold()).isEqualTo(PoolWanted.Hold.NONE);
            }
            assertThat(was).isEmpty();
        }

        /** Its record went, or made room for another machine of that name; either only after the machine went. */
        private boolean isGone(Seen seen, List<MachineRecord> after) {
            boolean isGone = after.stream()
                    .noneMatch(record -> record.name().equals(seen.record().name())
                            && !(seen.record().phase().equals(AgentPool.DELETING)
                                    && record.phase().equals(AgentPool.MAKING)));
            if (isGone) {
                assertThat(seen.record().phase()).isEqualTo(AgentPool.DELETING);
                assertThat(there).doesNotContainKey(seen.record().name());
            }
            return isGone;
        }

        /** Only records that did not change keep their progress. */
        private void checkThatAskedAgainNothingChanges(PoolObserved observed) {
            Map<String, Seen> was = new HashMap<>();
            observed.machines().forEach(seen -> was.put(seen.record().name(), seen));
            List<Seen> again = records.stream()
                    .map(record -> {
                        Seen seen = was.get(record.name());
                        return seen == null
                                ? new Seen(record, false, false, false, new Progress.Unknown())
                                : new Seen(
                                        record,
                                        seen.ready(),
                                        seen.loaded(),
                                        seen.empty(),
                                        seen.record().equals(record) ? seen.progress() : new Progress.Unknown());
                    })
                    .toList();
            PoolStep step =
                    Replace.next(wanted, new PoolObserved(again, now, begun, false, ended, observed.patience()));
            assertThat(step.records()).isEqualTo(records);
        }

        /** Does what the records ask for, each with a likelihood. */
        private void deeds(double done, double fails, double blocked) {
            for (MachineRecord record : records) {
                double luck = random.nextDouble();
                boolean isHalted = ended
                        && (record.phase().equals(AgentPool.MAKING)
                                || record.phase().equals(AgentPool.DRAINING));
                if (isHalted || progress.get(record) instanceof Progress.Done) {
                    continue;
                }
                if (luck < done) {
                    switch (record.phase()) {
                        case AgentPool.MAKING -> there.put(record.name(), false);
                        case AgentPool.DELETING -> {
                            there.remove(record.name());
                            drained.remove(record.name());
                        }
                        case AgentPool.DRAINING -> drained.add(record.name());
                        default -> {}
                    }
                    progress.put(record, new Progress.Done(now));
                } else if (luck < done + fails && !record.phase().equals(AgentPool.DRAINING)) {
                    int before = progress.get(record) instanceof Progress.Failed failed ? failed.attempts() : 0;
                    progress.put(record, new Progress.Failed(before + 1, "bad luck"));
                } else if (luck < done + fails + blocked && record.phase().equals(AgentPool.DRAINING)) {
                    progress.put(record, new Progress.Blocked("a budget"));
                }
            }
        }
    }
}
