package dev.capstan.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.StartException;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiIdentityTest {

    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7443);

    private final Instant now = Instant.now();

    @TempDir
    private Path temporary;

    private HomeFolder home;

    @BeforeEach
    void open() throws Exception {
        home = HomeFolder.open(temporary.resolve("home"));
    }

    @Test
    void itIsMadeOnceAndKeysAreTheOwnersAlone() throws Exception {
        ApiIdentity.open(home, LOOPBACK, at(now));
        var authority = home.read("pki/ca.pem");
        var server = home.read("pki/server.pem");

        ApiIdentity.open(home, LOOPBACK, at(now.plus(Duration.ofDays(30))));

        assertThat(home.read("pki/ca.pem")).isEqualTo(authority);
        assertThat(home.read("pki/server.pem")).isEqualTo(server);
        assertThat(mode("pki/ca.pem")).isEqualTo("rw-------");
        assertThat(mode("pki/server.pem")).isEqualTo("rw-------");
        assertThat(authority).endsWith(home.read("pki/ca.crt"));
        assertThat(home.read("pki/ca.crt")).doesNotContain("PRIVATE");
    }

    @Test
    void theServerCertificateIsRenewedInTimeAndItsAuthorityStays() throws Exception {
        ApiIdentity.open(home, LOOPBACK, at(now));
        var authority = home.read("pki/ca.pem");
        var server = home.read("pki/server.pem");

        ApiIdentity.open(home, LOOPBACK, at(now.plus(Duration.ofDays(270))));

        assertThat(home.read("pki/ca.pem")).isEqualTo(authority);
        assertThat(home.read("pki/server.pem")).isNotEqualTo(server);
        assertThat(certificate("pki/server.pem").getNotAfter().toInstant())
                .isAfter(now.plus(Duration.ofDays(270 + 390)));
    }

    @Test
    void aServerCertificateNeverOutlivesItsAuthority() throws Exception {
        ApiIdentity.open(home, LOOPBACK, at(now));

        ApiIdentity.open(home, LOOPBACK, at(now.plus(Duration.ofDays(3600))));

        assertThat(certificate("pki/server.pem").getNotAfter())
                .isBeforeOrEqualTo(certificate("pki/ca.pem").getNotAfter());
    }

    @Test
    void anotherHostIsAnotherCertificateOfTheSameAuthority() throws Exception {
        ApiIdentity.open(home, LOOPBACK, at(now));
        var authority = home.read("pki/ca.pem");

        ApiIdentity.open(home, named("capstan.example", "192.0.2.7"), at(now));

        assertThat(home.read("pki/ca.pem")).isEqualTo(authority);
        assertThat(certificate("pki/server.pem").getSubjectAlternativeNames().toString())
                .contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "capstan.example", "192.0.2.7");
    }

    @Test
    void everyAddressOfTheHostIsNamedWhereItListensOnAll() throws Exception {
        ApiIdentity.open(home, new InetSocketAddress("0.0.0.0", 7443), at(now));

        assertThat(certificate("pki/server.pem").getSubjectAlternativeNames().toString())
                .contains("127.0.0.1", InetAddress.getLocalHost().getHostName())
                .doesNotContain("0.0.0.0,", "0.0.0.0]");
    }

    @Test
    void aDamagedAuthorityIsToldAndNotReplaced() throws Exception {
        ApiIdentity.open(home, LOOPBACK, at(now));
        var other = HomeFolder.open(temporary.resolve("other"));
        ApiIdentity.open(other, LOOPBACK, at(now));
        var whole = home.read("pki/ca.pem");
        var mixed = whole.substring(0, whole.indexOf("-----BEGIN CERT")) + other.read("pki/ca.crt");

        for (var damaged : new String[] {"", "garbage", whole.replace("CERTIFICATE", "THING"), mixed}) {
            home.writeSecret("pki/ca.pem", damaged);
            assertThatThrownBy(() -> ApiIdentity.open(home, LOOPBACK, at(now)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("ca.pem cannot be used");
            assertThat(home.read("pki/ca.pem")).isEqualTo(damaged);
        }
    }

    @Test
    void aStrictClientTakesIt() throws Exception {
        var identity = ApiIdentity.open(home, LOOPBACK, at(now));

        assertThat(shownBy(identity, home).getIssuerX500Principal())
                .isEqualTo(certificate("pki/ca.pem").getSubjectX500Principal());
    }

    @Test
    void aRenewalShowsAtTheNextHandshake() throws Exception {
        var clock = new Moving(now.minus(Duration.ofDays(270)));
        var identity = ApiIdentity.open(home, LOOPBACK, clock);
        var before = shownBy(identity, home);
        assertThat(identity.renewIfDue()).isFalse();
        clock.instant = now;

        assertThat(identity.renewIfDue()).isTrue();

        assertThat(shownBy(identity, home)).isNotEqualTo(before).isEqualTo(certificate("pki/server.pem"));
        assertThat(identity.renewIfDue()).isFalse();
    }

    @Test
    void openSslFindsNothingToSay() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "needs openssl");
        ApiIdentity.open(home, named("localhost", "127.0.0.1"), at(now));
        var leaf = temporary.resolve("leaf.crt");
        Files.writeString(
                leaf,
                home.read("pki/server.pem").replaceAll("(?s)-----BEGIN PRIVATE.*?-----END PRIVATE KEY-----\n", ""));

        var output = run(
                "openssl",
                "verify",
                "-x509_strict",
                "-no-CApath",
                "-no-CAstore",
                "-CAfile",
                home.resolve("pki/ca.crt").toString(),
                "-purpose",
                "sslserver",
                "-verify_ip",
                "127.0.0.1",
                "-verify_hostname",
                "localhost",
                leaf.toString());
        var text = run(
                "openssl",
                "x509",
                "-noout",
                "-text",
                "-in",
                home.resolve("pki/ca.crt").toString());

        assertThat(output).contains(": OK");
        assertThat(text)
                .contains("CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "ecdsa-with-SHA256", "prime256v1")
                .contains("X509v3 Basic Constraints: critical", "X509v3 Key Usage: critical");
    }

    /** The certificate that a client sees who trusts the home's authority alone and checks the address. */
    private static X509Certificate shownBy(ApiIdentity identity, HomeFolder home) throws Exception {
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", parsed(home.read("pki/ca.crt")));
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        var client = SSLContext.getInstance("TLS");
        client.init(null, trust.getTrustManagers(), null);
        try (var listening = identity.serverContext()
                        .getServerSocketFactory()
                        .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var served = threads.submit(() -> {
                try (var socket = (SSLSocket) listening.accept()) {
                    socket.startHandshake();
                    return socket.getInputStream().read();
                }
            });
            try (var socket =
                    (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", listening.getLocalPort())) {
                var parameters = new SSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                socket.getOutputStream().write(1);
                socket.getOutputStream().flush();
                assertThat(served.get()).isEqualTo(1);
                return (X509Certificate) socket.getSession().getPeerCertificates()[0];
            }
        }
    }

    private X509Certificate certificate(String file) throws Exception {
        return parsed(home.read(file));
    }

    private static X509Certificate parsed(String pem) throws Exception {
        var text = pem.substring(pem.indexOf("-----BEGIN CERTIFICATE"));
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private String mode(String file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(file)));
    }

    private static InetSocketAddress named(String host, String address) throws Exception {
        return new InetSocketAddress(
                InetAddress.getByAddress(host, InetAddress.ofLiteral(address).getAddress()), 7443);
    }

    private static Clock at(Instant time) {
        return Clock.fixed(time, ZoneOffset.UTC);
    }

    private static String run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** A clock that a test moves. */
    private static final class Moving extends Clock {
        private Instant instant;

        Moving(Instant instant) {
            this.instant = instant;
        }

        @Override
        public Instant instant() {
            return instant;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
