package dev.capstan.embeddedkubernetes;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Makes the TLS context of a server from its key and certificate. */
public final class ServerTls {
    private ServerTls() {}

    /**
     * A context from a key and its certificates.
     *
     * @param key the server's private key
     * @param chain its certificate first, then the issuers as far as clients do not have them
     */
    public static SSLContext of(PrivateKey key, List<X509Certificate> chain) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key, new char[0], chain.toArray(X509Certificate[]::new));
            return of(store, new char[0]);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("The server's key and certificate cannot be used: " + e.getMessage(), e);
        }
    }

    /** A context from the one key entry of a key store. */
    public static SSLContext of(KeyStore store, char[] password) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("The server's key store cannot be used: " + e.getMessage(), e);
        }
    }
}
