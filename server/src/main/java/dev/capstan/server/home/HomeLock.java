package dev.capstan.server.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;

/**
 * The right to be the one control plane of a home. The kernel takes it back when the process ends, however it ends, so a
 * kill leaves nothing to clear up. The file itself stays: deleting it would let two processes lock two files of one name.
 */
public final class HomeLock implements AutoCloseable {

    static final String FILE = "lock";

    private final FileChannel channel;
    private final FileLock lock;

    private HomeLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the lock.
     *
     * @throws StartException if another process has it; the message says which
     */
    public static HomeLock take(HomeFolder home) throws IOException, StartException {
        var channel = FileChannel.open(home.resolve(FILE), StandardOpenOption.WRITE);
        var lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new StartException(
                    "The control plane of " + home.path() + " runs already" + who(home) + ".",
                    "See 'capstan status'; stop it with 'capstan down', or set CAPSTAN_HOME to another home.");
        }
        return new HomeLock(channel, lock);
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }

    private static String who(HomeFolder home) throws IOException {
        try {
            return ": process " + home.read("server.pid").strip();
        } catch (NoSuchFileException justStarting) {
            return "";
        }
    }
}
