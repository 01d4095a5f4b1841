package dev.capstan.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The progress of {@code certificates lint} over many files, on a real pseudo-terminal and without. */
class ProgressTest {

    private static final int FILES = 1_000;
    private static final String COMMAND =
            Path.of(System.getProperty("capstan.distribution"), "bin/capstan").toString();

    /** Runs a command on a terminal of its own, whose output it copies. */
    private static final String ON_A_TERMINAL =
            "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

    private static final String PROGRESS = "500 of 1000 inputs read";
    private static final String WIPE = "\r\u001b[K";

    @TempDir
    private Path folder;

    private final List<String> lint = new ArrayList<>(List.of(COMMAND, "certificates", "lint"));

    @BeforeEach
    void files() throws IOException {
        for (var number = 0; number < FILES; number++) {
            lint.add(Files.writeString(folder.resolve("f" + number), number % 2 == 0 ? "no certificate" : "")
                    .toString());
        }
    }

    @Test
    void progressIsOnTheTerminalAndTheReportIsNotTouchedByIt() throws Exception {
        var piped = run(lint);
        assertThat(piped).as("without a terminal").contains("1000 inputs,").doesNotContain("inputs read", "\u001b");

        var seen = run(onATerminal("exec \"$@\" >" + folder.resolve("out")));

        assertThat(seen).contains(PROGRESS, "999 of 1000").endsWith(WIPE);
        assertThat(shown(seen)).as("what is left of it on the screen").isEmpty();
        assertThat(folder.resolve("out")).hasContent(piped);
    }

    @Test
    void onOneTerminalTheReportIsWholeAndTheProgressGone() throws Exception {
        var seen = run(onATerminal("exec \"$@\""));

        assertThat(seen).contains(PROGRESS);
        assertThat(shown(seen)).isEqualTo(run(lint));
    }

    @Test
    void aTerminalThatOnlyTheReportGoesToSeesNoProgress() throws Exception {
        var seen = run(onATerminal("exec \"$@\" 2>" + folder.resolve("err")));

        assertThat(seen).contains("1000 inputs,").doesNotContain("inputs read", WIPE);
        assertThat(folder.resolve("err")).isEmptyFile();
    }

    private List<String> onATerminal(String script) {
        var command = new ArrayList<>(List.of("python3", "-c", ON_A_TERMINAL, "sh", "-c", script, "sh"));
        command.addAll(lint);
        return command;
    }

    /** What the command prints to either, and that it found errors. */
    private String run(List<String> command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CAPSTAN_HOME", folder.resolve("home").toString());
        var process = builder.start();
        process.getOutputStream().close();
        var seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(seen).isEqualTo(1);
        return seen;
    }

    /** What a terminal shows in the end that was sent this (of its controls: CR, LF, EL). */
    private static String shown(String sent) {
        var screen = new StringBuilder();
        var line = new StringBuilder();
        var column = 0;
        for (var part : sent.replace(WIPE, "\r\u001b").toCharArray()) {
            switch (part) {
                case '\r' -> column = 0;
                case '\u001b' -> line.setLength(column);
                case '\n' -> {
                    screen.append(line).append('\n');
                    line.setLength(0);
                    column = 0;
                }
                default -> {
                    line.replace(column, Math.min(column + 1, line.length()), String.valueOf(part));
                    column++;
                }
            }
        }
        return screen.append(line).toString();
    }
}
