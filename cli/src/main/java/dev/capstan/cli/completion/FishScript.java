package dev.capstan.cli.completion;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Completion for fish: one {@code complete} for each word and each option, under the condition that the words before it stand
 * on the line. Words of the command come first on a line, options after them, so that comparing the first words is enough.
 * Values of options are completed where there is a choice of few; files otherwise.
 */
final class FishScript {

    private final StringBuilder script = new StringBuilder();
    private final String command;

    private FishScript(String command) {
        this.command = command;
        script.append("""
            # fish completion of %1$s. Save it as ~/.config/fish/completions/%1$s.fish
            function __%1$s_at -d 'Whether the line is these words and nothing more'
                set -l line (commandline -opc)
                set -e line[1]
                test "$line" = "$argv"
            end
            function __%1$s_under -d 'Whether the line begins with these words'
                set -l line (commandline -opc)
                set -e line[1]
                set -l words (count $argv)
                            test (count $line) -ge $words; and test "$line[1..$words]" = "$argv"
            end
            """.formatted(command));
    }

    static String of(CommandLine whole) {
        var fish = new FishScript(whole.getCommandName());
        fish.add(whole, List.of());
        return fish.script.toString();
    }

    private void add(CommandLine line, List<String> words) {
        var at = String.join(" ", words);
        if (line.getSubcommands().isEmpty()) {
            line.getCommandSpec().options().stream()
                    .filter(option -> !option.hidden())
                    .forEach(option -> option(option, "__" + command + "_under " + at));
            return;
        }
        line.getSubcommands().forEach((word, sub) -> {
            // No files where a word of the command is due.
            complete("__" + command + "_at" + (at.isEmpty() ? "" : " " + at))
                    .append(" -f -a ")
                    .append(word)
                    .append(description(sub.getCommandSpec()))
                    .append('\n');
            var further = new ArrayList<>(words);
            further.add(word);
            add(sub, further);
        });
    }

    private void option(OptionSpec option, String condition) {
        var line = complete(condition);
        for (var name : option.names()) {
            line.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
        }
        if (option.arity().min() > 0) {
            line.append(" -r");
        }
        var choice = option.completionCandidates();
        if (choice != null) {
            line.append(" -f -a '").append(String.join(" ", choice)).append('\'');
        }
        line.append(" -d ").append(quoted(first(option.description()))).append('\n');
    }

    private StringBuilder complete(String condition) {
        return script.append("complete -c ")
                .append(command)
                .append(" -n '")
                .append(condition)
                .append('\'');
    }

    private static String description(CommandSpec spec) {
        return " -d " + quoted(first(spec.usageMessage().description()));
    }

    private static String first(String[] lines) {
        return lines.length == 0 ? "" : lines[0].replace("${DEFAULT-VALUE}", "the default");
    }

    /** As fish quotes: only these two need it between single quotes. */
    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
