package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** script/demo holds as it is, and fails at the right row when one part is broken. */
final class DemoTest {

    @TempDir
    Path folder;

    @Test
    void everyRowHolds() throws Exception {
        Requirements.machines();

        Program.Output demo = demo(Repository.DISTRIBUTION);

        assertThat(demo.exit()).as(demo.text()).isZero();
        assertThat(rows(demo, "held")).hasSizeGreaterThanOrEqualTo(11);
        assertThat(rows(demo, "FAILED")).isEmpty();
    }

    private Program.Output demo(Path distribution) {
        return Program.clean()
                .with("HOME", System.getProperty("user.home"))
                .with("CAPSTAN_PROGRAM", distribution.resolve("bin/capstan").toString())
                .with("TMPDIR", folder.toString())
                .run(Repository.ROOT.resolve("script/demo").toString());
    }

    /** The names of the rows of the closing table with this verdict. */
    static List<String> rows(Program.Output demo, String verdict) {
        return demo.text()
                .lines()
                .dropWhile(line -> !line.startsWith("What was proven:"))
                .filter(line -> line.startsWith(verdict + " "))
                .map(line -> line.substring(verdict.length()).strip())
                .toList();
    }
}
