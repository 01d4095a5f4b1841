package dev.capstan.server.home;

/**
 * A host and a port, as users give them.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port 0 is a free one
 */
public record HostPort(String host, int port) {

    private static final int HIGHEST_PORT = 65_535;

    /**
     * Reads {@code HOST:PORT}; an IPv6 address stands in brackets before a port (RFC 3986).
     *
     * @throws IllegalArgumentException in words, if it is something else
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("it is not HOST:PORT");
        }
        String host = text.substring(0, colon);
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        return new HostPort(isBracketed ? host.substring(1, host.length() - 1) : host, port(text.substring(colon + 1)));
    }

    /**
     * Reads a port.
     *
     * @throws IllegalArgumentException in words, if it is none
     */
    static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
        if (port < 0 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("the port is no number from 0 to " + HIGHEST_PORT);
        }
        return port;
    }
}
