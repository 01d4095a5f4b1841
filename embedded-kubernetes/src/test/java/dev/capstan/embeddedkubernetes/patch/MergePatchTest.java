package dev.capstan.embeddedkubernetes.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchTest {

    /** Appendix A of RFC 7386, line by line. */
    @ParameterizedTest(name = "{0} with {1} is {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'a':'b'}           | {'a':'c'}           | {'a':'c'}
            {'a':'b'}           | {'b':'c'}           | {'a':'b','b':'c'}
            {'a':'b'}           | {'a':null}          | {}
            {'a':'b','b':'c'}   | {'a':null}          | {'b':'c'}
            {'a':['b']}         | {'a':'c'}           | {'a':'c'}
            {'a':'c'}           | {'a':['b']}         | {'a':['b']}
            {'a':{'b':'c'}}     | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}
            {'a':[{'b':'c'}]}   | {'a':[1]}           | {'a':[1]}
            ['a','b']           | ['c','d']           | ['c','d']
            {'a':'b'}           | ['c']               | ['c']
            {'a':'foo'}         | null                | null
            {'a':'foo'}         | 'bar'               | 'bar'
            {'e':null}          | {'a':1}             | {'e':null,'a':1}
            [1,2]               | {'a':'b','c':null}  | {'a':'b'}
            {}                  | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}
            """)
    void example(String document, String patch, String expected) {
        JsonNode before = Json.of(document);
        assertThat(MergePatch.apply(before, Json.of(patch))).isEqualTo(Json.of(expected));
        assertThat(before).isEqualTo(Json.of(document));
    }

    @Test
    void depthIsBounded() {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        ObjectNode innermost = patch;
        for (int i = 0; i < 5_000; i++) {
            innermost = innermost.putObject("a");
        }
        assertThatThrownBy(() -> MergePatch.apply(Json.of("{}"), patch))
                .isInstanceOf(PatchException.class)
                .hasMessage("the patch is nested deeper than 500 levels");
    }
}
