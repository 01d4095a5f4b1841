package dev.capstan.embeddedkubernetes.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeadDeadlineTest {

    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final HeadDeadline deadline = new HeadDeadline(Duration.ofSeconds(2));
    private final WebServer server = WebServer.builder()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .protocolsDiscoverServices(false)
            .addProtocol(Http1Config.builder().addReceiveListener(deadline).build())
            .shutdownHook(false)
            .routing(routing -> routing.any((request, response) -> response.send("ok")))
            .build()
            .start();

    @AfterEach
    void close() {
        server.stop();
        deadline.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        // Detects a hang, no more.
        socket.setSoTimeout(120_000);
        return socket;
    }

    @Test
    void headersThatComeByteByByteEndWithTheConnection() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write("GET / HTTP/1.1\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        out.write('x');
                        out.flush();
                        Thread.sleep(50);
                    }
                } catch (IOException | InterruptedException cutOff) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(end(socket.getInputStream())).isNotPositive();
            sender.interrupt();
            sender.join();
        }
    }

    /** -1 where the connection ended, 0 where it was reset. */
    private static int end(InputStream in) throws IOException {
        try {
            return in.read();
        } catch (SocketException reset) {
            return 0;
        }
    }

    @Test
    void aConnectionThatIsKeptIsLeftAloneBetweenItsRequests() throws Exception {
        try (Socket socket = connect()) {
            for (int request = 0; request < 2; request++) {
                socket.getOutputStream().write(REQUEST);
                socket.getOutputStream().flush();
                assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
                // Longer than a request's headers may take.
                Thread.sleep(request == 0 ? 4_000 : 0);
            }
        }
    }

    private static String answer(InputStream in) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nok")) {
            int next = in.read();
            if (next < 0) {
                return answer + " and then the end";
            }
            answer.append((char) next);
        }
        return answer.toString();
    }
}
