package dev.capstan.controller;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events. An Event's name follows from what it says of which object, so saying it again counts up the one that is
 * there; each carries its last cause, so that the same cause, met again after a crash or at another node, does not count.
 * An object gets 25 Events at once and one more every 5 minutes (as client-go's event correlator); what is beyond that
 * goes to the log alone.
 */
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);
    private static final int DIGEST_BYTES = 8;

    /** Objects whose budget is remembered; beyond this the full ones are forgotten. */
    private static final int REMEMBERED = 10_000;

    /** What an Event says. */
    record Say(boolean warning, String reason, String message) {}

    private record Budget(double left, Instant at) {}

    private final InstantSource clock;
    private final Duration kept;
    private final Runnable withheld;
    private final Map<String, Budget> budgets = new ConcurrentHashMap<>();

    Events(InstantSource clock, Duration kept) {
        this(clock, kept, () -> {});
    }

    /**
     * Events of which those that go to the log alone are counted.
     *
     * @param withheld told of each
     */
    Events(InstantSource clock, Duration kept, Runnable withheld) {
        this.clock = clock;
        this.kept = kept;
        this.withheld = withheld;
    }

    /**
     * Says something of an object.
     *
     * @param about the object, with its UID
     * @param cause what it is said for; the same cause never counts twice
     */
    void say(KubernetesClient client, ObjectReference about, Say say, String cause) {
        String namespace = about.getNamespace() == null ? "default" : about.getNamespace();
        String name = about.getName() + "." + digest(about.getUid() + "|" + say.reason() + "|" + say.message());
        Resource<Event> resource = client.v1().events().inNamespace(namespace).withName(name);
        Event there = resource.get();
        if (there != null && cause.equals(causeOf(there))) {
            return;
        }
        if (!spend(about.getKind() + "/" + about.getUid())) {
            withheld.run();
            LOG.warn("too many Events on {} {}; not written: {}", about.getKind(), about.getName(), say.message());
            return;
        }
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        if (there == null) {
            Manifests.createIfAbsent(client.resource(event(about, say, cause, namespace, name, now)));
        } else {
            int count = there.getCount() == null ? 1 : there.getCount();
            resource.patch(
                    Manifests.MERGE,
                    Patches.text(Json.object(
                            "count",
                            count + 1,
                            "lastTimestamp",
                            now,
                            "metadata",
                            Json.object(
                                    "annotations",
                                    Json.object(Names.CAUSE_ANNOTATION, cause),
                                    "resourceVersion",
                                    there.getMetadata().getResourceVersion()))));
        }
    }

    /**
     * Removes Capstan's Events that are old enough; a real API server does the same by itself (kube-apiserver
     * {@code --event-ttl}).
     *
     * @return when to come back, or null if there is none left
     */
    @Nullable
    Duration removeOld(KubernetesClient client) {
        Instant now = clock.instant();
        Duration next = null;
        for (Event event : client.v1()
                .events()
                .inAnyNamespace()
                .withLabel(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)
                .list()
                .getItems()) {
            Duration left = Duration.between(
                    now, Instant.parse(event.getLastTimestamp()).plus(kept));
            if (!left.isPositive()) {
                client.resource(event).delete();
            } else if (next == null || left.compareTo(next) < 0) {
                next = left;
            }
        }
        return next;
    }

    private static Event event(
            ObjectReference about, Say say, String cause, String namespace, String name, String now) {
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)
                .addToAnnotations(Names.CAUSE_ANNOTATION, cause)
                .endMetadata()
                .withInvolvedObject(about)
                .withType(say.warning() ? "Warning" : "Normal")
                .withReason(say.reason())
                .withMessage(say.message())
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent("capstan-controller")
                .endSource()
                .build();
    }

    private static @Nullable String causeOf(Event event) {
        return Manifests.annotation(event, Names.CAUSE_ANNOTATION);
    }

    private boolean spend(String object) {
        Instant now = clock.instant();
        if (budgets.size() > REMEMBERED) {
            budgets.values().removeIf(budget -> refilled(budget, now) >= BURST);
        }
        boolean[] allowed = new boolean[1];
        budgets.compute(object, (key, before) -> {
            double left = before == null ? BURST : refilled(before, now);
            allowed[0] = left >= 1;
            return new Budget(allowed[0] ? left - 1 : left, now);
        });
        return allowed[0];
    }

    private static double refilled(Budget budget, Instant now) {
        double gained = (double) Duration.between(budget.at(), now).toMillis() / REFILL.toMillis();
        return Math.min(BURST, budget.left() + gained);
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
