package dev.capstan.embeddedkubernetes.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Json;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidationTest {

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
            {'type':'integer'}                                 | 1            | ``
            {'type':'integer'}                                 | 1.0          | ``
            {'type':'integer'}                                 | 1.5          | spec.x: Invalid value: "number": spec.x in body must be of type integer: "number"
            {'type':'integer'}                                 | 'a'          | spec.x: Invalid value: "string": spec.x in body must be of type integer: "string"
            {'type':'string'}                                  | null         | spec.x: Invalid value: "null": spec.x in body must be of type string: "null"
            {'type':'string','nullable':true}                  | null         | ``
            {'type':'number'}                                  | 1            | ``
            {'type':'boolean'}                                 | 'true'       | spec.x: Invalid value: "string": spec.x in body must be of type boolean: "string"
            {'type':'integer','minimum':1}                     | 0            | spec.x: Invalid value: 0: spec.x in body should be greater than or equal to 1
            {'type':'integer','minimum':1}                     | 1            | ``
            {'type':'integer','minimum':1,'exclusiveMinimum':true} | 1        | spec.x: Invalid value: 1: spec.x in body should be greater than 1
            {'type':'integer','maximum':5}                     | 6            | spec.x: Invalid value: 6: spec.x in body should be less than or equal to 5
            {'type':'number','maximum':5,'exclusiveMaximum':true}  | 5        | spec.x: Invalid value: 5: spec.x in body should be less than 5
            {'type':'integer','multipleOf':3}                  | 4            | spec.x: Invalid value: 4: spec.x in body should be a multiple of 3
            {'type':'integer','format':'int32'}                | 2147483648   | spec.x: Invalid value: 2147483648: spec.x in body must be of type int32: 2147483648
            {'type':'integer','format':'int64'}                | 9223372036854775808 | spec.x: Invalid value: 9223372036854775808: spec.x in body must be of type int64: 9223372036854775808
            {'type':'string','enum':['a','b']}                 | 'c'          | spec.x: Unsupported value: "c": supported values: "a", "b"
            {'type':'string','enum':['a','b']}                 | 'b'          | ``
            {'type':'string','pattern':'^a+$'}                 | 'ab'         | spec.x: Invalid value: "ab": spec.x in body should match '^a+$'
            {'type':'string','pattern':'^a+$'}                 | 'aa'         | ``
            {'type':'string','pattern':'b'}                    | 'abc'        | ``
            {'type':'string','minLength':1}                    | ''           | spec.x: Invalid value: "": spec.x in body should be at least 1 chars long
            {'type':'string','maxLength':2}                    | 'abc'        | spec.x: Too long: may not be more than 2 bytes
            {'type':'string','format':'date-time'}             | '2026-11-21T10:00:00Z' | ``
            {'type':'string','format':'date-time'}             | 'yesterday'  | spec.x: Invalid value: "yesterday": spec.x in body must be of type date-time: "yesterday"
            {'type':'string','format':'byte'}                  | 'YWI='       | ``
            {'type':'string','format':'byte'}                  | 'YWI'        | spec.x: Invalid value: "YWI": spec.x in body must be of type byte: "YWI"
            {'type':'array','items':{'type':'string'}}         | ['a',1]      | spec.x[1]: Invalid value: "integer": spec.x[1] in body must be of type string: "integer"
            {'type':'array','maxItems':1,'items':{'type':'string'}} | ['a','b'] | spec.x: Too many: 2: must have at most 1 items
            {'type':'array','minItems':1,'items':{'type':'string'}} | []      | spec.x: Invalid value: []: spec.x in body should have at least 1 items
            {'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}} | ['a','b','a'] | spec.x[2]: Duplicate value: "a"
            {'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['k'],'items':{'type':'object'}} | [{'k':'a'},{'k':'a','v':1}] | spec.x[1]: Duplicate value: {"k":"a"}
            {'type':'object','required':['a']}                 | {}           | spec.x.a: Required value
            {'type':'object','maxProperties':1}                | {'a':1,'b':2} | spec.x: Too many: 2: must have at most 1 items
            {'type':'object','minProperties':1}                | {}           | spec.x: Invalid value: {}: spec.x in body should have at least 1 properties
            {'type':'object','additionalProperties':{'type':'integer'}} | {'a':'b'} | spec.x.a: Invalid value: "string": spec.x.a in body must be of type integer: "string"
            {'x-kubernetes-int-or-string':true}                | 1            | ``
            {'x-kubernetes-int-or-string':true}                | 'a'          | ``
            {'x-kubernetes-int-or-string':true}                | true         | spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"
            {'type':'string','anyOf':[{'pattern':'^a'},{'pattern':'^b'}]} | 'c' | spec.x: Invalid value: "c": "spec.x" must validate at least one schema (anyOf)
            {'type':'string','oneOf':[{'pattern':'a'},{'pattern':'b'}]} | 'ab' | spec.x: Invalid value: "ab": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives
            {'type':'string','not':{'pattern':'a'}}            | 'a'          | spec.x: Invalid value: "a": "spec.x" must not validate the schema (not)
            {'type':'string','allOf':[{'minLength':2}]}        | 'a'          | spec.x: Invalid value: "a": spec.x in body should be at least 2 chars long
            """)
    void value(String schema, String value, String expected) {
        var errors = Validation.validate(
                Json.of("{'spec':{'x':" + value + "}}"),
                Json.trust("{'type':'object','properties':{'x':" + schema + "}}")
                        .schema());
        assertThat(String.join("\n", Json.texts(errors))).isEqualTo(expected);
    }

    @Test
    void allErrorsAreToldAtOnce() {
        var schema = Json.trust(
                        "{'type':'object','required':['a','b'],'properties':{'max':{'type':'integer','minimum':1}}}")
                .schema();
        var errors = Validation.validate(Json.of("{'spec':{'max':0}}"), schema);
        assertThat(FieldError.join(errors))
                .isEqualTo("[spec.a: Required value, spec.b: Required value, "
                        + "spec.max: Invalid value: 0: spec.max in body should be greater than or equal to 1]");
    }

    @Test
    void catastrophicPatternsAreGivenUp() {
        var schema = Json.trust(
                        "{'type':'object','properties':{'x':{'type':'string','pattern':'^.*.*.*.*.*.*.*.*x$'}}}")
                .schema();
        var errors = Assertions.assertTimeout(
                Duration.ofMinutes(2),
                () -> Validation.validate(Json.of("{'spec':{'x':'" + "a".repeat(60) + "b'}}"), schema));
        assertThat(errors).singleElement().asString().contains("too many steps");
    }

    @Test
    void deepRecursionOfAPatternEndsNothing() {
        var schema = Json.trust("{'type':'object','properties':{'x':{'type':'string','pattern':'^(a|b)*$'}}}")
                .schema();
        var errors = Validation.validate(Json.of("{'spec':{'x':'" + "ab".repeat(200_000) + "'}}"), schema);
        assertThat(errors).hasSizeLessThan(2);
    }

    @Test
    void hugeNumbersAreJustNumbers() {
        var schema = Json.trust(
                        "{'type':'object','properties':{'x':{'type':'number','multipleOf':0.1,'maximum':5,'format':'int64'}}}")
                .schema();
        for (String number : new String[] {"1e400", "-1e400", "1e308", "123456789012345678901234567890", "1e-320"}) {
            assertThat(Validation.validate(Json.of("{'spec':{'x':" + number + "}}"), schema))
                    .isNotNull();
        }
    }

    @Test
    void manyErrorsAreCut() {
        var schema = Json.trust("{'type':'object','properties':{'x':{'type':'array','items':{'type':'integer'}}}}")
                .schema();
        ObjectNode object = Json.object("{'spec':{'x':[]}}");
        ArrayNode items = (ArrayNode) object.at("/spec/x");
        for (int i = 0; i < 100_000; i++) {
            items.add("text");
        }
        assertThat(Validation.validate(object, schema)).hasSize(Validation.MOST_ERRORS);
    }

    @Test
    void keysOfSecretsAndWhatRolesNeedAreChecked() {
        assertThat(Json.texts(Validation.validate(
                        Json.of("{'data':{'a b':'YQ==','ok.pem':'YQ=='}}"),
                        Json.builtin("Secret").schema())))
                .singleElement()
                .asString()
                .startsWith(
                        "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters");
        assertThat(Json.texts(Validation.validate(
                        Json.of("{'rules':[{'resources':['x']}],'subjects':[{'kind':'User'}]}"),
                        Json.builtin("ClusterRole").schema())))
                .containsExactly("rules[0].verbs: Required value");
    }
}
