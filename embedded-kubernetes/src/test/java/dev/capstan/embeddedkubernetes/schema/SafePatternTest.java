package dev.capstan.embeddedkubernetes.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafePatternTest {

    @ParameterizedTest(name = "{0} in {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
            ^[a-z]+$           | abc     | MATCHES
            ^[a-z]+$           | abC     | DIFFERS
            ^v1-[0-9a-f]{64}$  | v1-x    | DIFFERS
            ^[[:alpha:]]+$     | abc     | MATCHES
            ^[[:^]+$           | [:^     | MATCHES
            ^[]a]+$            | ]a      | MATCHES
            ^[^]a]$            | b       | MATCHES
            ^[a&&b]+$          | &       | MATCHES
            ^(?P<n>a)b$        | ab      | MATCHES
            ^\\$$              | $       | MATCHES
            (?i)ABC            | xabcx   | MATCHES
            """)
    void find(String pattern, String text, SafePattern.Outcome expected) {
        assertThat(SafePattern.problem(pattern)).isEmpty();
        assertThat(SafePattern.of(pattern).orElseThrow().find(text)).isEqualTo(expected);
    }

    @Test
    void theEndIsTheVeryEnd() {
        assertThat(SafePattern.of("^a$").orElseThrow().find("a\n")).isEqualTo(SafePattern.Outcome.DIFFERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "a\\", "(a)\\1", "(?=a)", "(?<!a)b", "(?>a)", "a++", "*", "[[:nope:]]"})
    void refuses(String pattern) {
        assertThat(SafePattern.problem(pattern)).startsWith("must be a valid regular expression, but isn't: ");
        assertThat(SafePattern.of(pattern)).isEmpty();
    }
}
