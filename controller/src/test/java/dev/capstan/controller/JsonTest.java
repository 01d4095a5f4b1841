package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void anObjectMayHoldMoreThanWantedAListMayNot() {
        assertThat(Json.holds(Map.of("a", 1, "b", 2), Map.of("a", 1L))).isTrue();
        assertThat(Json.holds(Map.of("a", 1), Map.of("a", 2))).isFalse();
        assertThat(Json.holds(Map.of("a", List.of(1, 2)), Map.of("a", List.of(1))))
                .isFalse();
        assertThat(Json.holds(Map.of("a", List.of(Map.of("x", 1, "y", 2))), Map.of("a", List.of(Map.of("x", 1)))))
                .isTrue();
    }

    @Test
    void aWantedNullMustBeAbsentAndEmptyIsAbsent() {
        assertThat(Json.holds(Map.of(), Json.object("a", null))).isTrue();
        assertThat(Json.holds(Map.of("a", "x"), Json.object("a", null))).isFalse();
        assertThat(Json.holds(Map.of(), Map.of("a", Map.of(), "b", List.of()))).isTrue();
        assertThat(Json.holds(null, Json.object("a", null))).isFalse();
    }
}
