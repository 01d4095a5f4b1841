package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.UpgradeSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, 1, 1, 0",
                "-, -, 10, 1, 0",
                "-, -, 11, 2, 0",
                "1, -, 4, 1, 0",
                "2, 1, 4, 2, 1",
                "50%, -, 4, 2, 0",
                "33%, -, 4, 2, 0",
                "0, 25%, 7, 0, 1",
                "0, 0, 4, 1, 0",
                "0%, 10%, 4, 1, 0",
                "0, 9, 4, 0, 4",
                "many, few, 4, 1, 0",
            })
    void surgeIsRoundedUpAndUnavailableDown(
            String maxSurge, String maxUnavailable, int count, int surge, int unavailable) {
        Limits limits = Limits.of(new UpgradeSettings(maxSurge, maxUnavailable, null, null, null), count);
        assertThat(limits.surge()).isEqualTo(surge);
        assertThat(limits.unavailable()).isEqualTo(unavailable);
    }

    @Test
    void whatIsAbsentIsAsInAks() {
        assertThat(Limits.of(null, 3))
                .isEqualTo(new Limits(1, 0, Duration.ofMinutes(30), Duration.ZERO, false))
                .isEqualTo(Limits.of(new UpgradeSettings(null, null, null, null, "Schedule"), 3));
        assertThat(Limits.of(new UpgradeSettings(null, null, 5, 2, "Cordon"), 3))
                .isEqualTo(new Limits(1, 0, Duration.ofMinutes(5), Duration.ofMinutes(2), true));
    }
}
