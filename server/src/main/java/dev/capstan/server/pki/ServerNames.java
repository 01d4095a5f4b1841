package dev.capstan.server.pki;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names and addresses by which clients reach the API: what its certificate must be good for.
 *
 * @param dns host names
 * @param addresses IP addresses
 */
record ServerNames(Set<String> dns, Set<InetAddress> addresses) {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /**
     * This host's own loopback names, and what is listened on: the host as it was given, or, where it listens on every
     * address, the host's name and all its addresses.
     */
    static ServerNames of(InetSocketAddress listen) throws IOException {
        Set<String> dns = new LinkedHashSet<>(List.of("localhost"));
        Set<InetAddress> addresses = new LinkedHashSet<>(
                List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"), listen.getAddress()));
        if (listen.getAddress().isAnyLocalAddress()) {
            addresses.remove(listen.getAddress());
            dns.add(InetAddress.getLocalHost().getHostName());
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .forEach(addresses::add);
        } else if (!isLiteral(listen.getHostString())) {
            dns.add(listen.getHostString());
        }
        return new ServerNames(dns, addresses);
    }

    /** Whether the certificate is good for all of them. */
    boolean areIn(X509Certificate certificate) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return false;
            }
            Set<Object> inIt = new LinkedHashSet<>();
            for (var name : names) {
                switch ((Integer) name.getFirst()) {
                    case DNS_NAME -> inIt.add(name.get(1));
                    case IP_ADDRESS -> inIt.add(InetAddress.ofLiteral((String) name.get(1)));
                    default -> {}
                }
            }
            return inIt.containsAll(dns) && inIt.containsAll(addresses);
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private static boolean isLiteral(String host) {
        try {
            return InetAddress.ofLiteral(host) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
