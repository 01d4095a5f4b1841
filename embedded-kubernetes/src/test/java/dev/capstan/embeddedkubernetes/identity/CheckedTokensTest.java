package dev.capstan.embeddedkubernetes.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CheckedTokensTest {
    private static final CheckedTokens.Claims CLAIMS = new CheckedTokens.Claims("default", "robot", "u", 0, 1);

    @Test
    void theTokenNotUsedForLongestIsForgottenFirst() {
        CheckedTokens tokens = new CheckedTokens();
        for (int i = 0; i < CheckedTokens.MOST; i++) {
            tokens.remember("token" + i, CLAIMS);
        }
        assertThat(tokens.find("token0")).contains(CLAIMS);
        tokens.remember("one more", CLAIMS);
        assertThat(tokens.size()).isEqualTo(CheckedTokens.MOST);
        assertThat(tokens.find("token0")).isPresent();
        assertThat(tokens.find("token1")).isEmpty();
        tokens.forget("token0");
        assertThat(tokens.find("token0")).isEmpty();
    }
}
