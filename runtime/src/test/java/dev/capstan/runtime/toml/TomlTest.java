package dev.capstan.runtime.toml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The language as toml.io/en/v1.0.0 has it; its own examples where there are some. */
class TomlTest {

    static Stream<Arguments> documents() {
        return Stream.of(
                Arguments.of("", "{}"),
                Arguments.of("# a comment\n\n  # another\r\n", "{}"),
                Arguments.of("a = 1\nb = true\nc = false", "{a=1, b=true, c=false}"),
                Arguments.of("a = \"x\\ty\\u00e9\\\"\"", "{a=x\ty\u00e9\"}"),
                Arguments.of("a = 'C:\\path'", "{a=C:\\path}"),
                Arguments.of("a = \"\"\"\none\\\n   two\nthree\"\"\"", "{a=onetwo\nthree}"),
                Arguments.of("a = '''\n'quoted' '''", "{a='quoted' }"),
                Arguments.of("a = \"\"\"\"two\"\" quotes\"\"\"\"", "{a=\"two\"\" quotes\"}"),
                Arguments.of("a.b.c = 1\na.b.d = 2", "{a={b={c=1, d=2}}}"),
                Arguments.of("\"a.b\" = 1\n'' = 2", "{a.b=1, =2}"),
                Arguments.of("[a.\"b.c\".'d'] # heading\nx = 1", "{a={b.c={d={x=1}}}}"),
                Arguments.of("[a.b]\n[a]\nx = 1", "{a={b={}, x=1}}"),
                Arguments.of("[ a . b ]\n x = [ 1, [2,\n 3], # more\n ]", "{a={b={x=[1, [2, 3]]}}}"),
                Arguments.of("a = {x = 1, y.z = 'q'}", "{a={x=1, y={z=q}}}"),
                Arguments.of("[[a]]\nx = 1\n[[a]]\n[a.b]\ny = 2", "{a=[{x=1}, {b={y=2}}]}"),
                Arguments.of(
                        "a = 1979-05-27 07:32:00Z\nb = -0x1F\nc = 1e6\nd = inf\ne=07:32:00",
                        "{a=1979-05-27 07:32:00Z, b=-0x1F, c=1e6, d=inf, e=07:32:00}"),
                Arguments.of("a.b = 1\n[a.c]\nx = 2", "{a={b=1, c={x=2}}}"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void whatTheLanguageAllowsIsRead(String document, String read) throws Exception {
        assertThat(Toml.parse(document)).hasToString(read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a =",
                "= 1",
                "a = 1 b = 2",
                "a = 1\na = 2",
                "[a]\n[a]",
                "[a]\nb = 1\n[a.b]",
                "a = 1\n[a]",
                "a = {x = 1}\n[a.y]",
                "a = {x = 1}\na.y = 2",
                "a = {x.y = 1}\n[a.x.z]",
                "a = [1]\n[[a]]",
                "[[a]]\n[a]",
                "[a.b]\n[a]\nb.c = 1",
                "a.b = 1\n[a]",
                "[a",
                "[[a]",
                "a = [1",
                "a = {x = 1",
                "a = {x = 1,}",
                "a = {x = 1\n}",
                "a = \"open",
                "a = \"line\nend\"",
                "a = \"\\x\"",
                "a = \"\\ud800\"",
                "a = '''open",
                "\"\"\"a\"\"\" = 1",
                "a = yes",
                "a = 'x' # \u0001",
                "a = \"\u0000\""
            })
    void whatTheLanguageForbidsIsRefused(String document) {
        assertThatThrownBy(() -> Toml.parse(document)).isInstanceOf(TomlException.class);
    }

    @Test
    void errorNamesItsLine() {
        assertThatThrownBy(() -> Toml.parse("a = 1\n\nb = \"\\q\"\n")).hasMessage("line 3: there is no escape \\q");
    }

    @Test
    void depthIsBounded() {
        assertThatThrownBy(() -> Toml.parse("a = " + "[".repeat(100_000)))
                .isInstanceOf(TomlException.class)
                .hasMessageContaining("in each other");
        assertThatThrownBy(() -> Toml.parse("x = {" + "a.".repeat(100_000) + "a = 1}"))
                .isInstanceOf(TomlException.class)
                .hasMessageContaining("parts");
    }

    @Test
    void valuesAreTakenByKindAndNothingIsGuessed() throws Exception {
        TomlTable table = Toml.parse("a = 'x'\nb = ['x', 'y']\nc = ['x', 1]\nd = {e = true}\nf = 1");

        assertThat(table.texts("a")).contains(List.of("x"));
        assertThat(table.texts("b")).contains(List.of("x", "y"));
        assertThat(table.texts("c")).isEmpty();
        assertThat(table.texts("none")).isEmpty();
        assertThat(table.text("b")).isEmpty();
        assertThat(table.table("d"))
                .hasValueSatisfying(inner -> assertThat(inner.isTrue("e")).isTrue());
        assertThat(table.table("d", "e")).isEmpty();
        assertThat(table.isTrue("f")).isFalse();
        assertThat(table.value("f")).contains(new TomlTable.Scalar("1"));
        assertThat(table).isEqualTo(Toml.parse("f=1\nd.e=true\nc=['x',1]\nb=['x','y']\na=\"x\""));
    }
}
