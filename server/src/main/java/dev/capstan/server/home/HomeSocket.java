package dev.capstan.server.home;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The socket in the home on which the API listens for clients of this machine. The home is its owner's alone (mode 0700), so
 * that nobody else can connect, and nobody else can put another socket there: what TLS is for on a network, the folder does
 * here. A client that need not make TLS ready has its answer in a fraction of the time.
 */
public final class HomeSocket {

    private static final String FILE = "api.sock";

    /** sockaddr_un.sun_path on Linux, with the zero at its end (unix(7)). */
    private static final int MOST_BYTES = 108;

    private HomeSocket() {}

    /**
     * Where to listen; nothing is there any more: what a killed control plane left is removed, under the home's lock.
     *
     * @return empty where the home's path is too long for a socket; clients then use the endpoint
     */
    public static Optional<Path> free(HomeFolder home) throws IOException {
        var socket = home.resolve(FILE);
        Files.deleteIfExists(socket);
        return socket.toString().getBytes(StandardCharsets.UTF_8).length < MOST_BYTES
                ? Optional.of(socket)
                : Optional.empty();
    }
}
