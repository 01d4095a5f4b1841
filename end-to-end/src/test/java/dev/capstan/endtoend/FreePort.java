package dev.capstan.endtoend;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A port that nobody listens on, for a program that must be told one. It is below the ports that the kernel gives to connections:
 * one of those may be anybody's again before the program listens on it.
 */
public final class FreePort {

    private static final int FIRST = 6_000;
    private static final int COUNT = 4_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 7 % COUNT));

    private FreePort() {}

    /** Another one each time. */
    public static int next() {
        while (true) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            try (var _ = new ServerSocket(port)) {
                return port;
            } catch (IOException taken) {
                // The one after it, then.
            }
        }
    }
}
