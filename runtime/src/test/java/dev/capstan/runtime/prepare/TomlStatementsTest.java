package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.runtime.toml.Toml;
import dev.capstan.runtime.toml.TomlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The statements of a TOML text: found where they are, and refused where they are none. */
class TomlStatementsTest {

    private static final Path WILD = Path.of("src/test/resources/dev/capstan/runtime/prepare/wild");

    @Test
    void everyStatementIsFoundWhereItStands() throws Exception {
        String text = "# head\r\n\na . 'b c'.\"d\" = [ 1, # one\n  \"]\" ] # tail\n[[t.u]]\n x={y=1, z.w='}'}";

        List<TomlStatements.Statement> statements = TomlStatements.of(text);

        assertThat(statements).hasSize(3);
        assertThat(statements.get(0)).isInstanceOfSatisfying(TomlStatements.Entry.class, entry -> {
            assertThat(entry.path()).containsExactly("a", "b c", "d");
            assertThat(entry.value()).isEqualTo("[ 1, # one\n  \"]\" ]");
            assertThat(text.substring(entry.start(), entry.end()))
                    .startsWith("a . 'b c'")
                    .endsWith("# tail\n");
            assertThat(text.startsWith(entry.value(), entry.valueAt())).isTrue();
        });
        assertThat(statements.get(1))
                .isInstanceOfSatisfying(
                        TomlStatements.Heading.class,
                        heading -> assertThat(heading.array()).isTrue());
        assertThat(((TomlStatements.Entry) statements.get(2)).path()).containsExactly("t", "u", "x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a =",
                "= 1",
                "[a",
                "[a] b = 1",
                "[[a]",
                "a = 1 2",
                "a = \"b",
                "a = '",
                "a = \"\"\"b\"\"",
                "a = [1",
                "a = [1 2]",
                "a = {b=1",
                "a = {b=1\n}",
                "a.=1",
                "\"a\\n\" = 1",
                "\ufeffa = 1",
                "a = 1 {{x}}",
                "{{x}}"
            })
    void whatIsNoStatementIsNamedByItsLine(String text) {
        assertThatThrownBy(() -> TomlStatements.of("# one\nfirst = 1\n" + text))
                .isInstanceOf(NotUnderstoodException.class)
                .hasMessageContaining("line ");
    }

    /** No text that this reads is read as something else by the reader of whole documents. */
    @Test
    void cutAndMixedTextsAreReadAsTheWholeReaderDoesOrRefused() throws Exception {
        Random random = new Random(5);
        List<String> texts;
        try (Stream<Path> files = Files.list(WILD)) {
            texts = files.filter(file -> file.toString().endsWith(".toml"))
                    .map(TomlStatementsTest::read)
                    .toList();
        }
        int edited = 0;
        for (int round = 0; round < 20_000; round++) {
            String text = texts.get(random.nextInt(texts.size()));
            text = text.substring(0, Math.min(text.length(), 900));
            for (int i = 0; i < 1 + random.nextInt(2) && !text.isEmpty(); i++) {
                int at = random.nextInt(text.length());
                int to = Math.min(text.length(), at + random.nextInt(4));
                text = text.substring(0, at) + "[]\"'={}#.\n\r ,\\a".charAt(random.nextInt(15)) + text.substring(to);
            }
            if (ConfigPathEdit.in(text, 2, "/x") instanceof ConfigPathEdit.Changed(String changed, boolean _)
                    && isRead(text)) {
                edited++;
                assertThat(Toml.parse(changed)
                                .table("plugins", ConfigPathEdit.CRI, "registry")
                                .flatMap(registry -> registry.text("config_path")))
                        .as(text)
                        .contains("/x");
                List<String> beside = new ArrayList<>(Comparison.beside(Toml.parse(text), Toml.parse(changed)));
                // Where the section or what is above it was not there it is now, and the version in an empty text.
                beside.removeAll(List.of(
                        "version",
                        "plugins",
                        "plugins." + ConfigPathEdit.CRI,
                        "plugins." + ConfigPathEdit.CRI + ".registry"));
                assertThat(beside).as(text).isEmpty();
            }
        }
        assertThat(edited).isGreaterThan(2_000);
    }

    private static boolean isRead(String text) {
        try {
            Toml.parse(text);
            return true;
        } catch (TomlException broken) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
