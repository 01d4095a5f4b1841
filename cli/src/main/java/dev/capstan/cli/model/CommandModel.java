package dev.capstan.cli.model;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Range;
import picocli.CommandLine.ScopeType;

/**
 * A command as picocli sees it, from the model that the build wrote beside its class ({@link ModelClass}).
 *
 * <p>Why: Java makes a proxy class of every kind of annotation it reads, in each process anew, and no start-up cache keeps
 * them. Read off annotations, an ordinary command costs three times the processor time it costs this way
 * (docs/decisions/0024). The annotations stay the one place where a command is described; the build reads them.
 */
public final class CommandModel {

    private CommandModel() {}

    /** The command's line; from its annotations where it has no model, which is the build before it wrote one, and groups. */
    public static CommandLine line(Object command) {
        return new CommandLine(spec(command));
    }

    private static CommandSpec spec(Object command) {
        try {
            var model = ModelClass.read(command.getClass());
            return model.isPresent() ? read(model.get(), command) : CommandSpec.forAnnotatedObject(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "The model of " + command.getClass() + " is of another build; build again.", e);
        }
    }

    private static CommandSpec read(DataInputStream in, Object command)
            throws IOException, ReflectiveOperationException {
        var spec = CommandSpec.wrapWithoutInspection(command).name(in.readUTF());
        spec.usageMessage()
                .description(strings(in))
                .synopsisSubcommandLabel(in.readUTF())
                .footerHeading(in.readUTF())
                .footer(strings(in));
        for (var left = in.readInt(); left > 0; left--) {
            spec.addOption(option(in, command));
        }
        for (var left = in.readInt(); left > 0; left--) {
            spec.addPositional(parameters(in, command));
        }
        return spec;
    }

    private static OptionSpec option(DataInputStream in, Object command)
            throws IOException, ReflectiveOperationException {
        var names = strings(in);
        var field = new FieldOf(command, List.of(strings(in)));
        return OptionSpec.builder(names)
                .getter(field)
                .setter(field)
                // The field's initialiser has run, and a command is executed once.
                .hasInitialValue(false)
                .type(type(in.readUTF()))
                .auxiliaryTypes(types(in))
                .arity(range(in))
                .converters(converters(in))
                .paramLabel(in.readUTF())
                .hideParamSyntax(in.readBoolean())
                .description(strings(in))
                .defaultValue(defaultValue(in))
                .required(in.readBoolean())
                .scopeType(ScopeType.valueOf(in.readUTF()))
                .usageHelp(in.readBoolean())
                .versionHelp(in.readBoolean())
                .build();
    }

    private static PositionalParamSpec parameters(DataInputStream in, Object command)
            throws IOException, ReflectiveOperationException {
        var parameters = PositionalParamSpec.builder();
        var index = in.readUTF();
        if (!index.isEmpty()) {
            parameters.index(Range.valueOf(index));
        }
        var field = new FieldOf(command, List.of(strings(in)));
        return parameters
                .getter(field)
                .setter(field)
                .hasInitialValue(false)
                .type(type(in.readUTF()))
                .auxiliaryTypes(types(in))
                .arity(range(in))
                .converters(converters(in))
                .paramLabel(in.readUTF())
                .hideParamSyntax(in.readBoolean())
                .description(strings(in))
                .defaultValue(defaultValue(in))
                .required(in.readBoolean())
                .scopeType(ScopeType.valueOf(in.readUTF()))
                .build();
    }

    private static Range range(DataInputStream in) throws IOException {
        return Range.valueOf(in.readUTF()).unspecified(in.readBoolean());
    }

    private static @Nullable String defaultValue(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    private static ITypeConverter<?>[] converters(DataInputStream in) throws IOException, ReflectiveOperationException {
        List<ITypeConverter<?>> converters = new ArrayList<>();
        for (var type : types(in)) {
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            converters.add((ITypeConverter<?>) constructor.newInstance());
        }
        return converters.toArray(ITypeConverter<?>[]::new);
    }

    private static String[] strings(DataInputStream in) throws IOException {
        var strings = new String[in.readInt()];
        for (var i = 0; i < strings.length; i++) {
            strings[i] = in.readUTF();
        }
        return strings;
    }

    private static Class<?>[] types(DataInputStream in) throws IOException, ReflectiveOperationException {
        List<Class<?>> types = new ArrayList<>();
        for (var name : strings(in)) {
            types.add(type(name));
        }
        return types.toArray(Class<?>[]::new);
    }

    private static Class<?> type(String name) throws ReflectiveOperationException {
        return switch (name) {
            case "boolean" -> boolean.class;
            case "int" -> int.class;
            case "long" -> long.class;
            default -> Class.forName(name);
        };
    }
}
