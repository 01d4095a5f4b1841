package dev.capstan.endtoend;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A server of TLS in front of an API server that does to its clients what networks, load balancers and servers in trouble do:
 * it cuts connections at random moments, answers some requests itself, stalls, goes away and shows another certificate. It
 * keeps the order of what it lets pass, and writes down every request.
 */
final class HostileProxy implements AutoCloseable {

    private final InetSocketAddress server;
    private final SSLContext towardsServer;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Random random;
    private volatile SSLContext towardsClients;
    private volatile Function<String, String> answers = request -> null;
    private volatile int longestMillis;
    private volatile boolean away;

    /**
     * A proxy on a free port of loopback that lets everything pass.
     *
     * @param port the API server's, on loopback
     */
    HostileProxy(int port, SSLContext towardsServer, SSLContext towardsClients, long seed) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.towardsServer = towardsServer;
        this.towardsClients = towardsClients;
        this.random = new Random(seed);
        this.listener = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "https://127.0.0.1:" + listener.getLocalPort();
    }

    /** From now on each connection is cut at a random moment within this time; 0 for never. */
    void cutWithin(int millis) {
        longestMillis = millis;
    }

    /** From now on a request, by its first line, is answered with this whole answer of HTTP; null lets it pass. */
    void answer(Function<String, String> by) {
        answers = by;
    }

    /** Away: every connection is cut, and new ones at once. */
    void away(boolean now) {
        away = now;
        if (now) {
            cut();
        }
    }

    /** Shows another certificate from now on. */
    void certificate(SSLContext other) {
        towardsClients = other;
        cut();
    }

    /** Cuts every connection. */
    void cut() {
        open.forEach(HostileProxy::close);
    }

    /** The first line of every request so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** A refusal as Kubernetes words one. */
    static String refusal(int status, String message) {
        String body = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"" + message
                + "\",\"code\":" + status + "}";
        return answer(status, body);
    }

    /** An answer in JSON, after which the connection ends. */
    static String answer(int status, String body) {
        return "HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + body;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket raw) {
        open.add(raw);
        try (raw;
                Socket plain = new Socket()) {
            if (away) {
                return;
            }
            open.add(plain);
            if (longestMillis > 0) {
                int life = 1 + random.nextInt(longestMillis);
                Thread.ofVirtual().start(() -> cutAfter(life, raw, plain));
            }
            SSLSocket client =
                    (SSLSocket) towardsClients.getSocketFactory().createSocket(raw, null, raw.getPort(), true);
            client.setUseClientMode(false);
            client.startHandshake();
            plain.connect(server);
            Socket upstream = towardsServer
                    .getSocketFactory()
                    .createSocket(plain, server.getHostString(), server.getPort(), true);
            Thread.ofVirtual().start(() -> copy(upstream, client));
            requests(
                    new BufferedInputStream(client.getInputStream()),
                    client.getOutputStream(),
                    upstream.getOutputStream());
            open.remove(plain);
        } catch (IOException cut) {
            // By one side, or by us.
        } finally {
            open.remove(raw);
        }
    }

    private void requests(InputStream client, OutputStream back, OutputStream upstream) throws IOException {
        while (true) {
            byte[] head = head(client);
            String text = new String(head, StandardCharsets.ISO_8859_1);
            String first = text.substring(0, text.indexOf('\r'));
            requests.add(first);
            byte[] body = client.readNBytes(length(text));
            String own = answers.apply(first);
            if (own != null) {
                back.write(own.getBytes(StandardCharsets.UTF_8));
                back.flush();
                return;
            }
            upstream.write(head);
            upstream.write(body);
            upstream.flush();
        }
    }

    private static byte[] head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        while (last != 0x0d0a0d0a) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client is gone");
            }
            head.write(next);
            last = last << 8 | next;
        }
        return head.toByteArray();
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16)))
                .findFirst()
                .orElse(0);
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException cut) {
            // Both end.
        }
    }

    private static void cutAfter(int millis, Socket... sockets) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : sockets) {
            close(socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // That is what was wanted.
        }
    }
}
