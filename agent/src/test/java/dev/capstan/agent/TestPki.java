package dev.capstan.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Certificates for tests: a CA and server keys made by the JDK's keytool, and the real roots that the JDK ships. */
public final class TestPki {

    private static final char[] PASSWORD = "test-only".toCharArray();
    private static final TestPki SHARED = make();
    private static final List<String> ROOTS = roots();

    private final SSLContext server;
    private final SSLContext otherHost;
    private final String authority;
    private final String foreignAuthority;

    private TestPki(SSLContext server, SSLContext otherHost, String authority, String foreignAuthority) {
        this.server = server;
        this.otherHost = otherHost;
        this.authority = authority;
        this.foreignAuthority = foreignAuthority;
    }

    /** TLS of a server that is what it says: 127.0.0.1. */
    public static SSLContext server() {
        return SHARED.server;
    }

    /** TLS of a server with a certificate of the right CA, but for another host. */
    public static SSLContext otherHost() {
        return SHARED.otherHost;
    }

    /** The CA of {@link #server()}, PEM. */
    public static String authority() {
        return SHARED.authority;
    }

    /** A CA that signed none of these servers, PEM. */
    public static String foreignAuthority() {
        return SHARED.foreignAuthority;
    }

    /** A real root certificate as PEM; another for every number below 100. */
    public static String root(int number) {
        return ROOTS.get(number);
    }

    private static List<String> roots() {
        try (InputStream in = Files.newInputStream(Path.of(System.getProperty("java.home"), "lib/security/cacerts"))) {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(in, null);
            List<X509Certificate> roots = new ArrayList<>();
            for (String alias : java.util.Collections.list(store.aliases())) {
                roots.add((X509Certificate) store.getCertificate(alias));
            }
            roots.sort(
                    Comparator.comparing(root -> root.getSubjectX500Principal().getName()));
            List<String> texts = new ArrayList<>();
            for (X509Certificate root : roots) {
                // Old roots without BasicConstraints are no CAs by today's rules.
                if (root.getBasicConstraints() >= 0) {
                    texts.add(pem(root));
                }
            }
            return List.copyOf(texts);
        } catch (IOException | GeneralSecurityException broken) {
            throw new IllegalStateException("the JDK's own roots cannot be read", broken);
        }
    }

    private static TestPki make() {
        try {
            Path folder = Files.createTempDirectory("capstan-test-pki");
            try {
                KeyStore own = keys(folder.resolve("own.p12"));
                KeyStore foreign = keys(folder.resolve("foreign.p12"));
                return new TestPki(
                        context(own, "server"),
                        context(own, "other"),
                        pem(own.getCertificate("ca")),
                        pem(foreign.getCertificate("ca")));
            } finally {
                Files.deleteIfExists(folder.resolve("own.p12"));
                Files.deleteIfExists(folder.resolve("foreign.p12"));
                Files.deleteIfExists(folder);
            }
        } catch (IOException | GeneralSecurityException | InterruptedException broken) {
            throw new IllegalStateException("no keys for tests could be made", broken);
        }
    }

    private static KeyStore keys(Path file) throws IOException, GeneralSecurityException, InterruptedException {
        keytool(file, "-alias", "ca", "-dname", "CN=Test API CA", "-ext", "bc:c");
        keytool(
                file,
                "-alias",
                "server",
                "-dname",
                "CN=api",
                "-signer",
                "ca",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost");
        keytool(file, "-alias", "other", "-dname", "CN=api", "-signer", "ca", "-ext", "san=dns:elsewhere.example");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static void keytool(Path store, String... rest) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "30",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(rest));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + words);
        }
    }

    private static SSLContext context(KeyStore keys, String alias) throws GeneralSecurityException, IOException {
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry(alias, keys.getKey(alias, PASSWORD), PASSWORD, keys.getCertificateChain(alias));
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(one, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static String pem(Certificate certificate) throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }
}
