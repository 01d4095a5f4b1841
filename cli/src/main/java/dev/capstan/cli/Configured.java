package dev.capstan.cli;

import dev.capstan.cli.session.Defaults;
import dev.capstan.cli.session.Session;
import dev.capstan.cli.truststore.RootOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives options that were not given the value that {@code capstan configure --defaults} has set, and {@code --root} the one of
 * {@code CAPSTAN_ROOT}, which the agent's image sets: in its container the node's root is a folder. As with az, a group's own
 * commands ({@code group show --name}) do not take it: who deletes a group names it.
 */
final class Configured implements IDefaultValueProvider {

    private final Session session;

    Configured(Session session) {
        this.session = session;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? set(List.of(option.names())).orElse(option.defaultValue())
                : argument.defaultValue();
    }

    private Optional<String> set(List<String> names) {
        if (names.contains("--root")) {
            return Optional.ofNullable(session.environment().get(RootOption.VARIABLE));
        }
        return name(names).flatMap(Defaults.of(session.environment())::find).map(Defaults.Setting::value);
    }

    private static Optional<String> name(List<String> names) {
        if (names.contains("--location")) {
            return Optional.of("location");
        }
        return names.contains("--resource-group") && !names.contains("--name")
                ? Optional.of("group")
                : Optional.empty();
    }
}
