package dev.capstan.cli.http;

import dev.capstan.cli.session.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS to the endpoint that trusts one certificate authority and nothing else; the server's certificate must be for the
 * endpoint's host.
 */
final class PinnedTls {

    private static final int CONNECT_MILLIS = 10_000;

    private PinnedTls() {}

    /**
     * Connects and shakes hands.
     *
     * @param authority PEM; a {@link Problem} is thrown if it is none
     * @throws IOException if nobody answers there, or it is not who it should be
     */
    static Exchange open(URI endpoint, String authority) throws IOException {
        return open(endpoint, trusting(authority));
    }

    /** The same with a context of another's. */
    static Exchange open(URI endpoint, SSLContext context) throws IOException {
        var host = endpoint.getHost();
        var raw = new Socket();
        try {
            var address = new InetSocketAddress(host, endpoint.getPort());
            if (address.isUnresolved()) {
                throw new UnknownHostException("no address is known of the host " + host);
            }
            raw.setTcpNoDelay(true);
            raw.connect(address, CONNECT_MILLIS);
            raw.setSoTimeout(CONNECT_MILLIS);
            var socket = (SSLSocket) context.getSocketFactory().createSocket(raw, host, endpoint.getPort(), true);
            var parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            raw.setSoTimeout(0);
            // TLS would wait for the peer to agree; HTTP frames its answers itself, so the plain end loses nothing.
            return new Exchange(socket.getInputStream(), socket.getOutputStream(), raw);
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    private static SSLContext trusting(String authority) {
        try {
            var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(authority.getBytes(StandardCharsets.US_ASCII)));
            var path = new PKIXBuilderParameters(Set.of(new TrustAnchor(certificate, null)), new X509CertSelector());
            path.setRevocationEnabled(false);
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(new CertPathTrustManagerParameters(path));
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw Problem.failed(
                    "pki/ca.crt of CAPSTAN_HOME is no certificate: " + e.getMessage() + ".",
                    "Stop the control plane and start it again: it writes that file anew.",
                    e);
        }
    }
}
