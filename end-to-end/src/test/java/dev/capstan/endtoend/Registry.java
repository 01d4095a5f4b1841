package dev.capstan.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A private CA and Debian's docker-registry behind a certificate from it, with one small image. */
public final class Registry implements AutoCloseable {

    private final Path folder;
    private final String name;
    private final String host;
    private final String listening;
    private final String port;

    private Registry(Path folder, String name, String host, String listening, String port) {
        this.folder = folder;
        this.name = name;
        this.host = host;
        this.listening = listening;
        this.port = port;
    }

    /** Makes the CA, starts the registry on a free loopback port and pushes the image. */
    public static Registry start(Path folder, String name) {
        return start(folder, name, "127.0.0.1");
    }

    /** The same on an address of this machine. */
    public static Registry start(Path folder, String name, String listening) {
        String host = "registry-" + name + ".lab.test";
        Program.clean()
                .run(Repository.lab("make-ca").toString(), folder.toString(), name, host)
                .orFail();
        String printed = Program.clean()
                .run(Repository.lab("registry").toString(), folder.toString(), name, listening)
                .orFail()
                .text();
        return new Registry(folder, name, host, listening, printed.strip());
    }

    public String host() {
        return host;
    }

    /** Its line of a {@code hosts} file. */
    String hostsLine() {
        return listening + " " + host;
    }

    /** {@code HOST:PORT}. */
    public String address() {
        return host + ":" + port;
    }

    public String image() {
        return address() + "/lab/app:v1";
    }

    public Path certificateAuthority() {
        return folder.resolve(name + "-ca.crt");
    }

    /** The registry's own certificate. */
    Path certificate() {
        return folder.resolve(name + ".crt");
    }

    /** Gives it a new CA of the same name, and a certificate from it; it counts from the next {@link #startAgain}. */
    void swapAuthority() {
        Program.clean()
                .run(Repository.lab("make-ca").toString(), folder.toString(), name, host)
                .orFail();
    }

    /** Starts it on its port, after {@link #close}. */
    void startAgain() {
        String command = "setsid docker-registry serve " + name + ".yml >>" + name + ".log 2>&1 </dev/null & echo $! >"
                + name + ".pid";
        Program.clean()
                .run("sh", "-c", "cd " + folder + " && { " + command + "; }")
                .orFail();
    }

    @Override
    public void close() {
        try {
            Program.clean()
                    .run("kill", Files.readString(folder.resolve(name + ".pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
