package dev.capstan.proof;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a certificate is for a host, as Go decides (crypto/x509, {@code VerifyHostname}): by its subject alternative names
 * alone, never by its common name; {@code *} stands for the whole first label and for nothing else.
 */
final class HostNames {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private HostNames() {}

    /** Why the certificate is not for the host; empty if it is. */
    static Optional<String> problem(X509Certificate certificate, String host) {
        List<String> names = names(certificate, DNS_NAME);
        List<String> addresses = names(certificate, IP_ADDRESS);
        Optional<InetAddress> address = address(host);
        boolean matches = address.isPresent()
                ? addresses.stream().anyMatch(one -> address(one).equals(address))
                : names.stream().anyMatch(name -> matches(name, host));
        if (matches) {
            return Optional.empty();
        }
        List<String> all = new ArrayList<>(names);
        all.addAll(addresses);
        if (all.isEmpty()) {
            return Optional.of("the certificate has no subject alternative name at all; a common name does not count");
        }
        String shown = String.join(", ", all.subList(0, Math.min(all.size(), 10)))
                + (all.size() > 10 ? " and " + (all.size() - 10) + " more" : "");
        return Optional.of("the certificate is for " + Names.shown(shown) + ", not for " + host);
    }

    private static boolean matches(String pattern, String host) {
        String[] wanted = labels(pattern);
        String[] labels = labels(host);
        if (wanted.length != labels.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            boolean any = i == 0 && wanted[i].equals("*") && wanted.length > 1;
            if (wanted[i].isEmpty() || (!any && !wanted[i].equals(labels[i]))) {
                return false;
            }
        }
        return true;
    }

    private static String[] labels(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return (lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower).split("\\.", -1);
    }

    private static List<String> names(X509Certificate certificate, int kind) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> name : all) {
                    if (name.getFirst().equals(kind) && name.get(1) instanceof String text) {
                        names.add(text);
                    }
                }
            }
        } catch (CertificateParsingException unreadable) {
            // A name that cannot be read is for nobody.
        }
        return names;
    }

    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }
}
