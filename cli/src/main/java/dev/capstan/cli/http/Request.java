package dev.capstan.cli.http;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 request (RFC 9112), made of words that may come from a command line: what would end a line of the head, and
 * begin another one, is refused.
 */
final class Request {

    /** What a method or a header's name may have beside digits (RFC 9110, 5.6.2). */
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final String method;
    private final String path;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final byte[] body;

    /**
     * Throws a {@link Problem} if the method or the path is none.
     *
     * @param host what the API is called there, with its port
     * @param path with the query, percent-encoded
     */
    Request(String method, String host, String path, String body) {
        this.method = token("method", method);
        if (path.isEmpty() || !hasOnly(path, '!', '~', "")) {
            throw wrong("'" + path + "' is no path of a URL.");
        }
        this.path = path;
        headers.put("host", host);
        this.body = body.getBytes(StandardCharsets.UTF_8);
        if (this.body.length > 0 || method.equals("PUT") || method.equals("POST") || method.equals("PATCH")) {
            headers.put("content-length", Integer.toString(this.body.length));
        }
    }

    /** Sets a header; throws a {@link Problem} if it can be none, or is one that frames the request. */
    Request header(String name, String value) {
        var key = token("header", name).toLowerCase(Locale.ROOT);
        if (!hasOnly(value, ' ', '~', "\t")) {
            throw wrong("the header '" + name + "' has a sign that no header can have.");
        }
        if (switch (key) {
            case "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade" -> true;
            default -> false;
        }) {
            throw wrong("the header '" + name + "' is set by Capstan itself.");
        }
        headers.put(key, value);
        return this;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    /** Whether it may be sent twice, since it changes nothing (RFC 9110, 9.2.1). */
    boolean isSafe() {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    /** The request as it is sent. */
    byte[] bytes() {
        var head = new StringBuilder(1024);
        head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
        for (var header : headers.entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        var bytes = new ByteArrayOutputStream(head.length() + 2 + body.length);
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private static String token(String what, String text) {
        if (text.isEmpty() || !hasOnly(text, '0', '9', TOKEN_SIGNS)) {
            throw wrong("'" + text + "' can be no HTTP " + what + ".");
        }
        return text;
    }

    /** Whether all of the text lies between these two signs, or among the others. */
    private static boolean hasOnly(String text, char first, char last, String others) {
        for (var at = 0; at < text.length(); at++) {
            var sign = text.charAt(at);
            if ((sign < first || sign > last) && others.indexOf(sign) < 0) {
                return false;
            }
        }
        return true;
    }

    private static Problem wrong(String what) {
        return new Problem(ExitCode.USAGE, "The request cannot be sent: " + what, "Mend what was typed there.", null);
    }
}
