package dev.capstan.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Turns this process into another program, by {@code execv(3)}. A child process would leave a Java between the terminal
 * and the program, which then gets each Ctrl-C twice, or not at all, and whose exit by a signal is lost.
 */
final class Exec {

    private Exec() {}

    /**
     * Becomes the program; nothing of this process is left but its open standard streams, environment and pid.
     *
     * @param command absolute path and arguments
     * @return never, unless the program cannot be run, which is a {@link Problem}
     */
    static int become(List<String> command) {
        try (var arena = Arena.ofConfined()) {
            var arguments = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
            for (var i = 0; i < command.size(); i++) {
                arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i)));
            }
            arguments.setAtIndex(ValueLayout.ADDRESS, command.size(), MemorySegment.NULL);
            var failed = (int) execv().invokeExact(arguments.getAtIndex(ValueLayout.ADDRESS, 0), arguments);
            throw Problem.failed(
                    "Cannot run " + command.getFirst() + " (execv returned " + failed + ").",
                    "Check that the file is there and that you may run it.");
        } catch (Problem e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("execv cannot be called", e);
        }
    }

    // Restricted because a wrong descriptor crashes the process; execv(3) takes two pointers and returns an int.
    @SuppressWarnings("restricted")
    private static MethodHandle execv() {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("execv"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }
}
