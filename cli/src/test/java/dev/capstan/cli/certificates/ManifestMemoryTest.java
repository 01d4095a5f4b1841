package dev.capstan.cli.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hostile document as large as any that is read needs a small heap, and what is too much for it is said. */
class ManifestMemoryTest {

    /** The bytes, their text and the YAML reader's copy of it take some 40 MiB of it. */
    private static final String HEAP = "-Xmx128m";

    @TempDir
    private Path folder;

    @Test
    void everyHostileDocumentIsReadInASmallHeap() throws Exception {
        var files = new ArrayList<String>();
        for (var text : ManifestFuzzTest.hostile().values()) {
            files.add(write(text));
        }

        assertThat(lint(files)).contains(files.size() + " inputs, ").doesNotContain("OutOfMemory");
    }

    @Test
    void whatIsTooMuchIsSaidWithItsLine() throws Exception {
        var keys = write("kind: Secret\ndata:\n" + "  k: ''\n".repeat(300_000));
        var levels = write("kind: Secret\ndata: " + "[".repeat(2_000_000));

        assertThat(lint(List.of(keys, levels)))
                .contains(
                        keys
                                + ", line 50000: error: the document has more than 100000 keys and values; nothing of it is read.",
                        levels + ", line 2: error: the document has more than 100 levels; nothing of it is read.");
    }

    private String write(String text) throws IOException {
        try (var files = Files.list(folder)) {
            return Files.writeString(folder.resolve("hostile" + files.count()), text)
                    .toString();
        }
    }

    private String lint(List<String> files) throws Exception {
        return LintProcess.run(folder, List.of(HEAP), files);
    }
}
