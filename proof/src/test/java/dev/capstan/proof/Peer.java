package dev.capstan.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on a loopback port that does to every connection what the test says, each in a thread of its own. */
final class Peer implements AutoCloseable {

    /** What it does to a connection, which is closed afterwards. */
    interface Behaviour {
        void to(Socket connection, InputStream in, OutputStream out) throws Exception;
    }

    private final ServerSocket socket;
    private final CopyOnWriteArrayList<Socket> connections = new CopyOnWriteArrayList<>();

    private Peer(ServerSocket socket) {
        this.socket = socket;
    }

    static Peer start(Behaviour behaviour) throws IOException {
        return start(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), behaviour);
    }

    static Peer start(ServerSocket socket, Behaviour behaviour) {
        var peer = new Peer(socket);
        Thread.ofPlatform().daemon().start(() -> peer.serve(behaviour));
        return peer;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve(Behaviour behaviour) {
        while (true) {
            Socket connection;
            try {
                connection = socket.accept();
            } catch (IOException closed) {
                return;
            }
            connections.add(connection);
            Thread.ofPlatform().daemon().start(() -> {
                try (connection) {
                    behaviour.to(connection, connection.getInputStream(), connection.getOutputStream());
                } catch (Exception gone) {
                    // The other side has left, as it may.
                }
            });
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (var connection : connections) {
            connection.close();
        }
    }
}
