package dev.capstan.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy that makes connections, and remembers what it was asked. Names lead to loopback, whatever they are. */
final class ConnectProxy implements AutoCloseable {

    private final Peer peer;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private ConnectProxy(ServerSocket socket, String refusal) {
        this.peer = Peer.start(socket, (connection, in, out) -> {
            var head = JavaServer.head(in);
            requests.add(head);
            if (!refusal.isEmpty()) {
                out.write(("HTTP/1.1 " + refusal + "\r\nContent-Length: 0\r\n\r\n").getBytes(US_ASCII));
                out.flush();
                return;
            }
            var port =
                    Integer.parseInt(head.substring(0, head.indexOf(" HTTP/")).replaceAll(".*:", ""));
            try (var target = new Socket(InetAddress.getLoopbackAddress(), port)) {
                out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(US_ASCII));
                out.flush();
                var back = Thread.ofPlatform().daemon().start(() -> copy(target, out));
                pass(in, target.getOutputStream());
                target.shutdownOutput();
                back.join();
            }
        });
    }

    static ConnectProxy plain() throws Exception {
        return new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "");
    }

    static ConnectProxy refusing(String status) throws Exception {
        return new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), status);
    }

    /** One that is itself spoken to by TLS. */
    static ConnectProxy secured(String chain) throws Exception {
        return new ConnectProxy(JavaServer.socket(chain), "");
    }

    int port() {
        return peer.port();
    }

    List<String> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }

    private static void copy(Socket from, OutputStream to) {
        try {
            pass(from.getInputStream(), to);
        } catch (Exception gone) {
            // One side has left.
        }
    }

    private static void pass(InputStream from, OutputStream to) throws Exception {
        var bytes = new byte[8192];
        for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
            to.write(bytes, 0, count);
            to.flush();
        }
    }
}
