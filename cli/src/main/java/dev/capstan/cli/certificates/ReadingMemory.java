package dev.capstan.cli.certificates;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Lets so many inputs be taken apart at once as there is memory for: the worst that was met, documents of nothing but keys, take a
 * hundred times their size while they are read. One is always let in, and small ones, as nearly all are, do not wait.
 */
final class ReadingMemory {

    private static final int TIMES = 100;
    private static final int UNIT = 64 * 1024;

    private final int units;
    private final Semaphore free;

    /** For a heap of so many bytes, a quarter of which others have. */
    ReadingMemory(long heap) {
        this.units = Math.clamp(heap / 4 * 3 / UNIT, 1, Integer.MAX_VALUE);
        this.free = new Semaphore(units, true);
    }

    /** Reads an input of so many bytes, as soon as there is memory for it. */
    <T> T read(int bytes, Supplier<T> reading) {
        int needed = Math.clamp(1L + (long) bytes * TIMES / UNIT, 1, units);
        free.acquireUninterruptibly(needed);
        try {
            return reading.get();
        } finally {
            free.release(needed);
        }
    }
}
