package dev.capstan.controller;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Events on Nodes. Of each reason {@value #ONE_BY_ONE} a minute are written on their Nodes; when more nodes say the same
 * within the minute, what is beyond that is told once when it is over, on the user's Secret (where there is none, on its
 * namespace), with how many they are and some of their names. A Secret with a bad key in a cluster of a thousand nodes makes
 * some twenty Events and not a thousand; each Node's condition says it all the same.
 */
final class NodeEvents {

    static final int ONE_BY_ONE = 20;
    static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int NAMED = 5;

    /** What is told together. */
    private static final class Burst {
        private final Instant begun;
        private int written;
        private final Set<String> more = new TreeSet<>();
        private Events.Say first;

        private Burst(Instant begun, Events.Say first) {
            this.begun = begun;
            this.first = first;
        }
    }

    private final Events events;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final Map<String, Map<String, Burst>> bursts = new HashMap<>();

    NodeEvents(Events events, WorkQueue<Key> queue, InstantSource clock) {
        this.events = events;
        this.queue = queue;
        this.clock = clock;
    }

    /** Says something of a node, now or together with what is said of others. */
    void say(ManagedApi api, String node, Events.Say say, String cause) {
        if (isOneOfFew(api.cluster(), node, say)) {
            events.say(api.client(), NodeConditions.reference(node), say, cause);
        } else {
            queue.addAfter(new Key.Bursts(api.cluster()), MINUTE);
        }
    }

    /** Tells what was gathered and is a minute old. */
    void tell(ManagedApi api) {
        Map<String, Burst> over = over(api.cluster());
        SecretMetadata secret = api.secret(Names.SECRET_NAMESPACE);
        ObjectReference about = secret == null
                ? new ObjectReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Namespace")
                        .withName(Names.SECRET_NAMESPACE)
                        .withNamespace(Names.SECRET_NAMESPACE)
                        .withUid(Names.SECRET_NAMESPACE)
                        .build()
                : SecretReconciler.reference(secret);
        over.forEach((reason, burst) -> events.say(api.client(), about, together(burst), burst.begun.toString()));
    }

    private synchronized boolean isOneOfFew(String cluster, String node, Events.Say say) {
        Instant now = clock.instant();
        Map<String, Burst> ofCluster = bursts.computeIfAbsent(cluster, _ -> new HashMap<>());
        Burst burst = ofCluster.get(say.reason());
        if (burst == null || (burst.more.isEmpty() && isOver(burst, now))) {
            burst = new Burst(now, say);
            ofCluster.put(say.reason(), burst);
        }
        if (burst.written < ONE_BY_ONE) {
            burst.written++;
            return true;
        }
        if (burst.more.isEmpty()) {
            burst.first = say;
        }
        burst.more.add(node);
        return false;
    }

    private synchronized Map<String, Burst> over(String cluster) {
        Instant now = clock.instant();
        Map<String, Burst> over = new HashMap<>();
        Map<String, Burst> ofCluster = bursts.getOrDefault(cluster, Map.of());
        ofCluster.forEach((reason, burst) -> {
            if (isOver(burst, now)) {
                if (!burst.more.isEmpty()) {
                    over.put(reason, burst);
                }
            } else if (!burst.more.isEmpty()) {
                queue.addAfter(new Key.Bursts(cluster), Duration.between(now, burst.begun.plus(MINUTE)));
            }
        });
        ofCluster.values().removeIf(burst -> isOver(burst, now));
        return over;
    }

    private static boolean isOver(Burst burst, Instant now) {
        return !burst.begun.plus(MINUTE).isAfter(now);
    }

    private static Events.Say together(Burst burst) {
        int more = burst.more.size() - NAMED;
        String names = String.join(", ", burst.more.stream().limit(NAMED).toList());
        return new Events.Say(
                burst.first.warning(),
                burst.first.reason(),
                burst.more.size() + " more nodes within a minute say " + burst.first.reason() + ": " + names
                        + (more > 0 ? " and " + more + " others" : "") + "; one of them: " + burst.first.message());
    }
}
