package dev.capstan.controller;

import static dev.capstan.resources.AgentPool.MAKING;
import static dev.capstan.resources.AgentPool.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.resources.AgentPool.MachineRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whole ways through random worlds: nodes come and go, answer late or never, fall over, are refuted; the list changes
 * midway, is aborted, the pool goes. After each step what {@link InPlace} promises is checked from the nodes themselves,
 * not from its records; when the world calms down it must come to an end.
 */
class InPlaceWorldTest {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final List<PoolWanted.Hold> HOLDS = List.of(PoolWanted.Hold.values());
    private static final Limits LIMITS = new Limits(1, 0, Duration.ofMinutes(30), Duration.ZERO, false);

    @Test
    void randomWorldsKeepTheInvariantsAndComeToAnEnd() {
        int failed = 0;
        for (int seed = 0; seed < 200; seed++) {
            World world = new World(new Random(seed));
            for (int step = 0; step < 150; step++) {
                world.turmoil();
            }
            failed += world.refusals;
            world.calm("z" + seed);
            assertThat(world.told()).as("seed " + seed).allMatch(set -> set.equals("z" + world.last));
            world.leave();
            assertThat(world.told()).as("seed " + seed).allMatch(String::isEmpty);
        }
        assertThat(failed)
                .as("worlds in which a way was stopped by an endpoint")
                .isGreaterThan(20);
    }

    /** A node: what it was told, what it has, how it is. */
    private static final class Node {
        @Nullable
        String told;

        @Nullable
        String has;

        boolean answers = true;
        boolean ready = true;
        boolean isNew;

        @Nullable
        String refutes;
    }

    private static final class World {

        private final Random random;
        private final Map<String, Node> nodes = new TreeMap<>();
        private final Map<String, MachineRecord> records = new HashMap<>();
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");
        private Instant begun = now;
        private PoolWanted wanted = want("a0", PoolWanted.Hold.NONE, false);
        private Outcome outcome = new Outcome.Working("", "");
        private boolean anew = true;
        private boolean ended;
        private boolean succeeded;
        private int count;
        private int last;
        private int refusals;

        World(Random random) {
            this.random = random;
            int there = random.nextInt(6);
            for (int i = 0; i < there; i++) {
                nodes.put("n" + count++, new Node());
            }
        }

        private static PoolWanted want(String model, PoolWanted.Hold hold, boolean deleting) {
            return RunningPool.of(0, model, LIMITS, hold, deleting);
        }

        void turmoil() {
            switch (random.nextInt(14)) {
                case 0 -> joins();
                case 1 -> pick().ifPresent(name -> nodes.remove(name));
                case 2 -> pick().map(nodes::get).ifPresent(node -> node.answers = random.nextBoolean());
                case 3 -> pick().map(nodes::get).ifPresent(node -> node.ready = random.nextInt(3) > 0);
                case 4 -> pick().map(nodes::get).ifPresent(node -> node.refutes = wanted.model());
                case 5 -> {
                    wanted = want("a" + random.nextInt(4), hold(), false);
                    anew = true;
                }
                case 6 -> {
                    wanted = want(Objects.requireNonNull(wanted.model()), hold(), false);
                    anew = true;
                }
                case 7 -> now = now.plusSeconds(random.nextInt(700));
                default -> {
                    now = now.plusSeconds(random.nextInt(20));
                    work();
                }
            }
            turn();
        }

        private PoolWanted.Hold hold() {
            return random.nextInt(4) == 0 ? HOLDS.get(random.nextInt(HOLDS.size())) : PoolWanted.Hold.NONE;
        }

        private java.util.Optional<String> pick() {
            List<String> names = List.copyOf(nodes.keySet());
            return names.isEmpty()
                    ? java.util.Optional.empty()
                    : java.util.Optional.of(names.get(random.nextInt(names.size())));
        }

        private void joins() {
            Node node = new Node();
            node.isNew = random.nextBoolean();
            nodes.put("n" + count++, node);
        }

        /** Agents do what they were told. */
        private void work() {
            nodes.values().stream()
                    .filter(node -> node.answers && random.nextInt(3) > 0)
                    .forEach(node -> node.has = node.told);
        }

        /** Everybody answers and nothing comes any more: it has to end, and well. */
        void calm(String model) {
            last = Integer.parseInt(model.substring(1));
            wanted = want(model, PoolWanted.Hold.NONE, false);
            anew = true;
            rest();
            assertThat(outcome).isInstanceOf(Outcome.Done.class);
        }

        void leave() {
            wanted = want("none", PoolWanted.Hold.NONE, true);
            anew = true;
            rest();
            assertThat(outcome).isInstanceOf(Outcome.Done.class);
            assertThat(records).isEmpty();
        }

