package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events of many nodes at once, by a clock that stands still. */
class NodeEventsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String REASON = "CustomCATrustQuarantined";

    private final Lab lab = new Lab();
    private final WorkQueue<Key> queue =
            new WorkQueue<>(Duration.ofHours(1), Duration.ofHours(1), 1, key -> {}, (key, e, in) -> {});
    private Instant now = START;
    private final NodeEvents events = new NodeEvents(new Events(() -> now, Duration.ofHours(3)), queue, () -> now);
    private ManagedApis apis;
    private ManagedApi api;

    @BeforeEach
    void start() throws Exception {
        lab.installDefinitions();
        apis = new ManagedApis(new Clients(new Interceptor() {}), queue, () -> now, Lab.TIMING, key -> {});
        api = apis.attach(MANAGEMENT, lab.endpoint(MANAGEMENT));
        apis.put(api);
    }

    @AfterEach
    void stop() {
        apis.close();
        queue.close();
        lab.close();
    }

    @Test
    void twentyNodesAMinuteSpeakForThemselvesAndTheOthersTogether() {
        say(REASON, 1, 60);
        assertThat(there())
                .hasSize(NodeEvents.ONE_BY_ONE)
                .allMatch(event -> event.getInvolvedObject().getKind().equals("Node"));
        events.tell(api);
        assertThat(there()).hasSize(NodeEvents.ONE_BY_ONE);

        now = START.plus(NodeEvents.MINUTE);
        events.tell(api);
        assertThat(there()).hasSize(NodeEvents.ONE_BY_ONE + 1);
        assertThat(there().stream()
                        .filter(event -> !event.getInvolvedObject().getKind().equals("Node"))
                        .toList())
                .singleElement()
                .satisfies(
                        event -> assertThat(event.getMessage())
                                .isEqualTo(
                                        "40 more nodes within a minute say " + REASON
                                                + ": node-21, node-22, node-23, node-24, node-25 and 35 others; one of them: left out"));
        events.tell(api);
        assertThat(there()).hasSize(NodeEvents.ONE_BY_ONE + 1);
    }

    @Test
    void theNextMinuteAndAnotherReasonBeginAnew() {
        say(REASON, 1, NodeEvents.ONE_BY_ONE);
        say("CustomCATrustStoreFailed", 1, 3);
        assertThat(there()).hasSize(NodeEvents.ONE_BY_ONE + 3);
        now = START.plus(NodeEvents.MINUTE);
        say(REASON, 31, 40);
        assertThat(there()).hasSize(NodeEvents.ONE_BY_ONE + 3 + 10);
        events.tell(api);
        assertThat(there()).hasSize(NodeEvents.ONE_BY_ONE + 3 + 10);
    }

    private void say(String reason, int first, int last) {
        for (int i = first; i <= last; i++) {
            events.say(api, String.format(Locale.ROOT, "node-%02d", i), new Events.Say(true, reason, "left out"), "1");
        }
    }

    private List<Event> there() {
        return lab.client(MANAGEMENT).v1().events().inAnyNamespace().list().getItems();
    }
}
