package dev.capstan.resourceprovider;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.capstan.embeddedkubernetes.ServerTls;
import dev.capstan.resourceprovider.identity.TrustedIssuer;
import dev.capstan.resourceprovider.wire.AccessScope;
import dev.capstan.resourceprovider.wire.Caller.Grant;
import dev.capstan.resourceprovider.wire.Role;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An issuer on loopback, over TLS with an authority of its own, with an RSA and an EC key. */
class OutsideIssuerTest {

    private static final KeyStore TLS = TestKeys.server();
    private static final KeyPair RSA = pair("RSA", 2048);
    private static final KeyPair EC = pair("EC", 256);
    private static final KeyPair OTHER = pair("EC", 256);

    private final Lab lab = new Lab();
    private final AtomicInteger asked = new AtomicInteger();
    private HttpsServer server;
    private volatile String keys;
    private volatile int status = 200;

    @BeforeEach
    void start() throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(ServerTls.of(TLS, TestKeys.PASSWORD)));
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            String body = exchange.getRequestURI().getPath().endsWith("openid-configuration")
                    ? Lab.json("{'issuer':'" + issuer() + "','jwks_uri':'" + issuer() + "/keys'}")
                    : keys;
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        keys = "{\"keys\":[" + rsa() + "," + ec("ec", EC) + "]}";
        trust(TestKeys.pem(TLS));
    }

    @AfterEach
    void stop() {
        server.stop(0);
        lab.close();
    }

    private void trust(String authority) {
        lab.trust(new TrustedIssuer(
                issuer(),
                "capstan",
                authority,
                "groups",
                Map.of(
                        "admins", List.of(new Grant(Role.OWNER, new AccessScope(Lab.SUBSCRIPTION, null, null))),
                        "watchers", List.of(new Grant(Role.READER, new AccessScope(Lab.SUBSCRIPTION, "rg", null))))));
    }

    private String issuer() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    private static KeyPair pair(String kind, int bits) {
        try {
            var generator = KeyPairGenerator.getInstance(kind);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        int zero = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.util.Arrays.copyOfRange(bytes, zero, bytes.length));
    }

    private static String rsa() {
        var key = (RSAPublicKey) RSA.getPublic();
        return Lab.json("{'kty':'RSA','kid':'rsa','n':'" + number(key.getModulus()) + "','e':'"
                + number(key.getPublicExponent()) + "'}");
    }

    private static String ec(String id, KeyPair pair) {
        var point = ((ECPublicKey) pair.getPublic()).getW();
        return Lab.json("{'kty':'EC','crv':'P-256','kid':'" + id + "','x':'" + number(point.getAffineX()) + "','y':'"
                + number(point.getAffineY()) + "'}");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String token(String alg, String kid, KeyPair key, String claims) throws Exception {
        String signed = base64(Lab.json("{'alg':'" + alg + "','kid':'" + kid + "'}")) + "." + base64(claims);
        Signature signature = Signature.getInstance(
                key.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
        signature.initSign(key.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private String claims(String groups) {
        return claims(issuer(), "'capstan'", Lab.START.plus(Duration.ofHours(1)), groups);
    }

    private static String claims(String issuer, String audience, Instant end, String groups) {
        return Lab.json("{'iss':'" + issuer + "','aud':" + audience + ",'sub':'alice@example','exp':"
                + end.getEpochSecond() + ",'groups':" + groups + "}");
    }

    private int get(String token, String path) {
        return lab.as(token, "GET", path, null).status();
    }

    @Test
    void bothAlgorithmsAndBothFormsOfTheClaimGiveTheirRoles() throws Exception {
        lab.withCluster();
        String owner = token("RS256", "rsa", RSA, claims("['others','admins']"));
        String reader = token("ES256", "ec", EC, claims("'watchers'"));
        assertThat(lab.as(owner, "PUT", Lab.GROUP, "{\"location\":\"westeurope\"}")
                        .status())
                .isEqualTo(200);
        assertThat(get(reader, Lab.CLUSTER)).isEqualTo(200);
        Answer refused = lab.as(reader, "DELETE", Lab.CLUSTER, null);
        assertThat(refused.code()).isEqualTo("AuthorizationFailed");
        assertThat(refused.message()).contains(issuer() + "#alice@example");
        assertThat(lab.audited().getLast().path("caller").asText()).isEqualTo(issuer() + "#alice@example");
        assertThat(get(token("ES256", "ec", EC, claims("['nobody']")), Lab.SUB)).isEqualTo(403);
        assertThat(asked.get()).as("fetched once").isEqualTo(2);
    }

    @Test
    void everythingElseIsRefused() throws Exception {
        Instant later = Lab.START.plus(Duration.ofHours(1));
        String good = token("ES256", "ec", EC, claims("'admins'"));
        String[] parts = good.split("\\.", -1);
        String hmac = base64(Lab.json("{'alg':'HS256','kid':'rsa'}")) + "." + parts[1] + "." + parts[2];
        String none = base64(Lab.json("{'alg':'none','kid':'ec'}")) + "." + parts[1] + ".";
        assertThat(get(good, "/subscriptions")).isEqualTo(200);
        for (String bad : new String[] {
            token("ES256", "ec", OTHER, claims("'admins'")),
            token("ES256", "rsa", EC, claims("'admins'")),
            token("RS256", "ec", EC, claims("'admins'")),
            token("PS256", "rsa", RSA, claims("'admins'")),
            token("ES256", "ec", EC, claims("https://elsewhere", "'capstan'", later, "'admins'")),
            token("ES256", "ec", EC, claims(issuer(), "'others'", later, "'admins'")),
            token("ES256", "ec", EC, claims(issuer(), "['a','b']", later, "'admins'")),
            token("ES256", "ec", EC, claims(issuer(), "'capstan'", Lab.START.minusSeconds(61), "'admins'")),
            token("ES256", "ec", EC, claims("'admins'").replaceAll(",\"exp\":[0-9]+", "")),
            token("ES256", "ec", EC, claims("'admins'").replace("alice@example", "a b")),
            token("ES256", "ec", EC, claims("'admins'").replace("}", ",\"nbf\":" + later.getEpochSecond() + "}")),
            hmac,
            none,
            parts[0] + "." + parts[1] + "." + base64("x"),
            parts[0] + "." + base64("{}") + "." + parts[2]
        }) {
            assertThat(get(bad, "/subscriptions")).as(bad).isEqualTo(401);
        }
        assertThat(asked.get()).as("bad tokens make nobody ask").isEqualTo(2);
    }

    @Test
    void aNewKeyIsFoundAndAnIssuerThatIsAwayIsLivedWithForADay() throws Exception {
        assertThat(get(token("ES256", "ec", EC, claims("'admins'")), "/subscriptions"))
                .isEqualTo(200);
        keys = "{\"keys\":[" + ec("next", OTHER) + "]}";
        lab.pass(Duration.ofSeconds(31));
        assertThat(get(token("ES256", "next", OTHER, claims("'admins'")), "/subscriptions"))
                .isEqualTo(200);
        assertThat(get(token("ES256", "ec", EC, claims("'admins'")), "/subscriptions"))
                .isEqualTo(401);
        status = 500;
        lab.pass(Duration.ofHours(23));
        String late = claims(issuer(), "'capstan'", Lab.START.plus(Duration.ofDays(3)), "'admins'");
        assertThat(get(token("ES256", "next", OTHER, late), "/subscriptions")).isEqualTo(200);
        lab.pass(Duration.ofHours(2));
        assertThat(get(token("ES256", "next", OTHER, late), "/subscriptions")).isEqualTo(401);
    }

    @Test
    void anIssuerWhoseCertificateIsOfAnotherAuthorityIsNotAsked() throws Exception {
        trust(TestKeys.pem(TestKeys.server()));
        assertThat(get(token("ES256", "ec", EC, claims("'admins'")), "/subscriptions"))
                .isEqualTo(401);
        assertThat(asked.get()).isZero();
    }

    @Test
    void anAnswerWithoutEndIsCutAndRefused() throws Exception {
        keys = "{\"keys\":[" + " ".repeat(300 * 1024) + "]}";
        assertThat(get(token("ES256", "ec", EC, claims("'admins'")), "/subscriptions"))
                .isEqualTo(401);
    }
}
