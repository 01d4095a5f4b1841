package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeaseClockTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = START;
    private final LeaseClock clock = new LeaseClock(() -> now, Duration.ofSeconds(40));

    @Test
    void aLeaseNeverRenewedIsOfAnAgentNeverHeardOf() {
        clock.saw(lease(null, null));
        assertThat(clock.of("n")).isEqualTo(new AgentContact.Never());
        assertThat(clock.of("other")).isEqualTo(new AgentContact.Never());
    }

    @Test
    void silentWhenNoRenewalIsSeenInTime() {
        clock.saw(lease(START, 90));
        assertThat(clock.of("n")).isEqualTo(new AgentContact.Alive(START.plusSeconds(90)));
        now = START.plusSeconds(90);
        assertThat(clock.of("n")).isEqualTo(new AgentContact.Silent(START));
        clock.saw(lease(START.plusSeconds(89), 90));
        assertThat(clock.of("n")).isEqualTo(new AgentContact.Alive(now.plusSeconds(90)));
    }

    @Test
    void aNodeWithAWrongClockIsNeitherKeptNorLost() {
        Instant theirs = START.plus(Duration.ofDays(365));
        clock.saw(lease(theirs, null));
        assertThat(clock.of("n")).isEqualTo(new AgentContact.Alive(START.plusSeconds(40)));
        now = START.plusSeconds(40);
        assertThat(clock.of("n")).isInstanceOf(AgentContact.Silent.class);
        clock.saw(lease(START.minus(Duration.ofDays(365)), null));
        assertThat(clock.of("n")).isInstanceOf(AgentContact.Alive.class);
    }

    @Test
    void oldNewsAtFirstSightIsOld() {
        clock.saw(lease(START.minusSeconds(41), null));
        assertThat(clock.of("n")).isInstanceOf(AgentContact.Silent.class);
    }

    @Test
    void seeingTheSameRenewalAgainIsNoRenewal() {
        clock.saw(lease(START, null));
        now = START.plusSeconds(30);
        clock.saw(lease(START, null));
        assertThat(clock.of("n")).isEqualTo(new AgentContact.Alive(START.plusSeconds(40)));
    }

    private static Lease lease(@Nullable Instant renewed, @Nullable Integer seconds) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName("n")
                .withUid("u")
                .endMetadata()
                .withNewSpec()
                .withRenewTime(renewed == null ? null : renewed.atZone(ZoneOffset.UTC))
                .withLeaseDurationSeconds(seconds)
                .endSpec()
                .build();
    }
}
