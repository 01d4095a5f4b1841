package dev.capstan.cli.completion;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "completion",
        description = "Prints the script that makes a shell complete commands and options.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(capstan completion bash)        # in ~/.bashrc",
            "  source <(capstan completion zsh)         # in ~/.zshrc",
            "  capstan completion fish > ~/.config/fish/completions/capstan.fish"
        })
public final class CompletionCommand implements Callable<Integer> {

    private final Session session;
    private final Supplier<CommandLine> whole;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.bash;

    /**
     * The command.
     *
     * @param whole makes the whole command line, every word of it
     */
    public CompletionCommand(Session session, Supplier<CommandLine> whole) {
        this.session = session;
        this.whole = whole;
    }

    @Override
    public Integer call() {
        session.out().print(shell.script(whole.get()));
        session.out().flush();
        return ExitCode.OK;
    }
}
