package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeTrustTest {

    @Test
    void aLevelHoldsOnlyForTheWantedSetAndWithThoseBelowIt() {
        assertThat(NodeTrust.levelOf("a", "a", "a", "a")).isEqualTo(NodeTrust.PROVEN);
        assertThat(NodeTrust.levelOf("a", "a", "a", "b")).isEqualTo(NodeTrust.LOADED);
        assertThat(NodeTrust.levelOf("a", "a", "b", "a")).isEqualTo(NodeTrust.WRITTEN);
        assertThat(NodeTrust.levelOf("a", "b", "a", "a")).isNull();
        assertThat(NodeTrust.levelOf(null, null, null, null)).isNull();
    }
}
