package dev.capstan.server.incluster;

import dev.capstan.server.home.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * An address to listen on; a name would have to be resolved, by a DNS that may wait for a CA.
 *
 * @param address resolved
 */
record Listen(InetSocketAddress address) {

    /**
     * Reads {@code ADDRESS:PORT}, an IPv6 address in brackets; port 0 is a free one.
     *
     * @throws IllegalArgumentException if it is something else, in words
     */
    static Listen parse(String text) {
        try {
            HostPort asked = HostPort.parse(text);
            InetAddress address = asked.host().equals("localhost")
                    ? InetAddress.getLoopbackAddress()
                    : InetAddress.ofLiteral(asked.host());
            return new Listen(new InetSocketAddress(address, asked.port()));
        } catch (IllegalArgumentException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "it is an address and a port, as in 0.0.0.0:8443, [::]:8443 or 127.0.0.1:8080, or none");
    }

    boolean isLoopback() {
        return address.getAddress().isLoopbackAddress();
    }
}
