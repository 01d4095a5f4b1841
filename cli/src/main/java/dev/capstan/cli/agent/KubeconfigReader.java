package dev.capstan.cli.agent;

import static dev.capstan.cli.kubeconfig.KubeconfigContext.text;

import dev.capstan.cli.kubeconfig.KubeconfigContext;
import dev.capstan.resources.PrivateKeyPem;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a kubeconfig (kubernetes.io, "kubeconfig (v1)"): one context of it, with what is named in files taken from them, whose
 * paths count from the kubeconfig's folder. What would need another program, a proxy or blind trust is refused with what to do
 * instead; all that is wrong is said at once.
 */
final class KubeconfigReader {

    private static final String NOT_RUN =
            "programs and plugins are not run here. Give a kubeconfig with a token or a client certificate: on"
                    + " Kubernetes 1.24 and later 'kubectl create token' gives a token of a ServiceAccount, on clusters of"
                    + " kubeadm, k3s and RKE2 the administrator's kubeconfig on a control plane node has a certificate";

    private final KubeconfigContext context;

    private KubeconfigReader(KubeconfigContext context) {
        this.context = context;
    }

    static Kubeconfig read(Path file, Optional<String> context) {
        return new KubeconfigReader(KubeconfigContext.read(file, context)).read(file);
    }

    private Kubeconfig read(Path file) {
        var cluster = context.cluster();
        var advice = "Mend it, or name another kubeconfig or another --context.";
        context.refuse(advice);
        var server = server(cluster);
        var authority = authority(cluster);
        var login = login(context.user());
        context.refuse(advice);
        return new Kubeconfig(file.toString(), server, authority, login, extensions(cluster));
    }

    private URI server(Map<?, ?> cluster) {
        var server = text(cluster, "server");
        if (!text(cluster, "proxy-url").isEmpty()) {
            context.wrong(
                    "it goes through a proxy (proxy-url), which the agent does not: name a server that a node reaches");
        }
        if (!text(cluster, "tls-server-name").isEmpty()) {
            context.wrong("its server has another name (tls-server-name): name the server as its certificate does");
        }
        try {
            return https(server);
        } catch (IllegalArgumentException notOne) {
            context.wrong(notOne.getMessage() + "");
            return URI.create("");
        }
    }

    /**
     * A server's URL.
     *
     * @throws IllegalArgumentException in words, if it is none that an agent can use
     */
    static URI https(String server) {
        try {
            var url = new URI(server);
            if ("https".equals(url.getScheme())
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getQuery() == null
                    && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException notOne) {
            // Said below.
        }
        throw new IllegalArgumentException("the server '" + server + "' is no https URL");
    }

    private String authority(Map<?, ?> cluster) {
        if (text(cluster, "insecure-skip-tls-verify").equals("true")) {
            context.wrong(
                    "it skips the verification of the server (insecure-skip-tls-verify), and so nobody would know whose"
                            + " word the node follows: put the cluster's CA there (certificate-authority-data)");
            return "";
        }
        var pem = context.given(cluster, "certificate-authority");
        if (pem.isEmpty()) {
            context.wrong(
                    "it names no CA of the cluster (certificate-authority-data), and the agent trusts no other: put it there");
            return "";
        }
        try {
            if (!Kubeconfig.certificates(pem.get()).isEmpty()) {
                return pem.get();
            }
            context.wrong("its certificate-authority holds no certificate");
        } catch (GeneralSecurityException bad) {
            context.wrong("its certificate-authority is no PEM: " + bad.getMessage());
        }
        return "";
    }

    private Kubeconfig.Login login(Map<?, ?> user) {
        var token = text(user, "token");
        if (token.isEmpty() && !text(user, "tokenFile").isEmpty()) {
            token = context.content(text(user, "tokenFile")).orElse("").strip();
        }
        if (!token.isEmpty()) {
            return new Kubeconfig.Login.Token(token);
        }
        var chain = context.given(user, "client-certificate");
        var key = context.given(user, "client-key");
        if (chain.isPresent() && key.isPresent()) {
            try {
                PrivateKeyPem.parse(key.get());
                return new Kubeconfig.Login.ClientCertificate(chain.get(), key.get());
            } catch (IllegalArgumentException unusable) {
                context.wrong("its client-key cannot be used: " + unusable.getMessage());
            }
        } else if (user.get("exec") instanceof Map<?, ?> exec) {
            context.wrong("its user logs in by running '" + text(exec, "command") + "' (exec), and " + NOT_RUN);
        } else if (user.get("auth-provider") instanceof Map<?, ?> provider) {
            context.wrong(
                    "its user logs in by the plugin '" + text(provider, "name") + "' (auth-provider), and " + NOT_RUN);
        } else if (context.isSound()) {
            context.wrong("its user has neither a token nor a client certificate with its key");
        }
        return new Kubeconfig.Login.Token("");
    }

    private static Map<String, Object> extensions(Map<?, ?> cluster) {
        Map<String, Object> extensions = new HashMap<>();
        if (cluster.get("extensions") instanceof List<?> list) {
            for (var entry : list) {
                if (entry instanceof Map<?, ?> named && named.get("extension") instanceof Map<?, ?> extension) {
                    extensions.put(text(named, "name"), extension);
                }
            }
        }
        return extensions;
    }
}
