package dev.capstan.endtoend.lanes;

import dev.capstan.endtoend.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A private certificate authority, made on the spot by openssl. */
final class Authority {

    private final Path folder;
    private final String name;

    private Authority(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    static Authority make(Path folder, String name) {
        Authority made = new Authority(folder, name);
        made.openssl(
                name + "-ca",
                "/O=Lab of " + name + "/CN=Lab CA " + name,
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign,cRLSign");
        return made;
    }

    /** One that somebody else made: NAME-ca.crt in this folder. */
    static Authority madeElsewhere(Path folder, String name) {
        return new Authority(folder, name);
    }

    /** Its own certificate, PEM. */
    String pem() {
        return text(certificate());
    }

    Path certificate() {
        return folder.resolve(name + "-ca.crt");
    }

    Path key() {
        return folder.resolve(name + "-ca.key");
    }

    /** What a server of this name shows: a certificate from this authority, for that one name. */
    SSLContext server(String host) {
        String leaf = name + "-" + host;
        openssl(
                leaf,
                "/CN=" + host,
                "-CA",
                certificate().toString(),
                "-CAkey",
                key().toString(),
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-addext",
                "extendedKeyUsage=serverAuth",
                "-addext",
                "subjectAltName=DNS:" + host);
        try {
            byte[] key = Base64.getMimeDecoder()
                    .decode(text(folder.resolve(leaf + ".key")).replaceAll("-----.*-----", ""));
            PrivateKey readKey = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
            Certificate readCertificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(
                            text(folder.resolve(leaf + ".crt")).getBytes(StandardCharsets.US_ASCII)));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", readKey, new char[0], new Certificate[] {readCertificate});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError("no TLS server for " + host, e);
        }
    }

    private void openssl(String file, String subject, String... more) {
        Program.clean()
                .run(
                        java.util.stream.Stream.concat(
                                        java.util.stream.Stream.of(
                                                "openssl",
                                                "req",
                                                "-x509",
                                                "-newkey",
                                                "ec",
                                                "-pkeyopt",
                                                "ec_paramgen_curve:P-256",
                                                "-nodes",
                                                "-days",
                                                "20",
                                                "-keyout",
                                                folder.resolve(file + ".key").toString(),
                                                "-out",
                                                folder.resolve(file + ".crt").toString(),
                                                "-subj",
                                                subject),
                                        java.util.Arrays.stream(more))
                                .toList(),
                        "")
                .orFail();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError("cannot read " + file, e);
        }
    }
}
