package dev.capstan.cli.location;

import static dev.capstan.cli.kubeconfig.KubeconfigContext.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.kubeconfig.KubeconfigContext;
import dev.capstan.cli.session.Json;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One context of a kubeconfig (Kubernetes: client-go, api/v1 Config): the cluster and the credential that it names, with the
 * files that they name. Nothing else of the file is kept or sent.
 *
 * <p>Refused is what the control plane could not use for long, or should not: programs that fetch a credential, since they
 * would run as the control plane whenever an owner says so; login through a provider; passwords; another user to act as;
 * a token in a file, which would be read once and end; no CA, or none that is checked; a proxy, another server name.
 *
 * @param server URL of the cluster's API
 * @param certificateAuthority PEM
 * @param token null where there is a certificate
 * @param certificate PEM; null where there is a token
 * @param key PEM; null where there is a token
 */
record Kubeconfig(
        String server,
        String certificateAuthority,
        @Nullable String token,
        @Nullable String certificate,
        @Nullable String key) {

    private static final String ADVICE =
            "To give the control plane a credential of its own, make a ServiceAccount for Capstan"
                    + " and give its token; docs/locations.md has the commands.";

    /** Of a user: what is refused, and why. */
    private static final Map<String, String> REFUSED_OF_USER = Map.of(
            "exec", "has its credential fetched by a program (exec), which the control plane does not run",
            "auth-provider", "logs in through an auth-provider, which Kubernetes itself has given up",
            "username", "has a user name and password, which Kubernetes has given up",
            "tokenFile", "has a token in a file, which is renewed there and would not be here",
            "as", "acts as another user (as)");

    /** Of a cluster. */
    private static final Map<String, String> REFUSED_OF_CLUSTER = Map.of(
            "insecure-skip-tls-verify", "is not verified (insecure-skip-tls-verify)",
            "proxy-url", "is reached through a proxy (proxy-url)",
            "tls-server-name", "is verified by another name (tls-server-name)");

    /**
     * Reads a file.
     *
     * @param asked the context's name; its current one if not given
     */
    static Kubeconfig read(Path file, Optional<String> asked) {
        KubeconfigContext context = KubeconfigContext.read(file, asked);
        Map<?, ?> cluster = context.cluster();
        Map<?, ?> user = context.user();
        refuse(context, cluster, REFUSED_OF_CLUSTER, "its cluster ");
        refuse(context, user, REFUSED_OF_USER, "its user ");
        context.refuse(ADVICE);
        String authority = context.given(cluster, "certificate-authority").orElse("");
        String certificate = context.given(user, "client-certificate").orElse("");
        String key = context.given(user, "client-key").orElse("");
        context.refuse(ADVICE);
        String server = text(cluster, "server");
        String token = text(user, "token");
        if (server.isEmpty()) {
            context.wrong("its cluster has no server");
        }
        if (authority.isEmpty()) {
            context.wrong("its cluster has no certificate-authority, and nothing else is trusted there");
        }
        if (token.isEmpty() && (certificate.isEmpty() || key.isEmpty())) {
            context.wrong("its user has neither a token nor a client certificate with its key");
        }
        context.refuse(ADVICE);
        // As kubectl has it: a token goes before a certificate.
        return token.isEmpty()
                ? new Kubeconfig(server, authority, null, certificate, key)
                : new Kubeconfig(server, authority, token, null, null);
    }

    /** The properties of the location. */
    ObjectNode toJson() {
        var properties = Json.object()
                .put("kind", "Kubernetes")
                .put("server", server)
                .put("certificateAuthority", certificateAuthority);
        if (token != null) {
            properties.put("token", token);
        } else {
            properties.put("clientCertificate", certificate).put("clientKey", key);
        }
        return properties;
    }

    /** Says nothing of the credential. */
    @Override
    public String toString() {
        return "Kubeconfig[" + server + "]";
    }

    private static void refuse(KubeconfigContext context, Map<?, ?> part, Map<String, String> refused, String whose) {
        for (String member : new TreeSet<>(refused.keySet())) {
            Object value = part.get(member);
            if (value != null && !value.equals(false) && !value.equals("")) {
                context.wrong(whose + refused.get(member));
            }
        }
    }
}
