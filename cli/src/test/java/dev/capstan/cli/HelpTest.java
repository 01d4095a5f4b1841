package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** Facts about every command's help and usage errors. */
class HelpTest {

    private static final Path NOWHERE = Path.of("/nonexistent");

    @TestFactory
    List<DynamicTest> everyCommandExplainsItselfAndEachOption() {
        var tests = new ArrayList<DynamicTest>();
        each(Run.line(), List.of(), tests);
        assertThat(tests).hasSizeGreaterThan(45);
        return tests;
    }

    @Test
    void theFirstPageTellsOfUpExitCodesAndTheEnvironment() {
        var help = Run.of(NOWHERE, "--help");

        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains(
                        "up ",
                        "status",
                        "down",
                        "aks",
                        "group",
                        "feature",
                        "rest",
                        "node",
                        "CAPSTAN_HOME",
                        "CAPSTAN_JAVA",
                        "Exit codes",
                        "get-credentials");
    }

    @Test
    void theVersionIsPrinted() {
        var version = Run.of(NOWHERE, "--version");

        assertThat(version.code()).isZero();
        assertThat(version.out()).startsWith("capstan ");
    }

    @Test
    void aWrongCommandLineSaysWhatIsWrongAndWhereHelpIs() {
        for (var wrong : List.of(
                List.of(),
                List.of("aks"),
                List.of("node"),
                List.of("cluster", "create"),
                List.of("aks", "craete"),
                List.of("aks", "create"),
                List.of("aks", "create", "-g", "a"),
                List.of("aks", "create", "-g", "a", "-n", "b", "--node-count", "many"),
                List.of("aks", "nodepool", "add", "-g", "a", "-n", "b"),
                List.of("aks", "list", "-o", "xml"),
                List.of("aks", "list", "--query", "[?"),
                List.of("node", "list", "-o", "yaml"),
                List.of("node", "exec", "-g", "a", "-n", "b"),
                List.of("status", "--unknown"))) {
            var run = Run.of(NOWHERE, wrong.toArray(String[]::new));

            assertThat(run.code()).as(wrong.toString()).isEqualTo(2);
            assertThat(run.err())
                    .as(wrong.toString())
                    .startsWith("ERROR: ")
                    .containsAnyOf("--help", "jmespath.org")
                    .doesNotContain("\tat ");
            assertThat(run.out()).as(wrong.toString()).isEmpty();
        }
    }

    @Test
    void aMisspeltCommandIsGuessed() {
        assertThat(Run.of(NOWHERE, "aks", "get-credentails").err()).contains("Did you mean", "get-credentials");
    }

    private static void each(CommandLine line, List<String> words, List<DynamicTest> tests) {
        tests.add(DynamicTest.dynamicTest("capstan " + String.join(" ", words), () -> explained(line, words)));
        line.getSubcommands().forEach((name, sub) -> {
            var deeper = new ArrayList<>(words);
            deeper.add(name);
            each(sub, deeper, tests);
        });
    }

    private static void explained(CommandLine line, List<String> words) {
        var arguments = new ArrayList<>(words);
        arguments.add("--help");
        var help = Run.of(NOWHERE, arguments.toArray(String[]::new));

        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).contains("Usage: " + line.getCommandSpec().qualifiedName());
        assertThat(line.getCommandSpec().usageMessage().description()).isNotEmpty();
        for (var option : line.getCommandSpec().options()) {
            assertThat(option.description()).as(option.longestName()).isNotEmpty();
            assertThat(help.out()).contains(option.longestName());
        }
        if (line.getSubcommands().isEmpty()) {
            assertThat(line.getCommandSpec().usageMessage().footer())
                    .as("an example")
                    .anyMatch(text -> text.contains("capstan " + String.join(" ", words)));
        }
    }
}
