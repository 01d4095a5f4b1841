package dev.capstan.controller;

import dev.capstan.controller.RestartPermission.Outcome;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose runtime may be restarted: a pure function from what is seen of a cluster's nodes to the permissions that shall be
 * stored next. Only a node that says {@code RuntimeStale} gets one.
 *
 * <p>Each step, in this order:
 * <ol>
 *   <li>A permission is taken back when the runtime is no longer stale, when its process is another one and it is as stale
 *       as before, when it was not used in time, or when restarts are not allowed any more.
 *   <li>Pools have their turn one after the other, by name; within the pool so many nodes at once as its limit says, by
 *       name. A node counts against the limit from the permission until its runtime is no longer stale or the permission is
 *       taken back, and beyond that while it is not ready: harm is done once.
 * </ol>
 *
 * <p>Invariants: never more than the limit at once, and never of two pools; none where restarts are forbidden or a model
 * update rolls the pool; none for a node whose restart did not help, or was not made in time, until another set is wanted;
 * none within the pause for a process that was started for the same set, as long as the node's agent knows of that; a
 * permission that was not given here is left alone, and counts; asked again with the same sight, it changes nothing more.
 */
final class RestartTurns {

    private final Instant now;
    private final Duration patience;
    private final Duration pause;
    private final List<Seen> nodes;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, String> notes = new LinkedHashMap<>();
    private @Nullable Instant lookAgain;

    /**
     * One node.
     *
     * @param pool its pool; empty where it is of none
     * @param limit how many of its pool may be restarted at once
     * @param forbidden why none of its pool may be restarted now; null where they may
     * @param serves whether the node is ready and its agent heard of
     * @param permitted whether it has the permission
     * @param last the permission that was given here last; null where none was
     * @param status its agent's last word; null where there is none
     */
    record Seen(
            String name,
            String pool,
            int limit,
            @Nullable String forbidden,
            boolean serves,
            boolean permitted,
            @Nullable RestartPermission last,
            NodeTrust.@Nullable Status status) {

        boolean isStale() {
            return status != null
                    && status.problem() != null
                    && status.problem().reason().equals(NodeTrust.Problem.RUNTIME_STALE);
        }

        @Nullable
        String wanted() {
            return status == null ? null : status.wanted();
        }

        @Nullable
        String loaded() {
            return status == null ? null : status.loaded();
        }

        boolean knowsOfRestarts() {
            return status != null
                    && status.runtime() != null
                    && status.runtime().lastRestart() != null;
        }

        @Nullable
        String process() {
            return status == null || status.runtime() == null
                    ? null
                    : status.runtime().process();
        }
    }

    /**
     * What shall be stored of a node: the permission, and in {@code runtimeRestart} whether it stands.
     *
     * @param say for the node's Events
     */
    record Step(String node, RestartPermission permission, Events.Say say) {

        boolean isGiven() {
            return permission.outcome() == Outcome.GIVEN;
        }
    }

    /**
     * Everything that shall be stored next.
     *
     * @param notes of nodes that are stale and get no permission now, why not
     * @param lookAgain when time alone may change the answer; null if it cannot
     */
    record Turn(
            List<Step> steps,
            Map<String, String> notes,
            @Nullable Instant lookAgain) {}

    private RestartTurns(List<Seen> nodes, Instant now, Duration patience, Duration pause) {
        this.nodes = nodes.stream()
                .sorted(Comparator.comparing(Seen::pool).thenComparing(Seen::name))
                .toList();
        this.now = now;
        this.patience = patience;
        this.pause = pause;
    }

    /**
     * The next step.
     *
     * @param patience how long a node may take to restart its runtime
     * @param pause how long a node waits between two restarts for the same set
     */
    static Turn next(List<Seen> nodes, Instant now, Duration patience, Duration pause) {
        RestartTurns turns = new RestartTurns(nodes, now, patience, pause);
        Map<String, Integer> taken = turns.takeBack();
        turns.give(taken);
        return new Turn(List.copyOf(turns.steps), Map.copyOf(turns.notes), turns.lookAgain);
    }

    /** Takes back what has ended; tells how many of each pool count against its limit. */
    private Map<String, Integer> takeBack() {
        Map<String, Integer> taken = new LinkedHashMap<>();
        for (Seen node : nodes) {
            RestartPermission last = node.last();
            Outcome ended = null;
            if (node.permitted() && last != null && last.outcome() == Outcome.GIVEN) {
                ended = outcome(node, last);
                if (ended != null) {
                    RestartPermission over =
                            ended == Outcome.HELPED ? last.helped(node.loaded(), node.process()) : last.ended(ended);
                    steps.add(new Step(node.name(), over, said(node, ended)));
                }
            }
            boolean stands = node.permitted() && ended == null;
            if (stands || isHurt(node)) {
                taken.merge(node.pool(), 1, Integer::sum);
            }
            if (stands && last != null) {
                look(last.at().plus(patience));
            }
        }
        return taken;
    }

    /** Whether a restart may have done harm: whoever comes after it waits until the node is ready again. */
    private boolean isHurt(Seen node) {
        RestartPermission last = node.last();
        if (last == null || node.serves()) {
            return false;
        }
        return switch (last.outcome()) {
            case DID_NOT_HELP, TIMED_OUT -> true;
            case HELPED -> last.at().plus(patience).isAfter(now);
            default -> false;
        };
    }

