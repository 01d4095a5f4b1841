package dev.capstan.endtoend.lanes;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A proxy that is itself spoken to over TLS and tunnels by CONNECT; every name it is asked for is on this machine. */
final class ConnectProxy implements Closeable {

    private static final InetAddress LOOPBACK = loopback();

    private final String host;
    private final SSLServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final AtomicInteger tunnels = new AtomicInteger();

    private ConnectProxy(String host, SSLServerSocket server) {
        this.host = host;
        this.server = server;
    }

    static ConnectProxy start(Authority authority, String host) {
        try {
            ConnectProxy proxy = new ConnectProxy(host, (SSLServerSocket)
                    authority.server(host).getServerSocketFactory().createServerSocket(0, 50, LOOPBACK));
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new AssertionError("no proxy " + host, e);
        }
    }

    /** How many tunnels it has opened so far. */
    int tunnels() {
        return tunnels.get();
    }

    String address() {
        return "https://" + host + ":" + server.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                SSLSocket client = (SSLSocket) server.accept();
                threads.execute(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SSLSocket client) {
        try (client) {
            client.setTcpNoDelay(true);
            String head = head(client.getInputStream());
            if (!head.startsWith("CONNECT ")) {
                client.getOutputStream().write("HTTP/1.1 405 CONNECT only\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return;
            }
            String target = head.split(" ", 3)[1];
            try (Socket server =
                    new Socket(LOOPBACK, Integer.parseInt(target.substring(target.lastIndexOf(':') + 1)))) {
                tunnels.incrementAndGet();
                server.setTcpNoDelay(true);
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                threads.execute(() -> pump(server, client));
                pump(client, server);
            }
        } catch (IOException ended) {
            return; // a client that does not trust this proxy hangs up in the handshake
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException ended) {
            return;
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 8192 && head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
