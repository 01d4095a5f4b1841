package dev.capstan.agent.api;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One request. Every request of an agent can be sent twice without harm, so one that met a connection the server had
 * closed is simply sent again.
 */
final class Request {

    private static final byte[] NONE = {};

    private final String method;
    private final String path;
    private final @Nullable String contentType;
    private final byte[] body;

    private Request(String method, String path, @Nullable String contentType, byte[] body) {
        this.method = method;
        this.path = path;
        this.contentType = contentType;
        this.body = body;
    }

    /** A request for the object or the collection at this path, below the endpoint's prefix. */
    static Request get(String path) {
        return new Request("GET", path, null, NONE);
    }

    /** A request with a body. */
    static Request of(String method, String path, String contentType, byte[] body) {
        return new Request(method, path, contentType, body);
    }

    /** The request as it goes over the wire (RFC 9112, 3). */
    byte[] message(Endpoint endpoint, String token) {
        StringBuilder head = new StringBuilder(256)
                .append(method)
                .append(' ')
                .append(endpoint.prefix())
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(endpoint.hostHeader())
                .append("\r\nUser-Agent: capstan-agent\r\nAccept: application/json\r\nAuthorization: Bearer ")
                .append(token)
                .append("\r\n");
        if (contentType != null) {
            head.append("Content-Type: ")
                    .append(contentType)
                    .append("\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n");
        }
        ByteArrayOutputStream message = new ByteArrayOutputStream(head.length() + 2 + body.length);
        message.writeBytes(Wire.bytes(head.append("\r\n").toString()));
        message.writeBytes(body);
        return message.toByteArray();
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