    private @Nullable Outcome outcome(Seen node, RestartPermission last) {
        if (!node.isStale()) {
            return Outcome.HELPED;
        }
        if (node.process() != null && !node.process().equals(last.process())) {
            return Outcome.DID_NOT_HELP;
        }
        if (node.forbidden() != null) {
            return Outcome.WITHDRAWN;
        }
        return last.at().plus(patience).isAfter(now) ? null : Outcome.TIMED_OUT;
    }

    private void give(Map<String, Integer> taken) {
        String turn = taken.isEmpty() ? null : taken.keySet().iterator().next();
        for (Seen node : nodes) {
            if (!node.isStale() || node.permitted()) {
                continue;
            }
            String not = whyNot(node);
            if (not == null && turn != null && !turn.equals(node.pool())) {
                not = "waits for its turn: pool " + turn + " is before it";
            }
            if (not == null && taken.getOrDefault(node.pool(), 0) >= node.limit()) {
                not = "waits for its turn: " + node.limit() + " at a time, " + holders(node.pool()) + " before it";
            }
            if (not != null) {
                notes.put(node.name(), "the runtime's restart " + not);
                continue;
            }
            turn = node.pool();
            taken.merge(node.pool(), 1, Integer::sum);
            steps.add(
                    new Step(
                            node.name(),
                            new RestartPermission(now.toString(), node.wanted(), node.process(), Outcome.GIVEN),
                            new Events.Say(
                                    false,
                                    "RuntimeRestartPermitted",
                                    "the runtime may be restarted now, since it may still trust what has left the node's set")));
            look(now.plus(patience));
        }
    }

    /** What stands against a permission for this node alone; null where nothing does. */
    private @Nullable String whyNot(Seen node) {
        RestartPermission last = node.last();
        if (node.forbidden() != null) {
            return node.forbidden();
        }
        if (last != null && Objects.equals(last.set(), node.wanted())) {
            switch (last.outcome()) {
                case DID_NOT_HELP -> {
                    return "was made and did not help; it is not made again before another set is wanted, or "
                            + tryAgain(node);
                }
                case TIMED_OUT -> {
                    return "was permitted and not made within " + patience.toSeconds()
                            + " s; it is not permitted again before another set is wanted, or " + tryAgain(node);
                }
                default -> {
                    Instant from = last.at().plus(pause);
                    // A process that came after it has loaded something else in between: the set went, and is back.
                    // An agent that knows of no restart was installed anew: its set went with the one before, and is
                    // back.
                    boolean same = Objects.equals(last.process(), node.process()) && node.knowsOfRestarts();
                    if (last.outcome() == Outcome.HELPED && same && from.isAfter(now)) {
                        look(from);
                        return "waits: it was made a moment ago for the same set, and is made again at most every "
                                + pause.toSeconds() + " s";
                    }
                }
            }
        }
        return node.serves() ? null : "waits until the node is ready";
    }

    private static String tryAgain(Seen node) {
        return "after: kubectl annotate nodetrust " + node.name() + " " + Names.RUNTIME_RESTART_ANNOTATION + "-";
    }

    /** Who has the pool's turns. */
    private String holders(String pool) {
        Stream<String> given = steps.stream()
                .filter(Step::isGiven)
                .map(Step::node)
                .filter(name -> poolOf(name).equals(pool));
        Stream<String> standing = nodes.stream()
                .filter(node -> node.pool().equals(pool))
                .filter(node -> node.permitted() || isHurt(node))
                .filter(node -> steps.stream().noneMatch(step -> step.node().equals(node.name())))
                .map(Seen::name);
        List<String> names = Stream.concat(given, standing).sorted().toList();
        return String.join(", ", names) + (names.size() == 1 ? " is" : " are");
    }

    private String poolOf(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .map(Seen::pool)
                .findFirst()
                .orElse("");
    }

    private Events.Say said(Seen node, Outcome outcome) {
        return switch (outcome) {
            case HELPED ->
                new Events.Say(
                        false,
                        "RuntimeRestartDone",
                        "the runtime trusts nothing any more that has left the node's set");
            case DID_NOT_HELP ->
                new Events.Say(
                        true,
                        "RuntimeRestartDidNotHelp",
                        "the runtime was restarted, and may still trust what has left the node's set: "
                                + problem(node));
            case TIMED_OUT ->
                new Events.Say(
                        true,
                        "RuntimeNotRestarted",
                        "the runtime was not restarted within " + patience.toSeconds()
                                + " s; the permission is taken back: " + problem(node));
            default ->
                new Events.Say(
                        false,
                        "RuntimeRestartWithdrawn",
                        "the permission to restart the runtime is taken back: the restart " + node.forbidden());
        };
    }

    private static String problem(Seen node) {
        return node.status() == null || node.status().problem() == null
                ? ""
                : node.status().problem().message();
    }

    private void look(Instant at) {
        if (at.isAfter(now) && (lookAgain == null || at.isBefore(lookAgain))) {
            lookAgain = at;
        }
    }
}