        private void rest() {
            nodes.values().forEach(node -> {
                node.answers = true;
                node.ready = true;
                node.refutes = null;
            });
            for (int i = 0; i < 200 && !(outcome instanceof Outcome.Done && !anew); i++) {
                turn();
                now = now.plusSeconds(1);
                nodes.values().forEach(node -> node.has = node.told);
            }
        }

        List<String> told() {
            return nodes.values().stream()
                    .map(node -> Objects.requireNonNullElse(node.told, ""))
                    .toList();
        }

        private void turn() {
            if (anew) {
                begun = now;
                ended = false;
                succeeded = false;
            }
            records.keySet().retainAll(nodes.keySet());
            List<Seen> seen = nodes.entrySet().stream().map(this::seen).toList();
            PoolObserved observed = new PoolObserved(seen, now, begun, anew, ended && !succeeded, PATIENCE);
            PoolWanted counted = wanted.counting(nodes.size());
            PoolStep step = InPlace.next(counted, observed);
            anew = false;
            outcome = step.outcome();
            check(step);
            records.clear();
            step.records().forEach(record -> records.put(record.name(), record));
            step.records()
                    .forEach(record -> Objects.requireNonNull(nodes.get(record.name())).told = record.certificateSet());
            if (!(outcome instanceof Outcome.Working) && !ended) {
                ended = true;
                succeeded = outcome instanceof Outcome.Done;
            }
            if (outcome instanceof Outcome.Failed failed && failed.reason().equals("Refuted")) {
                refusals++;
            }
        }

        /** With what it was told, and has. */
        private static boolean isRefuted(Node node) {
            return node.has != null && node.has.equals(node.refutes) && node.has.equals(node.told);
        }

        private static boolean isOnItsWay(Node node) {
            return !Objects.equals(node.has, node.told);
        }

        private Seen seen(Map.Entry<String, Node> entry) {
            Node node = entry.getValue();
            MachineRecord record = records.get(entry.getKey());
            if (record == null) {
                record = new MachineRecord(entry.getKey(), node.isNew ? MAKING : RUNNING, node.told, null);
            }
            return new Seen(
                    record,
                    node.ready,
                    Objects.equals(node.has, node.told),
                    false,
                    new Progress.Unknown(),
                    isRefuted(node) ? new Proof.Refuted("why") : new Proof.None());
        }

        /** From the nodes' own state before the step: who is told something by it, and who was on its way then. */
        private void check(PoolStep step) {
            List<String> changed = step.records().stream()
                    .filter(record -> {
                        Node node = Objects.requireNonNull(nodes.get(record.name()));
                        boolean joins = node.isNew && !records.containsKey(record.name());
                        return !joins && !Objects.equals(node.told, record.certificateSet());
                    })
                    .map(MachineRecord::name)
                    .toList();
            assertThat(changed).as("told in one step").hasSizeLessThanOrEqualTo(1);
            if (!changed.isEmpty() && !wanted.deleting()) {
                assertThat(wanted.hold()).isEqualTo(PoolWanted.Hold.NONE);
                boolean isNeitherHereNorThere = isOnItsWay(nodes.get(changed.getFirst()));
                nodes.forEach((name, node) -> {
                    if (records.containsKey(name) && !changed.contains(name)) {
                        boolean mayWait = isNeitherHereNorThere && !Objects.equals(node.told, wanted.model());
                        assertThat(isOnItsWay(node) && !mayWait)
                                .as("a node is told while " + name + " is on its way")
                                .isFalse();
                        assertThat(isRefuted(node) && node.has.equals(wanted.model()))
                                .as("a node is told although " + name + " is refuted")
                                .isFalse();
                    }
                });
            }
            PoolObserved after = new PoolObserved(
                    step.records().stream()
                            .map(record -> {
                                Node node = Objects.requireNonNull(nodes.get(record.name()));
                                boolean isRefuted = node.has != null && node.has.equals(node.refutes);
                                return new Seen(
                                        record,
                                        node.ready,
                                        Objects.equals(node.has, record.certificateSet()),
                                        false,
                                        new Progress.Unknown(),
                                        isRefuted && Objects.equals(node.has, record.certificateSet())
                                                ? new Proof.Refuted("why")
                                                : new Proof.None());
                            })
                            .toList(),
                    now,
                    begun,
                    false,
                    ended && !succeeded,
                    PATIENCE);
            if (!wanted.deleting() && !changed.isEmpty()) {
                assertThat(InPlace.next(wanted.counting(nodes.size()), after).records())
                        .as("asked again with the same sight")
                        .hasSize(step.records().size());
            }
        }
    }
}
