package dev.capstan.server.pki;

import dev.capstan.resources.PrivateKeyPem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server certificate and its key in two PEM files that somebody else keeps, such as a mounted Secret of type
 * {@code kubernetes.io/tls}. Looked at before each handshake, and read again when either file changed. What cannot be used, such as
 * a certificate whose key has not been written yet, is told in the log, and the pair before it goes on: a renewal that fails is
 * seen by clients when the old certificate ends, and not before.
 */
public final class MountedCertificate {

    private static final Logger LOG = LoggerFactory.getLogger(MountedCertificate.class);

    private final Path certificate;
    private final Path key;
    private List<Object> seen;
    private Pair now;
    private @Nullable Pair before;
    private int renewals;

    /** A key and its certificate, which comes first, with its issuers; by a name that no other pair has. */
    private record Pair(String alias, PrivateKey key, List<X509Certificate> chain) {}

    private MountedCertificate(Path certificate, Path key) throws IOException, GeneralSecurityException {
        this.certificate = certificate;
        this.key = key;
        this.seen = versions();
        this.now = read("0");
    }

    /**
     * A TLS context that shows what stands in the files.
     *
     * @throws IOException in words, if they cannot be used at the start
     */
    public static SSLContext serverContext(Path certificate, Path key) throws IOException {
        try {
            var mounted = new MountedCertificate(certificate, key);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {mounted.new Keys()}, null, null);
            return context;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    "the certificate " + certificate + " with the key " + key + " cannot be used: " + e.getMessage(),
                    e);
        }
    }

    private synchronized Pair current() {
        try {
            List<Object> versions = versions();
            if (!versions.equals(seen)) {
                seen = versions; // what is wrong with it is said once
                Pair fresh = read(Integer.toString(++renewals));
                before = now;
                now = fresh;
                LOG.info(
                        "the certificate {} is read anew; it ends {}",
                        certificate,
                        fresh.chain().getFirst().getNotAfter().toInstant());
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            LOG.warn(
                    "the certificate {} with the key {} cannot be used: {}; the one before it goes on until it ends",
                    certificate,
                    key,
                    e.getMessage());
        }
        return now;
    }

    /** The pair of a handshake that may have begun before the last renewal. */
    private synchronized @Nullable Pair pair(String alias) {
        Pair old = before;
        return now.alias().equals(alias) ? now : old != null && old.alias().equals(alias) ? old : null;
    }

    /** What tells one state of both files from the next; a mounted Secret changes by a link of its folder. */
    private List<Object> versions() throws IOException {
        List<Object> versions = new ArrayList<>();
        for (Path file : List.of(certificate, key)) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            versions.add(List.of(
                    attributes.lastModifiedTime(),
                    attributes.size(),
                    Objects.requireNonNullElse(attributes.fileKey(), "")));
        }
        return versions;
    }

    private Pair read(String alias) throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificate)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("there is no certificate in " + certificate);
        }
        PrivateKey read = PrivateKeyPem.parse(Files.readString(key, StandardCharsets.ISO_8859_1));
        checkFits(read, chain.getFirst());
        return new Pair(alias, read, chain);
    }

    private static void checkFits(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "Ed25519";
        };
        byte[] probe = new byte[32];
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        boolean fits = false;
        try {
            signature.initVerify(certificate.getPublicKey());
            signature.update(probe);
            fits = signature.verify(signed);
        } catch (GeneralSecurityException ofAnotherKind) {
            // said below
        }
        if (!fits) {
            throw new GeneralSecurityException("the key is not that of the certificate");
        }
    }

    private final class Keys extends X509ExtendedKeyManager {

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            Pair pair = current();
            return pair.key().getAlgorithm().equals(keyType) ? pair.alias() : null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return chooseEngineServerAlias(keyType, issuers, null);
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            Pair pair = pair(alias);
            return pair == null ? null : pair.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            Pair pair = pair(alias);
            return pair == null ? null : pair.key();
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {current().alias()};
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
