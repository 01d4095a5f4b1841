package dev.capstan.cli.agent;

import dev.capstan.cli.http.HttpsClient;
import dev.capstan.cli.session.Problem;
import dev.capstan.resources.PrivateKeyPem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A cluster's API and a way to be known there, out of one context of a kubeconfig. Never shown: {@link #toString()} names the
 * file and the server.
 *
 * @param source the file, for words
 * @param server https URL
 * @param authority PEM of the CAs that vouch for the server; nobody else does
 * @param login how the client is known
 * @param extensions what the cluster entry holds under {@code extensions}, by name
 */
record Kubeconfig(String source, URI server, String authority, Login login, Map<String, Object> extensions) {

    /** How a client is known. */
    sealed interface Login {

        /** By a bearer token. */
        record Token(String value) implements Login {
            @Override
            public String toString() {
                return "a token";
            }
        }

        /** By a certificate, in PEM with its chain and its key. */
        record ClientCertificate(String chain, String key) implements Login {
            @Override
            public String toString() {
                return "a client certificate";
            }
        }
    }

    /** Reads a context of a file, the current one if none is named. Throws a {@link Problem} with all that is wrong with it. */
    static Kubeconfig read(Path file, Optional<String> context) {
        return KubeconfigReader.read(file, context);
    }

    /** A client of the cluster. */
    HttpsClient client() {
        return new HttpsClient(
                server, tls(), login instanceof Login.Token(var token) ? Optional.of(token) : Optional.empty());
    }

    private SSLContext tls() {
        try {
            Set<TrustAnchor> anchors = new HashSet<>();
            for (var certificate : certificates(authority)) {
                anchors.add(new TrustAnchor((X509Certificate) certificate, null));
            }
            var path = new PKIXBuilderParameters(anchors, new X509CertSelector());
            path.setRevocationEnabled(false);
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(new CertPathTrustManagerParameters(path));
            var context = SSLContext.getInstance("TLS");
            context.init(keys(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException unusable) {
            throw Problem.failed(
                    "The certificates of " + source + " cannot be used: " + unusable.getMessage() + ".",
                    "Look at them with 'capstan certificates lint " + source + "'.",
                    unusable);
        }
    }

    private KeyManager[] keys() throws GeneralSecurityException, IOException {
        if (!(login instanceof Login.ClientCertificate(var chain, var key))) {
            return new KeyManager[0];
        }
        var password = new char[0];
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setKeyEntry(
                "client",
                PrivateKeyPem.parse(key),
                password,
                certificates(chain).toArray(Certificate[]::new));
        var factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    /** The certificates of a PEM text. */
    static Collection<? extends Certificate> certificates(String pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public String toString() {
        return source + " (" + server + ")";
    }
}
