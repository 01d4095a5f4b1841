package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.certificates.LintProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The linter's memory does not grow with the number of files, and many large ones at once do not take more than there is. */
class LintMemoryTest {

    @TempDir
    private Path folder;

    @Test
    void fiveThousandFilesNeedNoMoreThanAFew() throws Exception {
        var ca = Certificates.ca(folder, "a");
        var files = new ArrayList<String>();
        for (var number = 0; number < 5_000; number++) {
            files.add(Files.writeString(folder.resolve("f" + number), ca).toString());
        }

        assertThat(lint("-Xmx24m", files)).contains("5000 inputs, 5000 certificates: 0 errors");
    }

    @Test
    void largeFilesAtOnceShareTheMemoryThereIs() throws Exception {
        var size = 3_000_000;
        var keys = new StringBuilder("kind: Secret\ndata:\n");
        while (keys.length() < size) {
            keys.append("  k: ''\n");
        }
        var files = new ArrayList<String>();
        for (var text : List.of(keys.toString(), "x\n\n".repeat(size / 3), "-----BEGIN \n".repeat(size / 12))) {
            for (var copy = 0; copy < 3; copy++) {
                files.add(Files.writeString(folder.resolve("large" + files.size()), text)
                        .toString());
            }
        }

        assertThat(lint("-Xmx400m", files))
                .contains("9 inputs, 0 certificates:")
                .doesNotContain("OutOfMemory");
    }

    private String lint(String heap, List<String> files) throws Exception {
        return LintProcess.run(folder, List.of(heap, "-XX:ActiveProcessorCount=4"), files);
    }
}
