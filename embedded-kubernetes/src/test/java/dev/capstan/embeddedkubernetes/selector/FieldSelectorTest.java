package dev.capstan.embeddedkubernetes.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.embeddedkubernetes.kinds.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldSelectorTest {

    private static final String EVENT =
            "{'metadata':{'name':'e','namespace':'n'},'type':'Warning','involvedObject':{'kind':'Node','name':'a,b'},"
                    + "'source':{'component':'capstan'}}";

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
            ``                                                | true
            metadata.name=e                                   | true
            metadata.name==e,metadata.namespace=n             | true
            metadata.name!=e                                  | false
            metadata.name=x                                   | false
            involvedObject.kind=Node,involvedObject.uid=      | true
            involvedObject.name=a\\,b                         | true
            involvedObject.namespace!=x                       | true
            source=capstan                                    | true
            type!=Normal                                      | true
            """)
    void selects(String selector, boolean expected) {
        assertThat(FieldSelector.parse(selector, Json.builtin("Event")).matches(Json.of(EVENT)))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            spec.x=1            | field label not supported: spec.x
            type=Opaque,x!=y    | field label not supported: x
            metadata.name       | invalid selector: 'metadata.name'; can't understand 'metadata.name'
            metadata.name=a=b   | invalid field selector: unescaped character in value: =
            metadata.name=a\\x  | invalid field selector: invalid escape sequence in value: \\x
            """)
    void refuses(String selector, String words) {
        assertThatThrownBy(() -> FieldSelector.parse(selector, Json.builtin("Secret")))
                .isInstanceOf(SelectorException.class)
                .hasMessage(words);
    }

    @Test
    void theNameThatIsSelectedIsKnown() {
        FieldSelector selector =
                FieldSelector.parse("type=x,metadata.name=custom-ca-trust-secret", Json.builtin("Secret"));
        assertThat(selector.exact("metadata.name")).contains("custom-ca-trust-secret");
        assertThat(FieldSelector.parse("metadata.name!=x", Json.builtin("Secret"))
                        .exact("metadata.name"))
                .isEmpty();
    }

    @Test
    void aNodeIsSchedulableUnlessItSaysOtherwise() {
        FieldSelector selector = FieldSelector.parse("spec.unschedulable=false", Json.builtin("Node"));
        assertThat(selector.matches(Json.of("{}"))).isTrue();
        assertThat(selector.matches(Json.of("{'spec':{'unschedulable':true}}"))).isFalse();
    }
}
