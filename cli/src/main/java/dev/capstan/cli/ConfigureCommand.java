package dev.capstan.cli;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.Defaults;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "configure",
        description = "Sets what commands take for a resource group and a location that are not given.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan configure --defaults group=dev location=local",
            "  capstan configure --defaults group=            # no default any more",
            "  capstan configure --list-defaults -o table"
        })
final class ConfigureCommand implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-d", "--defaults"},
            arity = "1..*",
            paramLabel = "NAME=VALUE",
            description = "group and location; an empty value clears one.")
    private @Nullable List<String> defaults;

    @Option(
            names = {"-l", "--list-defaults"},
            description = "List what is set, and where.")
    private boolean list;

    @Mixin
    private Output output = new Output();

    ConfigureCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        if (defaults == null && !list) {
            throw usage("Nothing to configure.", "Give --defaults group=GROUP location=LOCATION, or --list-defaults.");
        }
        var configured = Defaults.of(session.environment());
        if (defaults != null) {
            var values = new LinkedHashMap<String, String>();
            for (var pair : defaults) {
                var equals = pair.indexOf('=');
                var name = pair.substring(0, Math.max(0, equals));
                if (!Defaults.NAMES.contains(name)) {
                    throw usage(
                            "usage error: --defaults " + pair,
                            "It is NAME=VALUE, and the names are " + String.join(", ", Defaults.NAMES) + ".");
                }
                values.put(name, pair.substring(equals + 1).strip());
            }
            configured.set(values);
        }
        if (list) {
            var settings = Json.array();
            for (var name : Defaults.NAMES) {
                configured
                        .find(name)
                        .ifPresent(setting -> settings.addObject()
                                .put("name", setting.name())
                                .put("source", setting.source())
                                .put("value", setting.value()));
            }
            output.print(session, settings);
        }
        return ExitCode.OK;
    }

    private static Problem usage(String message, String advice) {
        return new Problem(ExitCode.USAGE, message, advice, null);
    }
}
