package dev.capstan.embeddedkubernetes.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Json;
import dev.capstan.embeddedkubernetes.patch.PatchException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPatchTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            A.1 add an object member           | {'foo':'bar'} | [{'op':'add','path':'/baz','value':'qux'}] | {'baz':'qux','foo':'bar'}
            A.2 add an array element           | {'foo':['bar','baz']} | [{'op':'add','path':'/foo/1','value':'qux'}] | {'foo':['bar','qux','baz']}
            A.3 remove an object member        | {'baz':'qux','foo':'bar'} | [{'op':'remove','path':'/baz'}] | {'foo':'bar'}
            A.4 remove an array element        | {'foo':['bar','qux','baz']} | [{'op':'remove','path':'/foo/1'}] | {'foo':['bar','baz']}
            A.5 replace a value                | {'baz':'qux','foo':'bar'} | [{'op':'replace','path':'/baz','value':'boo'}] | {'baz':'boo','foo':'bar'}
            A.6 move a value                   | {'foo':{'bar':'baz','waldo':'fred'},'qux':{'corge':'grault'}} | [{'op':'move','from':'/foo/waldo','path':'/qux/thud'}] | {'foo':{'bar':'baz'},'qux':{'corge':'grault','thud':'fred'}}
            A.7 move an array element          | {'foo':['all','grass','cows','eat']} | [{'op':'move','from':'/foo/1','path':'/foo/3'}] | {'foo':['all','cows','eat','grass']}
            A.8 test a value: success          | {'baz':'qux','foo':['a',2,'c']} | [{'op':'test','path':'/baz','value':'qux'},{'op':'test','path':'/foo/1','value':2}] | {'baz':'qux','foo':['a',2,'c']}
            A.10 add a nested member object    | {'foo':'bar'} | [{'op':'add','path':'/child','value':{'grandchild':{}}}] | {'foo':'bar','child':{'grandchild':{}}}
            A.11 ignore unrecognized elements  | {'foo':'bar'} | [{'op':'add','path':'/baz','value':'qux','xyz':123}] | {'foo':'bar','baz':'qux'}
            A.14 escape ordering               | {'/':9,'~1':10} | [{'op':'test','path':'/~01','value':10}] | {'/':9,'~1':10}
            A.16 add an array value            | {'foo':['bar']} | [{'op':'add','path':'/foo/-','value':['abc','def']}] | {'foo':['bar',['abc','def']]}
            replace the whole document         | {'foo':'bar'} | [{'op':'replace','path':'','value':{'a':1}}] | {'a':1}
            add replaces what is there         | {'a':1} | [{'op':'add','path':'/a','value':2}] | {'a':2}
            null is a value                    | {'a':1} | [{'op':'replace','path':'/a','value':null},{'op':'test','path':'/a','value':null}] | {'a':null}
            copy                               | {'a':{'b':1}} | [{'op':'copy','from':'/a','path':'/c'}] | {'a':{'b':1},'c':{'b':1}}
            numbers are compared by value      | {'a':1} | [{'op':'test','path':'/a','value':1.0}] | {'a':1}
            empty member name                  | {'':1} | [{'op':'replace','path':'/','value':2}] | {'':2}
            """)
    void applies(String name, String document, String patch, String expected) {
        JsonNode before = Json.of(document);
        assertThat(JsonPatch.apply(before, Json.of(patch))).isEqualTo(Json.of(expected));
        assertThat(before).isEqualTo(Json.of(document));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            A.9 test a value: error             | {'baz':'qux'} | [{'op':'test','path':'/baz','value':'bar'}] | TEST_FAILED
            A.12 add to a nonexistent target    | {'foo':'bar'} | [{'op':'add','path':'/baz/bat','value':'qux'}] | NOT_APPLICABLE
            A.15 strings are no numbers         | {'/':9,'~1':10} | [{'op':'test','path':'/~01','value':'10'}] | TEST_FAILED
            remove what is not there            | {'a':1} | [{'op':'remove','path':'/b'}] | NOT_APPLICABLE
            replace what is not there           | {'a':1} | [{'op':'replace','path':'/b','value':1}] | NOT_APPLICABLE
            index past the end                  | {'a':[1]} | [{'op':'add','path':'/a/2','value':1}] | NOT_APPLICABLE
            index with a leading zero           | {'a':[1,2]} | [{'op':'remove','path':'/a/01'}] | NOT_APPLICABLE
            negative index                      | {'a':[1,2]} | [{'op':'remove','path':'/a/-1'}] | NOT_APPLICABLE
            huge index                          | {'a':[1,2]} | [{'op':'remove','path':'/a/99999999999999999999'}] | NOT_APPLICABLE
            move into itself                    | {'a':{'b':1}} | [{'op':'move','from':'/a','path':'/a/c'}] | NOT_APPLICABLE
            step into a scalar                  | {'a':1} | [{'op':'add','path':'/a/b','value':1}] | NOT_APPLICABLE
            no array                            | {} | {'op':'add'} | MALFORMED
            no object                           | {} | ['add'] | MALFORMED
            unknown operation                   | {} | [{'op':'frob','path':'/a'}] | MALFORMED
            path missing                        | {} | [{'op':'remove'}] | MALFORMED
            value missing                       | {} | [{'op':'add','path':'/a'}] | MALFORMED
            from missing                        | {} | [{'op':'copy','path':'/a'}] | MALFORMED
            pointer without slash               | {} | [{'op':'add','path':'a','value':1}] | MALFORMED
            bad escape                          | {} | [{'op':'add','path':'/~2','value':1}] | MALFORMED
            """)
    void refuses(String name, String document, String patch, Reason reason) {
        JsonNode tree = Json.of(document);
        PatchException thrown = catchThrowableOfType(PatchException.class, () -> JsonPatch.apply(tree, Json.of(patch)));
        assertThat(thrown).isNotNull();
        assertThat(thrown.reason()).isEqualTo(reason);
        assertThat(tree).isEqualTo(Json.of(document));
    }

    @Test
    void copyBombIsStoppedBeforeItGrows() {
        ArrayNode bomb = JsonNodeFactory.instance.arrayNode();
        bomb.add(Json.of("{'op':'add','path':'/a','value':['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx']}"));
        for (int i = 0; i < 60; i++) {
            bomb.add(Json.of("{'op':'copy','from':'/a','path':'/a/-'}"));
        }
        assertTooLarge(Json.object("{}"), bomb);
    }

    @Test
    void movingALargeValueForEverIsStopped() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode large = document.putArray("a");
        for (int i = 0; i < 100_000; i++) {
            large.add(i);
        }
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 9_000; i++) {
            patch.add(Json.of(
                    i % 2 == 0 ? "{'op':'move','from':'/a','path':'/b'}" : "{'op':'move','from':'/b','path':'/a'}"));
        }
        assertTooLarge(document, patch);
    }

    @Test
    void tooManyOperationsAreRefused() {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i <= PatchLimits.MOST_OPERATIONS; i++) {
            patch.add(Json.of("{'op':'add','path':'/a','value':1}"));
        }
        assertTooLarge(Json.object("{}"), patch);
    }

    @Test
    void depthIsBounded() {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        patch.add(Json.of("{'op':'add','path':'/a','value':{}}"));
        String path = "/a";
        for (int i = 0; i < 600; i++) {
            path += "/a";
            patch.addObject().put("op", "add").put("path", path).putObject("value");
        }
        assertTooLarge(Json.object("{}"), patch);
    }

    private static void assertTooLarge(JsonNode document, JsonNode patch) {
        PatchException thrown = Assertions.assertTimeout(
                Duration.ofMinutes(2),
                () -> catchThrowableOfType(PatchException.class, () -> JsonPatch.apply(document, patch)));
        assertThat(thrown).isNotNull();
        assertThat(thrown.reason()).isEqualTo(Reason.TOO_LARGE);
    }
}
