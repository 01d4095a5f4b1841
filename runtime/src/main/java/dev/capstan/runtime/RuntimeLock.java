package dev.capstan.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Held by whoever restarts a node's runtime or changes what it is started with: the agent, {@code capstan node prepare} and
 * its undoing. One at a time on a node; the kernel gives it back when its holder dies.
 */
public final class RuntimeLock implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(50);

    private final FileChannel channel;

    private RuntimeLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes it at once.
     *
     * @param root the node's root
     * @throws ContainerRuntimeException if another holds it
     * @throws IOException if its file cannot be made
     */
    public static RuntimeLock take(Path root) throws ContainerRuntimeException, IOException {
        return tried(root).orElseThrow(RuntimeLock::isTaken);
    }

    /**
     * Takes it as soon as nobody else holds it.
     *
     * @param root the node's root
     * @param limit how long it is waited for
     * @param says is told that it is being waited for
     * @throws ContainerRuntimeException if another holds it for all that time
     * @throws IOException if its file cannot be made
     */
    public static RuntimeLock await(Path root, Duration limit, Consumer<String> says)
            throws ContainerRuntimeException, IOException {
        Optional<RuntimeLock> taken = tried(root);
        if (taken.isEmpty()) {
            says.accept(
                    "another process of Capstan's is restarting or preparing the runtime of this node; waiting for it");
        }
        long begin = System.nanoTime();
        while (taken.isEmpty()) {
            if (System.nanoTime() - begin > limit.toNanos()) {
                throw isTaken();
            }
            pause();
            taken = tried(root);
        }
        return taken.get();
    }

    private static Optional<RuntimeLock> tried(Path root) throws IOException {
        Path file = RuntimeLayout.forWriting(root, RuntimeLayout.RUNTIME_LOCK);
        Files.createDirectories(file.resolveSibling(""));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (locked(channel) != null) {
                return Optional.of(new RuntimeLock(channel));
            }
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
        channel.close();
        return Optional.empty();
    }

    private static ContainerRuntimeException isTaken() {
        return new ContainerRuntimeException(
                "another process of Capstan's is restarting or preparing the runtime of this node ("
                        + RuntimeLayout.RUNTIME_LOCK + " is locked): wait for it to end");
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another process was restarting the runtime", e);
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
