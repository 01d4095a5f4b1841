package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code docs/commands.md} tells of every command and every option. */
class CommandsPageTest {

    private static final Path PAGE = Path.of("../docs/commands.md");

    @Test
    void everyCommandAndOptionIsOnThePage() throws Exception {
        var page = Files.readString(PAGE);
        var common = page.substring(0, page.indexOf("\n### "));
        var sections = new HashMap<String, String>();
        for (var section : page.split("\n### capstan ", -1)) {
            sections.put(section.lines().findFirst().orElse(""), section);
        }
        var missing = new ArrayList<String>();
        each(Run.line(), "", (name, command) -> {
            for (var option : command.getCommandSpec().options()) {
                if (!(sections.getOrDefault(name, "") + common).contains(option.longestName())) {
                    missing.add(name + " " + option.longestName());
                }
            }
            if (!sections.containsKey(name)) {
                missing.add(name);
            }
        });

        assertThat(missing).isEmpty();
    }

    private interface Visitor {
        void visit(String name, CommandLine command);
    }

    private static void each(CommandLine line, String name, Visitor visitor) {
        if (line.getSubcommands().isEmpty()) {
            visitor.visit(name, line);
        }
        line.getSubcommands().forEach((word, sub) -> each(sub, (name + " " + word).strip(), visitor));
    }
}
