package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shells themselves complete, each with its own script. */
class CompletionTest {

    @TempDir
    private Path temporary;

    @Test
    void bashCompletesWordsOptionsAndValues() throws Exception {
        assertThat(bash("bash", "capstan", "")).contains("aks", "node", "up", "certificates", "completion");
        assertThat(bash("bash", "capstan", "aks", "nodepool", "upd")).containsExactly("update");
        assertThat(bash("bash", "capstan", "aks", "nodepool", "update", "--en")).contains("--enable-custom-ca-trust");
        assertThat(bash("bash", "capstan", "aks", "update", "--custom")).contains("--custom-ca-trust-certificates");
        assertThat(bash("bash", "capstan", "aks", "show", "-o", "ya")).containsExactlyInAnyOrder("yaml", "yamlc");
        assertThat(bash("bash", "capstan", "completion", "fi")).containsExactly("fish");
        assertThat(bash("bash", "capstan", "up", "--de")).contains("--detach");
    }

    @Test
    void zshCompletesWithTheSameScript() throws Exception {
        needs("zsh");
        // zsh itself leaves out what does not begin as the word does.
        assertThat(bash("zsh", "capstan", "aks", "nodepool", "upd"))
                .contains("update")
                .doesNotContain("nodepool");
        assertThat(bash("zsh", "capstan", "aks", "nodepool", "update", "--en")).contains("--enable-custom-ca-trust");
    }

    @Test
    void fishCompletesWordsOptionsAndValues() throws Exception {
        needs("fish");
        assertThat(fish("capstan ")).contains("aks", "node", "up", "certificates", "completion");
        assertThat(fish("capstan aks nodepool upd")).containsExactly("update");
        assertThat(fish("capstan aks nodepool update --en")).contains("--enable-custom-ca-trust");
        assertThat(fish("capstan aks nodepool update -g dev --en")).contains("--enable-custom-ca-trust");
        assertThat(fish("capstan aks nodepool show --en")).isEmpty();
        assertThat(fish("capstan aks show -o ya")).containsExactlyInAnyOrder("yaml", "yamlc");
    }

    /** What bash, or zsh in bash's way, offers for the last word. */
    private List<String> bash(String shell, String... words) throws Exception {
        var line = String.join(
                " ", Arrays.stream(words).map(word -> "'" + word + "'").toList());
        var script = """
                %s
                compopt() { :; }  # bash has it only while it completes
                source '%s'
                COMP_WORDS=(%s)
                COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
                COMP_LINE="${COMP_WORDS[*]}"
                _complete_capstan capstan "${COMP_WORDS[$COMP_CWORD]}" ''
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(
                        shell.equals("zsh") ? "autoload -U compinit; compinit -D -u; setopt ksharrays" : "",
                        script(shell),
                        line);
        return run(List.of(shell, shell.equals("zsh") ? "-fc" : "-c", script));
    }

    /** What fish offers, without its descriptions. */
    private List<String> fish(String line) throws Exception {
        return run(List.of("fish", "--no-config", "-c", "source '" + script("fish") + "'; complete -C '" + line + "'"))
                .stream()
                .map(offer -> offer.split("\t", 2)[0])
                .toList();
    }

    private Path script(String shell) throws IOException {
        var run = Run.of(temporary, "completion", shell);
        assertThat(run.code()).isZero();
        return Files.writeString(temporary.resolve(shell), run.out());
    }

    private static void needs(String shell) {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin", shell)),
                "missing: " + shell + " (script/bootstrap installs it)");
    }

    private List<String> run(List<String> command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", temporary.toString());
        var process = builder.start();
        process.getOutputStream().close();
        var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        return lines;
    }
}
