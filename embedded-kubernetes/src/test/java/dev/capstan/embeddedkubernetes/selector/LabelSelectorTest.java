package dev.capstan.embeddedkubernetes.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.embeddedkubernetes.kinds.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSelectorTest {

    @ParameterizedTest(name = "{0} on {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
            ``                         | {}                  | true
            a=b                        | {'a':'b'}           | true
            a==b                       | {'a':'b'}           | true
            a = b                      | {'a':'b'}           | true
            a=b                        | {'a':'c'}           | false
            a=b                        | {}                  | false
            a!=b                       | {'a':'c'}           | true
            a!=b                       | {}                  | true
            a!=b                       | {'a':'b'}           | false
            a in (b,c)                 | {'a':'c'}           | true
            a in (b, c)                | {'a':'d'}           | false
            a notin (b,c)              | {'a':'d'}           | true
            a notin (b,c)              | {}                  | true
            a notin (b)                | {'a':'b'}           | false
            a                          | {'a':''}            | true
            a                          | {'b':''}            | false
            !a                         | {'b':''}            | true
            ! a                        | {'a':''}            | false
            a=                         | {'a':''}            | true
            a=,b=c                     | {'a':'','b':'c'}    | true
            a in (,b)                  | {'a':''}            | true
            a=b,c!=d                   | {'a':'b','c':'e'}   | true
            a=b,c!=d                   | {'a':'b','c':'d'}   | false
            a>5                        | {'a':'6'}           | true
            a>5                        | {'a':'5'}           | false
            a<5                        | {'a':'x'}           | false
            example.com/a-b_c.d=x      | {'example.com/a-b_c.d':'x'} | true
            in=b                       | {'in':'b'}          | true
            a in (in,notin)            | {'a':'notin'}       | true
            """)
    void selects(String selector, String labels, boolean expected) {
        assertThat(LabelSelector.parse(selector).matches(Json.of("{'metadata':{'labels':" + labels + "}}")))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a=b,            | unable to parse requirement: found '', expected: identifier after ','
            ,a              | unable to parse requirement: found ',', expected: !, identifier, or 'end of string'
            a b             | unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt
            a in b          | unable to parse requirement: found 'b' expected: '('
            a in (b         | unable to parse requirement: found '', expected: ',' or ')'
            a in (b c)      | unable to parse requirement: found 'c', expected: ',' or ')'
            a=b c           | unable to parse requirement: found 'c', expected: ',' or 'end of string'
            a=(             | unable to parse requirement: found '(', expected: identifier
            !               | unable to parse requirement: found '', expected: !, identifier, or 'end of string'
            a>x             | unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer
            """)
    void refuses(String selector, String words) {
        assertThatThrownBy(() -> LabelSelector.parse(selector))
                .isInstanceOf(SelectorException.class)
                .hasMessage(words);
    }

    @Test
    void badKeysAndValuesAreToldInWords() {
        assertThatThrownBy(() -> LabelSelector.parse("-a=b"))
                .hasMessageStartingWith(
                        "unable to parse requirement: key: Invalid value: \"-a\": name part must consist of alphanumeric");
        assertThatThrownBy(() -> LabelSelector.parse("a=-"))
                .hasMessageContaining("a valid label must be an empty string or consist of alphanumeric characters");
    }

    @Test
    void hugeSelectorsAreRefused() {
        assertThatThrownBy(() -> LabelSelector.parse("a,".repeat(100_000))).isInstanceOf(SelectorException.class);
    }
}
