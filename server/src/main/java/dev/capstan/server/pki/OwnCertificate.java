package dev.capstan.server.pki;

import dev.capstan.embeddedkubernetes.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;

/** A server certificate that a process makes for itself at its start, for clients that cannot or will not verify it. */
public final class OwnCertificate {

    private static final Duration VALIDITY = Duration.ofDays(3650);

    private OwnCertificate() {}

    /**
     * A TLS context with a certificate of an authority that nobody keeps, good for what is listened on.
     *
     * @param listen its host must be resolved
     */
    public static SSLContext serverContext(InetSocketAddress listen) throws IOException {
        Instant now = Instant.now();
        KeyAndCertificate authority = Issuance.authority("Capstan controller", now, VALIDITY);
        KeyAndCertificate server = Issuance.server(authority, ServerNames.of(listen), now, VALIDITY);
        return ServerTls.of(server.key(), List.of(server.certificate(), authority.certificate()));
    }
}
