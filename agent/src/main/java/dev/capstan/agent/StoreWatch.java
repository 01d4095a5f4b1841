package dev.capstan.agent;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the loop when something changes in the trust store's folders (inotify(7)). It says that it is worth looking, not
 * what changed, and our own writes wake it too: the look then finds nothing, writes nothing, and so wakes nobody.
 *
 * <p>A foreign tool changes hundreds of entries in one run. What comes within {@value #QUIET_MILLIS} ms of the change
 * before is one call; after {@value #BURST_MILLIS} ms the call comes even if the changes go on.
 */
final class StoreWatch implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");
    private static final long QUIET_MILLIS = 50;
    private static final long BURST_MILLIS = 400;

    private final Runnable changed;
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private @Nullable WatchService service;
    private boolean refused;
    private boolean closed;

    /**
     * A watch over nothing yet.
     *
     * @param changed called on a thread of the watch
     */
    StoreWatch(Runnable changed) {
        this.changed = changed;
    }

    /**
     * Watches exactly these folders from now on. What cannot be watched is said once and tried again at the next call; the slow
     * look is left for it.
     */
    void watch(Set<Path> folders) {
        watched.entrySet().removeIf(entry -> {
            boolean over =
                    !folders.contains(entry.getKey()) || !entry.getValue().isValid();
            if (over) {
                entry.getValue().cancel();
            }
            return over;
        });
        WatchService opened;
        try {
            opened = service();
        } catch (IOException noInotify) {
            refused("the trust store", noInotify);
            return;
        }
        if (opened == null) {
            return;
        }
        for (Path folder : folders) {
            if (!watched.containsKey(folder)) {
                try {
                    watched.put(
                            folder,
                            folder.register(
                                    opened,
                                    StandardWatchEventKinds.ENTRY_CREATE,
                                    StandardWatchEventKinds.ENTRY_MODIFY,
                                    StandardWatchEventKinds.ENTRY_DELETE));
                } catch (IOException failed) {
                    refused(folder.toString(), failed);
                }
            }
        }
    }

    private void refused(String what, IOException why) {
        if (!refused) {
            refused = true;
            LOG.log(
                    Level.WARNING,
                    what + " cannot be watched (" + why
                            + "): a foreign change in it is found by the look every 10 s alone. Where the"
                            + " reason is a limit, raise fs.inotify.max_user_watches or max_user_instances");
        }
    }

    /** The kernel's watch, opened at its first use; absent once this is closed. */
    private synchronized @Nullable WatchService service() throws IOException {
        if (service == null && !closed) {
            WatchService opened = FileSystems.getDefault().newWatchService();
            Thread thread = new Thread(() -> run(opened), "store-watch");
            thread.setDaemon(true);
            thread.start();
            service = opened;
        }
        return service;
    }

    private void run(WatchService service) {
        try {
            while (true) {
                take(service.take());
                long burst = System.nanoTime();
                for (WatchKey next = soon(service); next != null; next = soon(service)) {
                    take(next);
                    if (System.nanoTime() - burst > TimeUnit.MILLISECONDS.toNanos(BURST_MILLIS)) {
                        break;
                    }
                }
                changed.run();
            }
        } catch (InterruptedException | ClosedWatchServiceException over) {
            LOG.log(Level.DEBUG, "the trust store is watched no more");
        }
    }

    private static @Nullable WatchKey soon(WatchService service) throws InterruptedException {
        return service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void take(WatchKey key) {
        key.pollEvents();
        key.reset();
    }

    @Override
    public synchronized void close() {
        closed = true;
        WatchService opened = service;
        service = null;
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "the watch on the trust store does not close: " + failed);
        }
    }
}
