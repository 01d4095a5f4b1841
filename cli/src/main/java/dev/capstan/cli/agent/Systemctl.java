package dev.capstan.cli.agent;

import dev.capstan.cli.session.Problem;
import dev.capstan.runtime.NodePrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The node's own systemd, asked through its {@code systemctl}. */
final class Systemctl {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final NodePrograms programs;

    /** That of the node with this root. */
    Systemctl(Path root) {
        this.programs = new NodePrograms(root);
    }

    /** Runs it. Throws a {@link Problem} with its words if it fails. */
    void run(String... arguments) {
        var ran = ran(arguments);
        if (!ran.succeeded()) {
            throw Problem.failed(
                    "systemctl " + String.join(" ", arguments) + " failed: " + ran.lastWords() + ".",
                    "See 'systemctl status " + arguments[arguments.length - 1] + "' and 'journalctl -u "
                            + arguments[arguments.length - 1] + "'.");
        }
    }

    /** Whether systemd answers yes, to {@code is-active} and its kin. */
    boolean says(String... arguments) {
        return ran(arguments).succeeded();
    }

    /** Properties of a unit; those it does not have are absent. */
    Map<String, String> show(String unit, String... properties) {
        Map<String, String> shown = new HashMap<>();
        for (var line : ran("show", "--property=" + String.join(",", properties), unit)
                .output()
                .lines()
                .toList()) {
            var equals = line.indexOf('=');
            if (equals > 0 && equals < line.length() - 1) {
                shown.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return shown;
    }

    /** Gives files the SELinux labels that the policy has for their places. */
    void label(List<String> paths) throws IOException {
        List<String> command = new ArrayList<>(List.of("restorecon", "-RF"));
        command.addAll(paths);
        programs.run(LIMIT, command);
    }

    /** The last lines that a unit's processes wrote, with their times; none where there is no journal. */
    List<String> journal(String unit, int lines) {
        try {
            var ran = programs.run(
                    LIMIT,
                    List.of(
                            "journalctl",
                            "--unit=" + unit,
                            "--lines=" + lines,
                            "--output=short-iso",
                            "--no-pager",
                            "--quiet",
                            "--no-hostname"));
            return ran.succeeded() ? ran.output().lines().toList() : List.of();
        } catch (IOException noJournal) {
            return List.of();
        }
    }

    private NodePrograms.Ran ran(String... arguments) {
        List<String> command = new ArrayList<>(List.of("systemctl", "--no-pager", "--no-ask-password", "--quiet"));
        command.addAll(List.of(arguments));
        try {
            return programs.run(LIMIT, command);
        } catch (IOException failed) {
            throw Problem.failed(
                    "systemctl " + String.join(" ", arguments) + " could not be run: " + failed.getMessage() + ".",
                    "The systemd form of the agent is for nodes that systemd runs.",
                    failed);
        }
    }
}
