package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.NodeTrust.SecretSeen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeClockTest {

    private static final String OLD = "v1:" + "1".repeat(64);
    private static final String NEW = "v1:" + "2".repeat(64);

    private long seconds;
    private final ChangeClock clock =
            new ChangeClock(() -> Duration.ofSeconds(seconds).toNanos());
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void listen() {
        clock.tell((level, after) -> told.add(level + " " + after.toSeconds()));
    }

    @Test
    void eachLevelIsToldOnceWithTheTimeSinceTheSecretChanged() {
        clock.secretChanged(List.of(trust(OLD, OLD, OLD, "7")));
        seconds = 1;
        clock.saw(trust(OLD, OLD, OLD, "7"), 1, "8");
        assertThat(told).as("an answer to the Secret of before is none").isEmpty();
        clock.saw(trust(NEW, NEW, OLD, "8"), 1, "8");
        seconds = 3;
        clock.saw(trust(NEW, NEW, NEW, "8"), 1, "8");
        clock.saw(trust(NEW, NEW, NEW, "8"), 1, "8");
        assertThat(told).containsExactly("Written 1", "Loaded 3");
        assertThat(clock.longest()).isZero();
    }

    @Test
    void aChangeBeforeTheLastOneArrivedDoesNotStartAnew() {
        clock.secretChanged(List.of(trust(OLD, OLD, OLD, "7")));
        seconds = 100;
        clock.secretChanged(List.of(trust(OLD, OLD, OLD, "7")));
        seconds = 101;
        assertThat(clock.longest()).isEqualTo(Duration.ofSeconds(101));
        clock.saw(trust(NEW, NEW, NEW, "9"), 1, "9");
        assertThat(told).containsExactly("Written 101", "Loaded 101");
    }

    @Test
    void aChangeOfTheSpecCountsFromTheGenerationThatAskedForIt() {
        clock.specChanged("node");
        seconds = 2;
        clock.saw(trust(OLD, OLD, OLD, "7"), 2, "7");
        assertThat(told).as("the status is of generation 1").isEmpty();
        clock.saw(trust(OLD, OLD, OLD, "7"), 1, "7");
        assertThat(told).containsExactly("Written 2", "Loaded 2");
    }

    @Test
    void whoDoesNotFollowTheSecretIsNotWaitedFor() {
        NodeTrustObject other = trust(OLD, OLD, OLD, null);
        other.setSpec(new NodeTrust.Spec(null, false, false));
        clock.secretChanged(List.of(other));
        seconds = 9;
        assertThat(clock.longest()).isZero();
    }

    @Test
    void aNodeThatWentIsNotWaitedFor() {
        clock.specChanged("node");
        clock.forget("node");
        seconds = 9;
        assertThat(clock.longest()).isZero();
    }

    private static NodeTrustObject trust(String wanted, String written, String loaded, @Nullable String secret) {
        NodeTrustObject trust = new NodeTrustObject();
        trust.getMetadata().setName("node");
        trust.setSpec(new NodeTrust.Spec(null, true, false));
        trust.setStatus(new NodeTrust.Status(
                1,
                wanted,
                written,
                loaded,
                null,
                null,
                List.of(),
                List.of(),
                null,
                secret == null ? null : new SecretSeen("uid", secret),
                "1",
                null));
        return trust;
    }
}
