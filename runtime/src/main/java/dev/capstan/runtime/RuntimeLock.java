package dev.capstan.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Held by whoever restarts a node's runtime or changes what it is started with: the agent, {@code capstan node prepare} and
 * its undoing. One at a time on a node; the kernel gives it back when its holder dies.
 */
public final class RuntimeLock implements AutoCloseable {

    private final FileChannel channel;

    private RuntimeLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes it.
     *
     * @param root the node's root
     * @throws ContainerRuntimeException if another holds it
     * @throws IOException if its file cannot be made
     */
    public static RuntimeLock take(Path root) throws ContainerRuntimeException, IOException {
        Path file = RuntimeLayout.forWriting(root, RuntimeLayout.RUNTIME_LOCK);
        Files.createDirectories(file.resolveSibling(""));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = locked(channel);
            if (held == null) {
                throw new ContainerRuntimeException(
                        "another process of Capstan's is restarting or preparing the runtime of this node ("
                                + RuntimeLayout.RUNTIME_LOCK + " is locked): wait for it to end");
            }
            return new RuntimeLock(channel);
        } catch (ContainerRuntimeException | IOException refused) {
            channel.close();
            throw refused;
        }
    }

    private static @Nullable FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException another) {
            return null;
        }
    }

    /** That it is held, for whoever must not go on without it. */
    void held() throws IOException {
        if (!channel.isOpen()) {
            throw new IOException(RuntimeLayout.RUNTIME_LOCK + " was given back");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
