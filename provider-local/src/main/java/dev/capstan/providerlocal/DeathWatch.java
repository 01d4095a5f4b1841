package dev.capstan.providerlocal;

import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices the end of a machine's first process, and with it of the machine, the moment it happens. */
final class DeathWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DeathWatch.class);
    private static final int STACK = 256 * 1024;

    private DeathWatch() {}

    /** Calls {@code ended} with the machine's name, on a thread of its own, once the process has ended. */
    static void start(String name, HostProcess process, Consumer<String> ended) {
        // A platform thread: a system call that blocks would hold the carrier of a virtual one.
        var thread = new Thread(
                null,
                () -> {
                    try {
                        Pidfd.awaitEnd(process);
                        while (process.alive()) {
                            Thread.sleep(500); // the kernel gave no pidfd (too many open files)
                        }
                    } catch (IOException e) {
                        LOG.warn("Machine {} is not watched any more: {}", name, e.getMessage());
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                    ended.accept(name);
                },
                "machine-" + name,
                STACK);
        thread.setDaemon(true);
        thread.start();
    }
}
