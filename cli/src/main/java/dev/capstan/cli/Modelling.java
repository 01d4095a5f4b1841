package dev.capstan.cli;

import dev.capstan.cli.model.ModelClass;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;

/** What the build runs to write the model of every command; its one argument is the folder of the compiled classes. */
public final class Modelling {

    private Modelling() {}

    public static void main(String[] arguments) throws IOException {
        var classes = Path.of(arguments[0]);
        ModelClass.deleteAll(classes);
        write(classes, Capstan.commandLine(Session.ofProcess()));
    }

    private static void write(Path classes, CommandLine line) throws IOException {
        Object command = line.getCommand();
        if (!(command instanceof Group)) {
            ModelClass.write(classes, command);
        }
        for (var under : line.getSubcommands().values()) {
            write(classes, under);
        }
    }
}
