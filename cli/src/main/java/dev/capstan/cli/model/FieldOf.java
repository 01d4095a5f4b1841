package dev.capstan.cli.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;

/**
 * The field behind an option. It is looked for when it is read or set and not before: of a command's options few are given,
 * and each field that is asked for costs a process this short a part of a millisecond.
 *
 * <p>It is read and set by a {@link VarHandle} whose calls here have exactly its types, erased, for each kind of option
 * there is: these calls are compiled in the JDK, while those of {@link Field#get} are made anew in each process.
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
        return (T) read(handle(owner, path.getLast()), owner);
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> @Nullable T set(@Nullable T value) throws IllegalAccessException {
        var owner = owner();
        var handle = handle(owner, path.getLast());
        var old = (T) read(handle, owner);
        // No switch over the value's type: Java makes a class for one in each process.
        if (handle.varType() == boolean.class && value instanceof Boolean flag) {
            handle.set(owner, flag.booleanValue());
        } else if (handle.varType() == int.class && value instanceof Integer number) {
            handle.set(owner, number.intValue());
        } else if (handle.varType() == long.class && value instanceof Long number) {
            handle.set(owner, number.longValue());
        } else {
            handle.set(owner, (Object) value);
        }
        return old;
    }

    private static @Nullable Object read(VarHandle handle, Object owner) {
        var type = handle.varType();
        if (type == boolean.class) {
            return (boolean) handle.get(owner);
        }
        if (type == int.class) {
            return (int) handle.get(owner);
        }
        if (type == long.class) {
            return (long) handle.get(owner);
        }
        return (Object) handle.get(owner);
    }

    private Object owner() throws IllegalAccessException {
        Object owner = command;
        for (var name : path.subList(0, path.size() - 1)) {
            owner = (Object) handle(owner, name).get(owner);
        }
        return owner;
    }

    private static VarHandle handle(Object owner, String name) throws IllegalAccessException {
        for (Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
            for (var field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                            .unreflectVarHandle(field);
                }
            }
        }
        throw new IllegalStateException(owner.getClass() + " has no field '" + name + "', which its model names.");
    }
}
