package dev.capstan.proof;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image, asked for through the container runtime itself: by its TLS, with its roots, host directories, mirrors and
 * proxy.
 *
 * @param text as it was written
 * @param registry host and, where given, port of the registry, such as {@code docker.io}
 * @param repository path of the repository in it, such as {@code library/busybox}
 */
public record ImageEndpoint(String text, String registry, String repository) implements Endpoint {

    // distribution/reference: grammar of references.
    private static final Pattern REFERENCE =
            Pattern.compile("(?<registry>[A-Za-z0-9.-]+(:[0-9]{1,5})?|\\[[0-9A-Fa-f:]+](:[0-9]{1,5})?)"
                    + "/(?<repository>[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*)"
                    + "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?");

    static ImageEndpoint of(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is no image reference; write it with its registry, such as docker.io/library/busybox:1, in lower"
                    + " case");
        }
        String registry = matcher.group("registry");
        if (!registry.contains(".") && !registry.contains(":") && !registry.equals("localhost")) {
            throw new IllegalArgumentException(
                    "'" + text + "' has no registry; write it whole, such as docker.io/" + text);
        }
        return new ImageEndpoint(text, registry, matcher.group("repository"));
    }

    /** The server behind the registry's name: port 443 if it names none, and Docker Hub's own. */
    public TlsEndpoint server() {
        String host = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
        return TlsEndpoint.of(text, host.matches(".*:[0-9]+") ? host : host + ":443", "");
    }
}
