package dev.capstan.agent.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS that trusts the certificates of one file and nothing else: neither the platform's roots nor those that Capstan
 * itself installs. TLS 1.3 or 1.2; the server's certificate must be for the host asked for. The file is read again when
 * it changed, so that a new API CA takes effect at the next connection.
 */
final class PinnedTls {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final Path file;
    private @Nullable FileTime read;
    private @Nullable SSLSocketFactory sockets;

    PinnedTls(Path file) {
        this.file = file;
    }

    /**
     * The factory for sockets of this trust.
     *
     * @throws IOException if the file cannot be read or holds no certificate
     */
    synchronized SSLSocketFactory sockets() throws IOException {
        FileTime written;
        try {
            written = Files.getLastModifiedTime(file);
        } catch (IOException missing) {
            throw new IOException("the API's CA file " + file + " cannot be read: " + missing, missing);
        }
        if (sockets == null || !written.equals(read)) {
            sockets = context(anchors()).getSocketFactory();
            read = written;
        }
        return sockets;
    }

    /** What every socket is held to. */
    static void require(SSLSocket socket) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(PROTOCOLS);
        socket.setSSLParameters(parameters);
    }

    @Override
    public String toString() {
        return file.toString();
    }

    private Set<TrustAnchor> anchors() throws IOException {
        Set<TrustAnchor> anchors = new HashSet<>();
        try {
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))) {
                anchors.add(new TrustAnchor((X509Certificate) certificate, null));
            }
        } catch (CertificateException bad) {
            throw new IOException("the API's CA file " + file + " is not PEM certificates: " + bad.getMessage(), bad);
        }
        if (anchors.isEmpty()) {
            throw new IOException("the API's CA file " + file + " holds no certificate");
        }
        return anchors;
    }

    private static SSLContext context(Set<TrustAnchor> anchors) {
        try {
            PKIXBuilderParameters path = new PKIXBuilderParameters(anchors, new X509CertSelector());
            path.setRevocationEnabled(false);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(new CertPathTrustManagerParameters(path));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has TLS and PKIX", impossible);
        }
    }
}
