package dev.capstan.providerlocal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Waits for the end of a process that is not this one's child. {@link ProcessHandle#onExit} asks the kernel again and
 * again, in the end every five seconds only; a pidfd (pidfd_open(2), Linux 5.3) becomes readable the moment the process
 * ends. The C library's wrapper is younger than some distributions, so the system call is made by its number, which is
 * the same on all architectures.
 */
final class Pidfd {

    private static final long PIDFD_OPEN = 434;
    private static final short POLLIN = 1;

    private static final MethodHandle SYSCALL = function(
            "syscall",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle POLL = function(
            "poll",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Pidfd() {}

    /** Blocks the calling (platform) thread until the process has ended; returns at once if it is gone already. */
    static void awaitEnd(HostProcess process) throws IOException {
        try (var arena = Arena.ofConfined()) {
            int descriptor = (int) (long) SYSCALL.invokeExact(PIDFD_OPEN, process.pid(), 0L);
            if (descriptor < 0) {
                return;
            }
            try {
                // struct pollfd: int fd, short events, short revents.
                MemorySegment poll = arena.allocate(8, 4);
                poll.set(ValueLayout.JAVA_INT, 0, descriptor);
                poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
                // Asked after the descriptor was opened: from here on it cannot be another process.
                while (process.alive()) {
                    int _ = (int) POLL.invokeExact(poll, 1L, -1);
                }
            } finally {
                int _ = (int) CLOSE.invokeExact(descriptor);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted") // functions of the C library, by name
    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor, options);
    }
}
