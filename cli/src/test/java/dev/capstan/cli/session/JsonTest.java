package dev.capstan.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    private static final ObjectMapper JACKSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                " [ 1 , -1, 0, -0, 2147483647, 2147483648, -9223372036854775808, 9223372036854775808, 1e3, -1.0, 0.5E-7 ] ",
                "{\"a\":{\"b\":[true,false,null,\"\"]},\"c\":\"\\u00e4\\ud83d\\ude00\\n\\\"\\\\\\/\"}",
                "{\"\\ud83d\\ude00\":\"\ud83d\ude00\"}",
                "\"a text alone\"",
                "17",
                "null"
            })
    void aDocumentIsTheTreeThatJacksonMakesOfIt(String text) throws Exception {
        assertThat(Json.parse(text)).isEqualTo(JACKSON.readTree(text));
    }

    @Test
    void whereNothingIsNothingIsFound() {
        assertThat(Json.parse(" \n").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1,]", "{\"a\" 1}", "{a:1}", "'a'", "tru", "01", "NaN", "<html>", "[\"a\nb\"]"})
    void whatIsNoJsonIsRefusedWithItsPlaceAndNoAdviceToProgrammers(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("is no JSON at line ")
                .hasMessageNotContaining("JsonReader");
    }

    @Test
    void everyCharacterIsQuotedSoThatItIsReadAgainAndControlsAsPythonWritesThem() throws Exception {
        for (int character = 0; character <= Character.MAX_VALUE; character++) {
            String text = "a" + (char) character + "b";
            assertThat(JACKSON.readTree(Json.quoted(text)).textValue()).isEqualTo(text);
        }
        assertThat(Json.quoted("\u001f\b\f\n\r\t\"\\/\u007f\u2028"))
                .isEqualTo("\"\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\u007f\u2028\"");
    }
}
