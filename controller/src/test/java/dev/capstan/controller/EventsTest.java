package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final ObjectReference NODE = new ObjectReferenceBuilder()
            .withKind("Node")
            .withName("n")
            .withUid("n")
            .build();

    private final Lab lab = new Lab();
    private final KubernetesClient client = lab.client(Lab.MANAGEMENT);
    private Instant now = START;
    private final Events events = new Events(() -> now, Duration.ofHours(1));

    @AfterEach
    void stop() {
        lab.close();
    }

    @Test
    void sayingItAgainCountsUpAndTheSameCauseDoesNot() {
        say("it is full", "1");
        say("it is full", "1");
        new Events(() -> now, Duration.ofHours(1)).say(client, NODE, full("it is full"), "1");
        now = START.plusSeconds(7);
        say("it is full", "2");
        assertThat(there()).singleElement().satisfies(event -> {
            assertThat(event.getCount()).isEqualTo(2);
            assertThat(event.getFirstTimestamp()).isEqualTo(START.toString());
            assertThat(event.getLastTimestamp()).isEqualTo(now.toString());
            assertThat(event.getInvolvedObject().getKind()).isEqualTo("Node");
            assertThat(event.getType()).isEqualTo("Warning");
        });
    }

    @Test
    void anObjectGetsSoManyEventsAndMoreWithTime() {
        for (int i = 0; i < 40; i++) {
            say("message " + i, "1");
        }
        assertThat(there()).hasSize(25);
        now = START.plus(Duration.ofMinutes(11));
        for (int i = 0; i < 5; i++) {
            say("later " + i, "1");
        }
        assertThat(there()).hasSize(27);
    }

    @Test
    void oldEventsGoAndTheNextTimeIsTheOldestOneLeft() {
        say("first", "1");
        now = START.plus(Duration.ofMinutes(20));
        say("second", "1");
        assertThat(events.removeOld(client)).isEqualTo(Duration.ofMinutes(40));
        now = START.plus(Duration.ofHours(1));
        assertThat(events.removeOld(client)).isEqualTo(Duration.ofMinutes(20));
        assertThat(there()).extracting(Event::getMessage).containsExactly("second");
        now = START.plus(Duration.ofHours(2));
        assertThat(events.removeOld(client)).isNull();
        assertThat(there()).isEmpty();
    }

    private void say(String message, String cause) {
        events.say(client, NODE, full(message), cause);
    }

    private static Events.Say full(String message) {
        return new Events.Say(true, "StoreFailed", message);
    }

    private List<Event> there() {
        return client.v1().events().inNamespace("default").list().getItems();
    }
}
