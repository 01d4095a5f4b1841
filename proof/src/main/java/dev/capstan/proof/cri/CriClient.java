package dev.capstan.proof.cri;

import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A client of a container runtime's CRI socket (k8s.io/cri-api, {@code runtime.v1}). One call at a time; closing the client,
 * by any thread, ends one that is under way.
 */
public final class CriClient implements Closeable {

    private final SocketChannel channel;
    private final Http2Connection connection;

    private CriClient(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.connection = new Http2Connection(channel);
    }

    /**
     * Connects.
     *
     * @throws IOException if nobody listens there
     */
    public static CriClient open(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        try {
            return new CriClient(channel);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /**
     * Who the runtime is.
     *
     * @throws CriException if it refuses
     * @throws IOException if it does not answer
     */
    public RuntimeVersion version(Duration limit) throws IOException {
        Message answer = call("RuntimeService/Version", Message.empty(), limit);
        return new RuntimeVersion(answer.text(2), answer.text(3));
    }

    /**
     * Has the runtime pull an image.
     *
     * @return what the runtime calls the image from now on
     * @throws CriException if the pull fails, with the runtime's text
     * @throws IOException if the runtime does not answer
     */
    public String pullImage(String reference, Duration limit) throws IOException {
        return call("ImageService/PullImage", Message.of(1, Message.of(1, reference)), limit)
                .text(1);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private Message call(String method, Message request, Duration limit) throws IOException {
        return Message.parse(connection.unary("/runtime.v1." + method, request.bytes(), limit));
    }

    /**
     * A runtime's own name and version.
     *
     * @param name such as {@code containerd}
     * @param version such as {@code 1.6.20~ds1}
     */
    public record RuntimeVersion(String name, String version) {}
}
