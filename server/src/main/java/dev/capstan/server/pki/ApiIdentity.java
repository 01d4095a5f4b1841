package dev.capstan.server.pki;

import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Who the API is to its clients: a certificate authority of its own, made once and kept, and a server certificate that it
 * signs. Clients and agents pin the authority, so it never changes; the server certificate is replaced when a third of its
 * life is left or it lacks a name, at start and while the server runs, without a connection being lost.
 *
 * <p>In {@code pki/}: {@code ca.pem} and {@code server.pem} hold a key with its certificate, mode 0600, written in one
 * rename; {@code ca.crt} is the authority's certificate alone, a copy for clients, written again at each start.
 */
public final class ApiIdentity {

    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    /** The longest that strict clients take (Apple HT211025: 398 days). */
    private static final Duration SERVER_VALIDITY = Duration.ofDays(397);

    private static final String AUTHORITY = "pki/ca.pem";
    private static final String AUTHORITY_CERTIFICATE = "pki/ca.crt";
    private static final String SERVER = "pki/server.pem";

    private final HomeFolder home;
    private final ServerNames names;
    private final Clock clock;
    private final KeyAndCertificate authority;
    private final AtomicReference<KeyAndCertificate> server;

    private ApiIdentity(
            HomeFolder home, ServerNames names, Clock clock, KeyAndCertificate authority, KeyAndCertificate server) {
        this.home = home;
        this.names = names;
        this.clock = clock;
        this.authority = authority;
        this.server = new AtomicReference<>(server);
    }

    /**
     * Reads what is in the home, and makes what is missing there.
     *
     * @param listen where the API will listen; its host must be resolved
     * @throws StartException if something in {@code pki/} cannot be used; an authority is never silently replaced
     */
    public static ApiIdentity open(HomeFolder home, InetSocketAddress listen, Clock clock)
            throws IOException, StartException {
        home.makeFolder("pki");
        var names = ServerNames.of(listen);
        var authority = read(home, AUTHORITY);
        if (authority == null) {
            // Two homes' authorities differ in name, so that no client takes the one for the other's issuer.
            var suffix = new byte[4];
            new SecureRandom().nextBytes(suffix);
            authority = Issuance.authority(
                    "Capstan API authority " + HexFormat.of().formatHex(suffix), clock.instant(), AUTHORITY_VALIDITY);
            home.writeSecret(AUTHORITY, authority.toPem());
        }
        home.write(AUTHORITY_CERTIFICATE, authority.certificatePem());
        var server = read(home, SERVER);
        if (server == null || !isUsable(server, authority, names, clock.instant())) {
            server = Issuance.server(authority, names, clock.instant(), SERVER_VALIDITY);
            home.writeSecret(SERVER, server.toPem());
        }
        return new ApiIdentity(home, names, clock, authority, server);
    }

    /** The authority's certificate, PEM. */
    public String authorityPem() {
        return authority.certificatePem();
    }

    /** Where clients find {@link #authorityPem}, below the home. */
    public static String authorityFile() {
        return AUTHORITY_CERTIFICATE;
    }

    /**
     * Replaces the server certificate if a third of its life is left; connections made from then on see the new one.
     *
     * @return whether it was replaced
     */
    public boolean renewIfDue() throws IOException {
        var now = clock.instant();
        if (isUsable(server.get(), authority, names, now)) {
            return false;
        }
        var renewed = Issuance.server(authority, names, now, SERVER_VALIDITY);
        home.writeSecret(SERVER, renewed.toPem());
        server.set(renewed);
        return true;
    }

    /** A TLS context that shows the server certificate of the moment. */
    public SSLContext serverContext() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Presenter()}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    private static boolean isUsable(
            KeyAndCertificate server, KeyAndCertificate authority, ServerNames names, Instant now) {
        var certificate = server.certificate();
        var from = certificate.getNotBefore().toInstant();
        var until = certificate.getNotAfter().toInstant();
        var due = until.minus(Duration.between(from, until).dividedBy(3));
        try {
            certificate.verify(authority.certificate().getPublicKey());
        } catch (GeneralSecurityException e) {
            return false;
        }
        return now.isAfter(from) && now.isBefore(due) && names.areIn(certificate);
    }

    private static @Nullable KeyAndCertificate read(HomeFolder home, String name) throws IOException, StartException {
        try {
            return KeyAndCertificate.parse(home.read(name));
        } catch (NoSuchFileException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new StartException(
                    home.resolve(name) + " cannot be used: " + e.getMessage() + ".",
                    "Put back a copy of it. If there is none, delete it: another is made at the next start, and clusters, "
                            + "kubeconfigs and machines made before no longer fit.",
                    e);
        }
    }

    /**
     * Hands TLS the certificate of the moment. A handshake asks in three calls, between which the certificate may be
     * replaced; its serial number, as alias, keeps them together.
     */
    private final class Presenter extends X509ExtendedKeyManager {

        private final ConcurrentMap<String, KeyAndCertificate> presented = new ConcurrentHashMap<>();

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return chooseServerAlias(keyType, issuers, null);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            if (!keyType.equals("EC")) {
                return null;
            }
            var now = server.get();
            var alias = now.certificate().getSerialNumber().toString();
            presented.putIfAbsent(alias, now);
            return alias;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            var found = presented.get(alias);
            return found == null ? null : new X509Certificate[] {found.certificate()};
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            var found = presented.get(alias);
            return found == null ? null : found.key();
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            var alias = chooseServerAlias(keyType, issuers, null);
            return alias == null ? null : new String[] {alias};
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String @Nullable [] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
