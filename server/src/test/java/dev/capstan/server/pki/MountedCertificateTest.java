package dev.capstan.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates that OpenSSL makes, shown to a TLS client that trusts just the one it is told. */
class MountedCertificateTest {

    private static final String EC = "ecparam -name prime256v1 -genkey -noout";

    @TempDir
    private Path folder;

    private SSLServerSocket server;

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {EC, "genrsa -traditional", "genpkey -algorithm RSA", "genpkey -algorithm ED25519"})
    void aClientThatTrustsItComesThrough(String command) throws Exception {
        renew("one", command);
        serve();
        assertThat(shown("one")).isEqualTo("CN=one");
    }

    @Test
    void whatIsRenewedIsShownToTheNextClientAlsoWithAKeyOfAnotherKind() throws Exception {
        renew("one", EC);
        serve();
        assertThat(shown("one")).isEqualTo("CN=one");
        renew("two", "genrsa");
        assertThat(shown("two")).isEqualTo("CN=two");
        assertThatThrownBy(() -> shown("one")).isInstanceOf(IOException.class);
    }

    @Test
    void whereOnlyOneOfBothFilesIsNewYetOrOneIsGoneTheOldOnesGoOn() throws Exception {
        renew("one", EC);
        serve();
        make("two", EC);
        move("two", "crt");
        assertThat(shown("one")).as("a certificate without its key").isEqualTo("CN=one");
        Files.delete(folder.resolve("tls.key"));
        assertThat(shown("one")).as("no key").isEqualTo("CN=one");
        Files.writeString(folder.resolve("tls.key"), "no key\n");
        assertThat(shown("one")).as("a file that is none").isEqualTo("CN=one");
        move("two", "key");
        assertThat(shown("two")).as("both").isEqualTo("CN=two");
    }

    @Test
    void whatCannotBeUsedAtTheStartIsSaid() throws Exception {
        assertThatThrownBy(this::serve).isInstanceOf(IOException.class).hasMessageContaining("tls.crt");
        renew("one", EC);
        make("two", EC);
        move("two", "key");
        assertThatThrownBy(this::serve)
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("tls.crt", "tls.key", "the key is not that of the certificate");
        Files.writeString(
                folder.resolve("tls.key"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(this::serve).hasMessageContaining("private key").hasMessageNotContaining("c2VjcmV0");
    }

    private void serve() throws Exception {
        SSLContext context = MountedCertificate.serverContext(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (var accepted = server.accept()) {
                    accepted.getOutputStream().write('!');
                } catch (IOException refusedOrClosed) {
                    Thread.onSpinWait();
                }
            }
        });
    }

    /** Whom a client meets that trusts this one alone. */
    private String shown(String trusted) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry(
                "it",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(Files.readAllBytes(folder.resolve(trusted + ".trusted")))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
            assertThat(socket.getInputStream().read()).isEqualTo('!');
            X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName();
        }
    }

    private void renew(String name, String command) throws Exception {
        make(name, command);
        move(name, "crt");
        move(name, "key");
    }

    private void make(String name, String command) throws Exception {
        openssl(command + " -out " + folder.resolve(name + ".key"));
        openssl("req -x509 -key " + folder.resolve(name + ".key") + " -subj /CN=" + name + " -days 2 -out "
                + folder.resolve(name + ".crt"));
        Files.copy(folder.resolve(name + ".crt"), folder.resolve(name + ".trusted"));
    }

    private void move(String name, String kind) throws IOException {
        Files.move(
                folder.resolve(name + "." + kind), folder.resolve("tls." + kind), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void openssl(String command) throws Exception {
        var process = new ProcessBuilder(List.of(("openssl " + command).split(" ", -1)))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
