package dev.capstan.cli.connect;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "az",
        description = {
            "Prints the shell lines that point the Azure CLI at this control plane: 'eval' them, or paste them.",
            "They log in as the service principal of CAPSTAN_HOME, whose secret az reads from its file: it is in no line."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan connect az",
            "  eval \"$(capstan connect az)\"",
            "  capstan connect az --run",
            "  az cloud set --name AzureCloud    # and back again"
        })
public final class ConnectAz implements Callable<Integer> {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    private final Session session;

    @Option(
            names = "--cloud",
            paramLabel = "NAME",
            defaultValue = "capstan",
            converter = CloudName.class,
            description = "What az shall call it; capstan if not given.")
    private String cloud = "";

    @Option(names = "--run", description = "Run the lines instead of printing them.")
    private boolean run;

    public ConnectAz(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var coordinates = Coordinates.of(session);
        var lines = lines(coordinates);
        if (!run) {
            lines.forEach(session.out()::println);
            session.out().flush();
            return ExitCode.OK;
        }
        session.messages().warning("az needs this in every later shell, too: " + lines.getFirst());
        return session.handover().become(List.of("/bin/sh", "-ec", String.join("\n", lines)));
    }

    private List<String> lines(Coordinates coordinates) {
        var register = " --name " + cloud + " --endpoint-resource-manager " + coordinates.endpoint();
        return List.of(
                "export REQUESTS_CA_BUNDLE=" + quoted(coordinates.authority().toString()),
                "az cloud register" + register + " 2>/dev/null || az cloud update" + register,
                "az cloud set --name " + cloud,
                "az config set extension.index_url=" + coordinates.endpoint()
                        + "/extensions/index.json --only-show-errors",
                "az login --service-principal --username " + coordinates.clientId() + " --password "
                        + quoted("@" + coordinates.secret()) + " --tenant " + coordinates.tenant());
    }

    /** A name that is one word in every shell. */
    static final class CloudName implements ITypeConverter<String> {
        @Override
        public String convert(String word) {
            if (!NAME.matcher(word).matches()) {
                throw new TypeConversionException("'" + word + "' is no name: letters, digits, '-' and '_'");
            }
            return word;
        }
    }

    /** As a POSIX shell takes it for one word. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
