package dev.capstan.cli.model;

import java.lang.reflect.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;

/**
 * The field behind an option. It is looked for when it is read or set and not before: of a command's options few are given,
 * and each field that reflection is asked for costs a process this short a part of a millisecond.
 *
 * @param command the command
 * @param path names of fields, from the command's own (a mixin) to the one that holds the value
 */
record FieldOf(Object command, List<String> path) implements IGetter, ISetter {

    FieldOf {
        path = List.copyOf(path);
    }

    // Picocli's own signature: the caller says what it expects.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    @Override
    public <T> @Nullable T get() throws IllegalAccessException {
        var owner = owner();
        return (T) field(owner, path.getLast()).get(owner);
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> @Nullable T set(@Nullable T value) throws IllegalAccessException {
        var owner = owner();
        var field = field(owner, path.getLast());
        var old = (T) field.get(owner);
        field.set(owner, value);
        return old;
    }

    private Object owner() throws IllegalAccessException {
        Object owner = command;
        for (var name : path.subList(0, path.size() - 1)) {
            owner = field(owner, name).get(owner);
        }
        return owner;
    }

    private static Field field(Object owner, String name) {
        for (Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
            for (var field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new IllegalStateException(owner.getClass() + " has no field '" + name + "', which its model names.");
    }
}
