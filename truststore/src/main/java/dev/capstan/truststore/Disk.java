package dev.capstan.truststore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Brings files and folders to the disk, many at a time: a journaling file system commits what waits together, so that
 * 150 files take hardly longer than a few.
 */
final class Disk {

    private static final int MOST_THREADS = 16;

    private Disk() {}

    /** Returns when the content of these files, and the entries of these folders, are on the disk. */
    static void sync(Collection<Path> paths) throws IOException {
        if (paths.size() < 2) {
            for (Path path : paths) {
                force(path);
            }
            return;
        }
        Queue<Path> rest = new ConcurrentLinkedQueue<>(paths);
        Queue<IOException> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = Math.min(MOST_THREADS, paths.size()); i > 0; i--) {
            threads.add(Thread.ofPlatform().name("capstan-sync-" + i).start(() -> forceAll(rest, failures)));
        }
        await(threads);
        IOException failure = failures.poll();
        if (failure != null) {
            failures.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private static void forceAll(Queue<Path> rest, Queue<IOException> failures) {
        for (Path path = rest.poll(); path != null; path = rest.poll()) {
            try {
                force(path);
            } catch (IOException failed) {
                failures.add(failed);
            }
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** An interrupt does not hurry a disk; it is kept for whoever asks next. */
    private static void await(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
