package dev.capstan.agent.api;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where the API server is.
 *
 * @param host name or address, as in the URL; IPv6 without brackets
 * @param port TCP port
 * @param prefix what comes before every path of the API: empty, or such as {@code /clusters/name}, with no slash at its end
 */
public record Endpoint(String host, int port, String prefix) {

    private static final int HTTPS_PORT = 443;

    /**
     * Reads an {@code https} URL.
     *
     * @throws IllegalArgumentException in words, if the text is not one that an API server can have
     */
    public static Endpoint parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException notOne) {
            throw new IllegalArgumentException("'" + url + "' is not a URL: " + notOne.getMessage(), notOne);
        }
        if (!"https".equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getUserInfo() != null
                || uri.getQuery() != null
                || uri.getFragment() != null) {
            throw new IllegalArgumentException(
                    "'" + url + "' is not an https URL of a host and, where needed, a port and a path");
        }
        String host = uri.getHost();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return new Endpoint(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? HTTPS_PORT : uri.getPort(),
                path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
    }

    /** The {@code Host} header (RFC 9110, 7.2). */
    String hostHeader() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return "https://" + hostHeader() + prefix;
    }
}
