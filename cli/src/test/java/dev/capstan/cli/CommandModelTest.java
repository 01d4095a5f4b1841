package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.model.CommandModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The models that the build wrote, held against picocli's own reading of the annotations. */
class CommandModelTest {

    @TestFactory
    List<DynamicTest> theModelOfACommandIsWhatItsAnnotationsSay() {
        return commands(Run.line()).stream()
                .map(command -> DynamicTest.dynamicTest(command.getClass().getSimpleName(), () -> {
                    var annotated = new CommandLine(command);
                    var modelled = CommandModel.line(command);
                    assertThat(modelled.getUsageMessage()).isEqualTo(annotated.getUsageMessage());
                    assertThat(modelled.getCommandSpec().name())
                            .isEqualTo(annotated.getCommandSpec().name());
                    assertThat(facts(modelled)).isEqualTo(facts(annotated)).isNotEmpty();
                }))
                .toList();
    }

    @Test
    void everyCommandWithoutGroupsOfOptionsHasAModel() {
        for (var command : commands(Run.line())) {
            var hasModel = command.getClass().getResource(command.getClass().getSimpleName() + "$Model.class") != null;
            assertThat(hasModel)
                    .as(command.getClass().getName())
                    .isEqualTo(new CommandLine(command)
                            .getCommandSpec()
                            .argGroups()
                            .isEmpty());
        }
    }

    private static List<List<Object>> facts(CommandLine line) {
        return Stream.concat(
                        line.getCommandSpec().options().stream(), line.getCommandSpec().positionalParameters().stream())
                .map(CommandModelTest::facts)
                .toList();
    }

    /** Everything a line's meaning and its help depend on; the value is the field's, which tells that it is the same field. */
    private static List<Object> facts(ArgSpec argument) {
        return Stream.concat(
                        Stream.of(
                                argument.type(),
                                Arrays.asList(argument.auxiliaryTypes()),
                                argument.arity(),
                                argument.required(),
                                String.valueOf(argument.defaultValue()),
                                argument.paramLabel(),
                                argument.hideParamSyntax(),
                                Arrays.asList(argument.description()),
                                argument.scopeType(),
                                argument.hidden(),
                                argument.splitRegex(),
                                argument.interactive(),
                                argument.showDefaultValue(),
                                Stream.of(argument.converters())
                                        .map(Object::getClass)
                                        .toList(),
                                String.valueOf(argument.<Object>getValue())),
                        switch (argument) {
                            case OptionSpec option ->
                                Stream.of(
                                        Arrays.asList(option.names()),
                                        option.usageHelp(),
                                        option.versionHelp(),
                                        option.negatable(),
                                        option.fallbackValue());
                            case PositionalParamSpec parameters -> Stream.of(parameters.index());
                            default -> throw new AssertionError("neither option nor parameter: " + argument);
                        })
                .toList();
    }

    private static List<Object> commands(CommandLine line) {
        List<Object> commands = new ArrayList<>();
        Object command = line.getCommand();
        if (!(command instanceof Group)) {
            commands.add(command);
        }
        line.getSubcommands().values().forEach(under -> commands.addAll(commands(under)));
        return commands;
    }
}
