package dev.capstan.cli.session;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * Turns this process into another program, by {@code execv(3)}. A child process would leave a Java between the terminal
 * and the program, which then gets each Ctrl-C twice, or not at all, and whose exit by a signal is lost.
 *
 * <p>Only the standard streams are handed over: Java's own files and whatever else is open are closed, since the program
 * may run inside a machine, which shall hold no file of its host.
 */
public final class Exec {

    /** From linux/close_range.h. */
    private static final int CLOSE_RANGE_CLOEXEC = 4;

    /** From bits/signum and bits/types/__sigset_t.h of glibc on Linux. */
    private static final int SIG_SETMASK = 2;

    private static final int SIGSET_BYTES = 128;

    private Exec() {}

    /**
     * Becomes the program; nothing of this process is left but its open standard streams, environment and pid.
     *
     * @param command absolute path and arguments
     * @return never, unless the program cannot be run, which is a {@link Problem}
     */
    public static int become(List<String> command) {
        try (var arena = Arena.ofConfined()) {
            var arguments = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
            for (var i = 0; i < command.size(); i++) {
                arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i)));
            }
            arguments.setAtIndex(ValueLayout.ADDRESS, command.size(), MemorySegment.NULL);
            closeOtherFiles();
            unblockSignals(arena);
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

    /** Marks every descriptor but the standard streams to be closed by exec: close_range(2), Linux 5.9 and glibc 2.34. */
    private static void closeOtherFiles() throws Throwable {
        var closeRange = function(
                "close_range",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        if (closeRange.isPresent()) {
            // Where the kernel knows no such call, the files stay open, as they would have without it.
            var _ = (int) closeRange.get().invokeExact(3, -1, CLOSE_RANGE_CLOEXEC);
        }
    }

    /** Java keeps SIGQUIT from this thread for its own thread dumps, and exec would hand that on. */
    private static void unblockSignals(Arena arena) throws Throwable {
        var setMask = function(
                        "pthread_sigmask",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                .orElseThrow();
        var _ = (int) setMask.invokeExact(SIG_SETMASK, arena.allocate(SIGSET_BYTES), MemorySegment.NULL);
    }

    private static MethodHandle execv() {
        return function("execv", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                .orElseThrow();
    }

    // Restricted because a wrong descriptor crashes the process; those above are the ones of the manual pages.
    @SuppressWarnings("restricted")
    private static Optional<MethodHandle> function(String name, FunctionDescriptor descriptor) {
        var linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(symbol -> linker.downcallHandle(symbol, descriptor));
    }
}
