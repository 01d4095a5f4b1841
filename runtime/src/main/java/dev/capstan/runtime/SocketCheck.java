package dev.capstan.runtime;

import java.io.IOException;
import java.nio.file.Path;

/** Asks a runtime whether it serves. */
@FunctionalInterface
public interface SocketCheck {

    /**
     * Comes back if it does.
     *
     * @param socket the runtime's Unix socket, which accepts connections, as a path of this process
     * @throws IOException if it does not serve yet; it is asked again until the time is up
     */
    void ask(Path socket) throws IOException;
}
