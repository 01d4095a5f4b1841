package dev.capstan.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS servers of Java's own, with one of the chains. */
final class JavaServer {

    private JavaServer() {}

    /** A server that answers every request with this status line, such as {@code 404 Not Found}. */
    static Peer answering(String chain, String status) throws Exception {
        return Peer.start(socket(chain), (connection, in, out) -> {
            head(in);
            out.write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").getBytes(US_ASCII));
            out.flush();
        });
    }

    static ServerSocket socket(String chain) throws Exception {
        return context(chain).getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    static SSLContext context(String chain) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        try (var file = Files.newInputStream(Chains.keystore(chain))) {
            store.load(file, "changeit".toCharArray());
        }
        var keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, "changeit".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** The head of a request, up to its empty line. */
    static String head(java.io.InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client left");
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
