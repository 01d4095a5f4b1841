package dev.capstan.proof.proxy;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that makes connections on request (RFC 9110, 9.3.6).
 *
 * @param tls whether it is itself spoken to by TLS
 * @param host name or address; IPv6 without brackets
 * @param port TCP port
 * @param login {@code name:password}, decoded; absent where there is none
 */
public record Proxy(
        boolean tls, String host, int port, @Nullable String login) {

    /**
     * The proxy that a program in Go with this environment takes for https to this host; empty if it goes there itself.
     * Source: golang.org/x/net/http/httpproxy.
     *
     * @throws IllegalArgumentException in words, if the environment names one that cannot be used
     */
    public static Optional<Proxy> forHost(Map<String, String> environment, String host, int port) {
        String url = first(environment, "HTTPS_PROXY", "https_proxy");
        if (url.isEmpty() || !NoProxy.of(environment).goesThroughProxy(host, port)) {
            return Optional.empty();
        }
        return Optional.of(parse(url));
    }

    private static Proxy parse(String text) {
        try {
            // Without a scheme it is taken as http.
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if ((!scheme.equals("http") && !scheme.equals("https")) || uri.getHost() == null) {
                throw new IllegalArgumentException(
                        "the runtime's HTTPS_PROXY, " + shown(uri, text) + ", is not the http or https URL of a proxy");
            }
            boolean tls = scheme.equals("https");
            int usual = tls ? 443 : 80;
            String host = uri.getHost();
            return new Proxy(
                    tls,
                    host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                    uri.getPort() < 0 ? usual : uri.getPort(),
                    uri.getUserInfo());
        } catch (URISyntaxException notOne) {
            // The text may hold a password, and so may the exception's message.
            throw new IllegalArgumentException("the runtime's HTTPS_PROXY is not a URL");
        }
    }

    /** The first of these that is set to something. */
    static String first(Map<String, String> environment, String upper, String lower) {
        String value = environment.getOrDefault(upper, "");
        return value.isEmpty() ? environment.getOrDefault(lower, "") : value;
    }

    private static String shown(URI uri, String text) {
        return uri.getRawUserInfo() == null ? "'" + text + "'" : uri.getScheme() + "://…@" + uri.getHost();
    }

    /** Value of the header Proxy-Authorization; empty without a login. */
    public Optional<String> authorization() {
        return Optional.ofNullable(login)
                .map(words -> "Basic " + Base64.getEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@code http://proxy.corp:3128}, without the login. */
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
