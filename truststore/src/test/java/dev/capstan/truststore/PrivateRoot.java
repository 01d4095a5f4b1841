package dev.capstan.truststore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * This machine as a root of its own: an overlay in a mount namespace that nobody else sees, with its own trust store,
 * the distribution's own tool and every client installed here. Gone, with all that was changed, when closed.
 */
final class PrivateRoot implements AutoCloseable {

    static final String HOST = "registry.capstan.test";

    private final PrivateMounts mounts;
    private final Path inside;
    private final StockRoot root;

    private PrivateRoot(PrivateMounts mounts, Path inside) {
        this.mounts = mounts;
        this.inside = inside;
        this.root = new StockRoot(mounts.path(inside));
    }

    /** Made below this folder, in the state that the distribution's tool gives it; {@link #HOST} is this machine. */
    static PrivateRoot make(Path folder) throws IOException {
        PrivateRoot made = new PrivateRoot(PrivateMounts.with("""
                        cd %s; mkdir upper work root
                        mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
                        mount -t proc proc root/proc
                        mount --rbind /dev root/dev
                        mount -t tmpfs tmpfs root/tmp
                        """.formatted(folder)), folder.resolve("root"));
        Files.writeString(made.root.path().resolve("etc/hosts"), "127.0.0.1 localhost " + HOST + "\n");
        // This machine may have anchors that nobody has activated yet, and a keystore that was changed by hand.
        Files.deleteIfExists(made.root.keystore());
        made.run("update-ca-certificates --fresh").succeeded();
        return made;
    }

    /** The root as seen from outside. */
    StockRoot root() {
        return root;
    }

    /** Copies a folder to the top of the root. */
    void bring(Path folder) {
        Programs.run(List.of(
                        "cp",
                        "-r",
                        folder.toString(),
                        root.path().resolve(folder.getFileName()).toString()))
                .succeeded();
    }

    /** Runs a shell command in the root, with nothing of this machine's TLS settings. */
    Programs.Result run(String command) {
        return mounts.run(entered(command).toArray(String[]::new));
    }

    /** Starts one. */
    Process start(String command) throws IOException {
        List<String> program = new ArrayList<>(mounts.entering());
        program.addAll(entered(command));
        return Programs.clean(new ProcessBuilder(program))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private List<String> entered(String command) {
        return List.of(
                "chroot",
                inside.toString(),
                "/usr/bin/env",
                "-i",
                "HOME=/root",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "sh",
                "-c",
                command);
    }

    @Override
    public void close() throws IOException {
        mounts.close();
    }
}
