package dev.capstan.proof;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TLS server. Without a path a handshake is all that is made; with one the answer to a GET is looked at too.
 *
 * @param text as it was written
 * @param host name or address; IPv6 without brackets
 * @param port TCP port
 * @param path what to GET, with its query; empty for a handshake alone
 */
public record TlsEndpoint(String text, String host, int port, String path) implements Endpoint {

    private static final int HTTPS_PORT = 443;
    private static final Pattern ADDRESS = Pattern.compile(
            "(?<host>[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\\.?|\\[[0-9A-Fa-f:.]+])(:(?<port>[0-9]{1,5}))?");

    static TlsEndpoint ofAddress(String text) {
        return of(text, text, "");
    }

    static TlsEndpoint ofUrl(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException notOne) {
            throw new IllegalArgumentException("'" + text + "' is not a URL: " + notOne.getMessage(), notOne);
        }
        if (uri.getRawAuthority() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an https URL of a host and, where needed, a port and a path");
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String authority = uri.getRawAuthority();
        boolean hasPort = Pattern.compile(":[0-9]+$").matcher(authority).find();
        return of(
                text,
                hasPort ? authority : authority + ":" + HTTPS_PORT,
                uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    }

    /** A server by its parts, as other endpoints come down to one. */
    static TlsEndpoint of(String text, String address, String path) {
        Matcher matcher = ADDRESS.matcher(address);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' names no host; write registry.corp:443, https://host/path, or"
                            + " an image with its registry");
        }
        String port = matcher.group("port");
        if (port == null) {
            throw new IllegalArgumentException("'" + text + "' has no port; write " + text
                    + ":443 for a server, or an image with its registry such as docker.io/library/" + text);
        }
        int number = Integer.parseInt(port);
        if (number < 1 || number > 65_535) {
            throw new IllegalArgumentException("'" + text + "' has a port that is not between 1 and 65535");
        }
        String host = matcher.group("host");
        return new TlsEndpoint(text, host.startsWith("[") ? host.substring(1, host.length() - 1) : host, number, path);
    }

    /** {@code registry.corp:443}; IPv6 in brackets. */
    public String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
