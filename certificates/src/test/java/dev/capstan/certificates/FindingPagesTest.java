package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every code has its page, every page its code, and the table of the pages is the policy. */
class FindingPagesTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void everyCodeHasAPageThatSaysWhatItMeansHowItComesAboutAndHowToMendIt() throws IOException {
        for (FindingCode code : FindingCode.values()) {
            assertThat(Files.readString(ROOT.resolve(code.page())))
                    .startsWith("# " + code.word() + ": " + code.title() + "\n\nSeverity: "
                            + code.severity().word() + ".\n\n")
                    .contains("\n## How it comes about\n", "\n## How to mend it\n");
        }
    }

    @Test
    void noPageIsOfACodeThatIsNone() throws IOException {
        try (var files = Files.list(ROOT.resolve("docs/findings"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("README.md")))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(FindingCode.values())
                            .map(code -> code.word() + ".md")
                            .toList());
        }
    }

    @Test
    void theTableHasTheSeverityOfEveryCode() throws IOException {
        List<String> rows = Files.readAllLines(ROOT.resolve("docs/findings/README.md")).stream()
                .filter(line -> line.startsWith("| ["))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(FindingCode.values())
                        .map(code -> "| [" + code.word() + "](" + code.word() + ".md) | "
                                + code.severity().word() + " | " + code.title() + " |")
                        .toList());
    }
}
