package dev.capstan.cli.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Range;

/**
 * The class that holds a command's model as a constant: what picocli reads off the command's annotations and those of its
 * mixins, in the form that {@link CommandModel} reads. It is written for every command that has no groups of options, and
 * holds what the commands make use of; that it says the same as the annotations is tested for every command.
 *
 * <p>A class and no file, since a start-up cache keeps classes with their constants: for a file, a process would have to
 * open the jar, and Java looks into its own image of modules before that (4 ms together).
 */
public final class ModelClass {

    private static final String ENDING = "$Model";
    private static final String CONSTANT = "MODEL";

    private ModelClass() {}

    /** The model of a command of this class; absent where none was written. */
    static Optional<DataInputStream> read(Class<?> command) throws IllegalAccessException {
        Class<?> holder;
        try {
            holder = Class.forName(command.getName() + ENDING);
        } catch (ClassNotFoundException none) {
            return Optional.empty();
        }
        try {
            var model = (Object) MethodHandles.privateLookupIn(holder, MethodHandles.lookup())
                    .findStaticVarHandle(holder, CONSTANT, String.class)
                    .get();
            return Optional.of(new DataInputStream(
                    new ByteArrayInputStream(((String) model).getBytes(StandardCharsets.ISO_8859_1))));
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(holder + " holds no model.", e);
        }
    }

    /** Removes all models under a folder of classes. */
    public static void deleteAll(Path classes) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(file -> file.toString().endsWith(ENDING + ".class"))
                    .toList();
        }
        for (var file : files) {
            Files.delete(file);
        }
    }

    /** Writes a command's model beside its class. Nothing is written of one that has groups of options. */
    public static void write(Path classes, Object command) throws IOException {
        var spec = CommandSpec.forAnnotatedObject(command);
        if (!spec.argGroups().isEmpty()) {
            return;
        }
        var bytes = new ByteArrayOutputStream();
        write(new DataOutputStream(bytes), spec);
        var model = bytes.toString(StandardCharsets.ISO_8859_1);
        var name = command.getClass().getName() + ENDING;
        ClassFile.of()
                .buildTo(
                        classes.resolve(name.replace('.', '/') + ".class"),
                        ClassDesc.of(name),
                        holder -> holder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                                .withField(
                                        CONSTANT,
                                        ConstantDescs.CD_String,
                                        field -> field.withFlags(ClassFile.ACC_STATIC | ClassFile.ACC_FINAL)
                                                .with(ConstantValueAttribute.of(model))));
    }

    private static void write(DataOutputStream out, CommandSpec spec) throws IOException {
        var usage = spec.usageMessage();
        out.writeUTF(spec.name());
        write(out, usage.description());
        out.writeUTF(usage.synopsisSubcommandLabel());
        out.writeUTF(usage.footerHeading());
        write(out, usage.footer());
        out.writeInt(spec.options().size());
        for (OptionSpec option : spec.options()) {
            write(out, option.names());
            write(out, option, path(spec, option).orElseThrow());
            out.writeBoolean(option.usageHelp());
            out.writeBoolean(option.versionHelp());
        }
        out.writeInt(spec.positionalParameters().size());
        for (PositionalParamSpec parameters : spec.positionalParameters()) {
            out.writeUTF(field(parameters).getAnnotation(Parameters.class).index());
            write(out, parameters, path(spec, parameters).orElseThrow());
        }
    }

    private static void write(DataOutputStream out, ArgSpec argument, List<String> path) throws IOException {
        write(out, path.toArray(String[]::new));
        out.writeUTF(argument.type().getName());
        write(out, Stream.of(argument.auxiliaryTypes()).map(Class::getName).toArray(String[]::new));
        write(out, argument.arity());
        write(
                out,
                Stream.of(argument.converters())
                        .map(converter -> converter.getClass().getName())
                        .toArray(String[]::new));
        out.writeUTF(argument.paramLabel());
        out.writeBoolean(argument.hideParamSyntax());
        // Picocli has formatted it once, and will again.
        write(
                out,
                Stream.of(argument.description())
                        .map(line -> line.replace("%", "%%"))
                        .toArray(String[]::new));
        var defaultValue = argument.defaultValue();
        out.writeBoolean(defaultValue != null);
        if (defaultValue != null) {
            out.writeUTF(defaultValue);
        }
        out.writeBoolean(argument.required());
        out.writeUTF(argument.scopeType().name());
    }

    private static void write(DataOutputStream out, Range range) throws IOException {
        out.writeUTF(range.toString());
        out.writeBoolean(range.isUnspecified());
    }

    private static void write(DataOutputStream out, String... strings) throws IOException {
        out.writeInt(strings.length);
        for (var string : strings) {
            out.writeUTF(string);
        }
    }

    /** The fields that lead to an argument's, which a mixin within a mixin may hold. */
    private static Optional<List<String>> path(CommandSpec spec, ArgSpec argument) {
        Set<ArgSpec> mixedIn = new HashSet<>();
        for (var mixin : spec.mixins().entrySet()) {
            mixedIn.addAll(mixin.getValue().args());
            var inside = path(mixin.getValue(), argument);
            if (inside.isPresent()) {
                List<String> path = new ArrayList<>(List.of(mixin.getKey()));
                path.addAll(inside.get());
                return Optional.of(path);
            }
        }
        return spec.args().contains(argument) && !mixedIn.contains(argument)
                ? Optional.of(List.of(field(argument).getName()))
                : Optional.empty();
    }

    private static Field field(ArgSpec argument) {
        return (Field) argument.userObject();
    }
}
