package dev.capstan.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A word that only stands before a command. */
final class Group implements Runnable {

    private final CommandSpec spec;

    private Group(String name, String description) {
        this.spec = CommandSpec.wrapWithoutInspection(this).name(name);
        spec.usageMessage().description(description).synopsisSubcommandLabel("COMMAND");
    }

    static CommandLine line(String name, String description) {
        return new CommandLine(new Group(name, description).spec);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? See '" + spec.qualifiedName() + " --help'.");
    }
}
