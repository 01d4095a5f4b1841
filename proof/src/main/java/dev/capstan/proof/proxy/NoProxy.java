package dev.capstan.proof.proxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which hosts are reached without the proxy, as Go reads NO_PROXY (golang.org/x/net/http/httpproxy, {@code useProxy}):
 *
 * <ul>
 *   <li>{@code localhost} and loopback addresses always.
 *   <li>{@code *} all. {@code 10.0.0.0/8} an address in that network; a name is not looked up for it.
 *   <li>{@code 10.1.2.3} that address. {@code corp.example} that name and all below it; {@code .corp.example} and {@code *.corp.example}
 *       all below it, and not itself. Each with {@code :port} for that port alone.
 * </ul>
 */
final class NoProxy {

    private interface Rule {
        boolean matches(String host, Optional<InetAddress> address, int port);
    }

    private final List<Rule> rules = new ArrayList<>();

    private NoProxy() {}

    static NoProxy of(Map<String, String> environment) {
        NoProxy noProxy = new NoProxy();
        String text = Proxy.first(environment, "NO_PROXY", "no_proxy");
        for (String entry : text.split(",", -1)) {
            String word = entry.strip().toLowerCase(Locale.ROOT);
            if (!word.isEmpty()) {
                noProxy.rules.add(rule(word));
            }
        }
        return noProxy;
    }

    boolean goesThroughProxy(String name, int port) {
        String host = name.toLowerCase(Locale.ROOT);
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        Optional<InetAddress> address = address(host);
        if (host.equals("localhost")
                || address.filter(InetAddress::isLoopbackAddress).isPresent()) {
            return false;
        }
        for (Rule rule : rules) {
            if (rule.matches(host, address, port)) {
                return false;
            }
        }
        return true;
    }

    private static Rule rule(String word) {
        if (word.equals("*")) {
            return (host, address, port) -> true;
        }
        int slash = word.indexOf('/');
        if (slash > 0) {
            Optional<InetAddress> network = address(word.substring(0, slash));
            if (network.isPresent() && word.substring(slash + 1).matches("[0-9]{1,3}")) {
                int bits = Integer.parseInt(word.substring(slash + 1));
                return (host, address, port) ->
                        address.filter(one -> within(one, network.get(), bits)).isPresent();
            }
        }
        String name = word;
        int only = -1;
        int colon = word.lastIndexOf(':');
        if (colon > 0
                && word.substring(colon + 1).matches("[0-9]{1,5}")
                && address(word).isEmpty()) {
            name = word.substring(0, colon);
            only = Integer.parseInt(word.substring(colon + 1));
        }
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
        }
        int wantedPort = only;
        Optional<InetAddress> wanted = address(name);
        if (wanted.isPresent()) {
            return (host, address, port) -> address.equals(wanted) && (wantedPort < 0 || wantedPort == port);
        }
        String below = name.startsWith("*.") ? name.substring(1) : name.startsWith(".") ? name : "." + name;
        boolean itself = !name.startsWith("*.") && !name.startsWith(".");
        return (host, address, port) -> (host.endsWith(below) || (itself && host.equals(below.substring(1))))
                && (wantedPort < 0 || wantedPort == port);
    }

    private static boolean within(InetAddress address, InetAddress network, int bits) {
        byte[] one = address.getAddress();
        byte[] other = network.getAddress();
        if (one.length != other.length || bits > one.length * 8) {
            return false;
        }
        int whole = bits / 8;
        if (!Arrays.equals(one, 0, whole, other, 0, whole)) {
            return false;
        }
        int mask = 0xff00 >> (bits % 8);
        return bits % 8 == 0 || (one[whole] & mask & 0xff) == (other[whole] & mask & 0xff);
    }

    /** The address that a text is, without looking up anything. */
    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }
}
