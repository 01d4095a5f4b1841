package dev.capstan.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The words that only stand before a command. */
sealed interface Group extends Runnable {

    /** The group's own description. */
    CommandSpec spec();

    @Override
    default void run() {
        var line = spec().commandLine();
        throw new ParameterException(line, "Which command? See '" + spec().qualifiedName() + " --help'.");
    }

    @Command(
            name = "cluster",
            description = "Create, delete, list, show clusters; make a kubeconfig.",
            synopsisSubcommandLabel = "COMMAND")
    final class Cluster implements Group {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public CommandSpec spec() {
            return spec;
        }
    }

    @Command(
            name = "node",
            description = "List nodes, see what they trust, run commands on them.",
            synopsisSubcommandLabel = "COMMAND")
    final class Node implements Group {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public CommandSpec spec() {
            return spec;
        }
    }
}
