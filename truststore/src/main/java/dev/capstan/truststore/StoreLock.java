package dev.capstan.truststore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one writer of ours, or many readers, at a root's store at a time. The file that is locked goes when the store is
 * uninstalled; whoever waited for it sees that it is not the one in the folder any more, and starts again.
 */
final class StoreLock {

    private static final String NAME = "lock";

    /** File locks hold between processes; within this one a second lock on the same file is an error. */
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final Path root;
    private final Path folder;
    private final String what;

    /**
     * @param root the root whose store it is
     * @param folder where the record lies
     * @param what what is being done, for errors: "Cannot …"
     */
    StoreLock(Path root, Path folder, String what) {
        this.root = root;
        this.folder = folder;
        this.what = what;
    }

    /** What is done under the lock. */
    interface Work<T> {
        T run(StoreRecord record) throws IOException;
    }

    /** Whether a writer was ever here. */
    boolean isThere() {
        return Files.exists(folder.resolve(NAME), LinkOption.NOFOLLOW_LINKS);
    }

    /** Runs this alone. */
    <T> T writing(Work<T> work) throws TrustStoreException {
        return locked(work, true);
    }

    /** Runs this while nobody writes; makes no file where there is none yet. */
    <T> T reading(Work<T> work) throws TrustStoreException {
        return locked(work, false);
    }

    private <T> T locked(Work<T> work, boolean writer) throws TrustStoreException {
        ReentrantLock threads = THREADS.computeIfAbsent(root.normalize(), none -> new ReentrantLock());
        threads.lock();
        try {
            while (true) {
                if (writer) {
                    make();
                } else if (!isThere()) {
                    return work.run(new StoreRecord(folder));
                }
                Optional<Map<String, Object>> before = stamp();
                try (FileChannel channel = open(writer);
                        var held = channel.lock(0, Long.MAX_VALUE, !writer)) {
                    if (held.isValid() && before.isPresent() && before.equals(stamp())) {
                        return work.run(new StoreRecord(folder));
                    }
                } catch (NoSuchFileException gone) {
                    // Uninstalled between two of our looks; the next turn makes it anew, or reads without it.
                    if (isThere()) {
                        throw gone;
                    }
                }
            }
        } catch (DirectoryIteratorException failed) {
            throw new TrustStoreException("Cannot " + what + ": " + failed.getMessage() + ".", failed);
        } catch (IOException failed) {
            throw new TrustStoreException("Cannot " + what + ": " + Reasons.of(failed) + ".", failed);
        } finally {
            threads.unlock();
        }
    }

    private void make() throws IOException {
        if (isThere()) {
            return;
        }
        StoreFolder.makeFolder(folder);
        try {
            Files.createFile(folder.resolve(NAME));
        } catch (FileAlreadyExistsException other) {
            // Somebody was here before; all the same to us.
        }
    }

    private FileChannel open(boolean writer) throws IOException {
        return FileChannel.open(
                folder.resolve(NAME),
                writer ? StandardOpenOption.WRITE : StandardOpenOption.READ,
                LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Which file is in the folder. It must not be opened for that: a process that closes any descriptor of a file loses
     * all its locks on it (fcntl(2)).
     */
    private Optional<Map<String, Object>> stamp() throws IOException {
        try {
            return Optional.of(
                    Files.readAttributes(folder.resolve(NAME), "unix:dev,ino,ctime", LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }
}
