package dev.capstan.cli.aks;

import java.util.Optional;
import picocli.CommandLine.Option;

/** az's options on SSH keys. They are taken, so that its command lines work, and touch no file: nodes have no SSH. */
final class SshOptions {

    // Read by picocli, through its own model of the option; as are the others.
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--generate-ssh-keys", description = "Taken; no key is made and no file touched.")
    private boolean generate;

    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-x", "--no-ssh-key"},
            description = "Taken; nodes have no SSH anyway.")
    private boolean none;

    @SuppressWarnings("UnusedVariable")
    @Option(names = "--ssh-key-value", paramLabel = "KEY", description = "Taken; the file is not read.")
    private Optional<String> value = Optional.empty();

    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-u", "--admin-username"},
            paramLabel = "NAME",
            description = "Taken; nodes have no SSH.")
    private Optional<String> user = Optional.empty();
}
