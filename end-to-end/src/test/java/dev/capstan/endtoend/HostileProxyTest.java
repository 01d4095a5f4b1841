package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.capstan.resources.CustomResourceDefinitions;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent that reaches Kubernetes' own API server through a proxy that does it every harm a network and a server in trouble can
 * do. Verdicts are the bytes of the node's store, a watch of the NodeTrust that goes past the proxy, and the proxy's own count of
 * requests. Each test begins with a Secret of one certificate that the node holds.
 */
@Order(1)
final class HostileProxyTest {

    private static final String SECRETS = "/api/v1/namespaces/kube-system/secrets";
    private static final String SECRET = SECRETS + "/custom-ca-trust-secret";
    private static final String CLUSTER = "GET /api/v1/namespaces/kube-system HTTP";
    private static final int AUTHORITIES = 5;
    private static final char[] PASSWORD = "proxy".toCharArray();

    @TempDir
    private static Path folder;

    private static @Nullable RealKubernetes kubernetes;
    private static @Nullable HostileProxy proxy;
    private static @Nullable WatchedNode node;
    private static Api api;
    private static final List<String> AUTHORITY = new ArrayList<>();

    @BeforeAll
    static void up() throws Exception {
        Requirements.realKubernetes();
        Requirements.programs(List.of("openssl", "curl"));
        kubernetes = RealKubernetes.up(folder.resolve("kubernetes"));
        api = Api.of(kubernetes);
        for (String manifest : CustomResourceDefinitions.manifests()) {
            api.write(
                    "POST",
                    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                    new YAMLMapper().readTree(manifest).toString());
        }
        api.write("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"capstan-system\"}}");
        Files.createDirectory(folder.resolve("authorities"));
        for (int number = 0; number < AUTHORITIES; number++) {
            Program.clean()
                    .run(
                            Repository.lab("make-ca").toString(),
                            folder.resolve("authorities").toString(),
                            "ca" + number,
                            "x.test")
                    .orFail();
            AUTHORITY.add(Files.readString(folder.resolve("authorities/ca" + number + "-ca.crt")));
        }
        Properties access = RealKubernetes.readAccess(kubernetes.access());
        String server = access.getProperty("SERVER");
        proxy = new HostileProxy(
                Integer.parseInt(server.substring(server.lastIndexOf(':') + 1)),
                towardsServer(),
                certificate("apiserver"),
                1);
        node = new WatchedNode(api, Files.createDirectory(folder.resolve("node")), proxy.url(), clusterAuthority());
        Await.until("the definitions are served", () -> {
            try {
                return api.status("GET", "/apis/capstan.dev/v1/nodetrusts") == 200;
            } catch (Exception notYet) {
                return false;
            }
        });
        node.join();
        node.deliverToken();
        secret("POST", SECRETS, Set.of(0));
        node.start();
    }

    @AfterAll
    static void down() throws Exception {
        try (RealKubernetes _ = kubernetes;
                HostileProxy _ = proxy;
                WatchedNode _ = node) {
            // In this order: agent, proxy, cluster.
        }
    }

    @BeforeEach
    void holdsOne() throws Exception {
        proxy.cutWithin(0);
        proxy.answer(request -> null);
        proxy.away(false);
        secret(Set.of(0));
        awaitHeld(Set.of(0));
        Await.until("the API is not away", () -> node.note().isEmpty());
    }

    private static String clusterAuthority() throws Exception {
        return Files.readString(kubernetes.folder().resolve("pki/ca.crt"));
    }

    private static SSLContext towardsServer() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(kubernetes.folder().resolve("pki/ca.crt"))) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Serves with {@code pki/NAME.crt} and its key. */
    private static SSLContext certificate(String name) throws Exception {
        openssl(
                "pkcs12",
                "-export",
                "-inkey",
                name + ".key",
                "-in",
                name + ".crt",
                "-out",
                name + ".p12",
                "-passout",
                "pass:proxy");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(kubernetes.folder().resolve("pki/" + name + ".p12"))) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** Makes {@code pki/NAME.crt} for 127.0.0.1 from the CA {@code pki/FROM.crt}. */
    private static void issue(String name, String from) throws Exception {
        Files.writeString(
                kubernetes.folder().resolve("pki/proxy.ext"),
                "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1\n");
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key");
        openssl("req", "-new", "-key", name + ".key", "-subj", "/CN=" + name, "-out", name + ".csr");
        openssl(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                from + ".crt",
                "-CAkey",
                from + ".key",
                "-CAcreateserial",
                "-days",
                "30",
                "-extfile",
                "proxy.ext",
                "-out",
                name + ".crt");
    }

    private static void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "cd \"$0\" && exec openssl \"$@\"",
                kubernetes.folder().resolve("pki").toString()));
        command.addAll(List.of(arguments));
        Program.clean().run(command, "").orFail();
    }

    private static void secret(Set<Integer> authorities) throws Exception {
        secret("PUT", SECRET, authorities);
    }

    private static void secret(String method, String path, Set<Integer> authorities) throws Exception {
        StringBuilder data = new StringBuilder();
        for (int number : authorities) {
            data.append(data.isEmpty() ? "" : ",")
                    .append("\"ca" + number + ".crt\":\"")
                    .append(Base64.getEncoder()
                            .encodeToString(AUTHORITY.get(number).getBytes(StandardCharsets.US_ASCII)))
                    .append('"');
        }
        api.write(
                method,
                path,
                "{\"metadata\":{\"name\":\"custom-ca-trust-secret\",\"namespace\":\"kube-system\"},\"data\":{" + data
                        + "}}");
    }

    private static Set<String> identities(Set<Integer> authorities) {
        Set<String> identities = new TreeSet<>();
        authorities.forEach(number -> identities.addAll(WatchedNode.identities(AUTHORITY.get(number))));
        return identities;
    }

    private static void awaitHeld(Set<Integer> authorities) {
        Set<String> wanted = identities(authorities);
        try {
            Await.until("the store holds " + authorities, () -> node.held().equals(wanted));
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "\n" + node.log(), late);
        }
    }

    /** Cuts all connections now and then until it is so. */
    private static void cutUntil(String what, BooleanSupplier condition) {
        long[] cut = {System.nanoTime() - 3_000_000_000L};
        Await.until(what, () -> {
            if (System.nanoTime() - cut[0] >= 3_000_000_000L) {
                cut[0] = System.nanoTime();
                proxy.cut();
            }
            return condition.getAsBoolean();
        });
    }

    private static boolean isList(String request) {
        return request.contains("/secrets?") && !request.contains("watch=true");
    }

    @Test
    void aSecretThatChangesTwoHundredTimesEndsWithTheLastSetAndNoLevelIsOfAnother() throws Exception {
        Random random = new Random(7);
        Set<String> were = new HashSet<>(Set.of(WatchedNode.fingerprint(identities(Set.of(0)))));
        List<JsonNode> states = node.record();
        proxy.cutWithin(2500);
        proxy.answer(request -> switch (random.nextInt(20)) {
            case 0 -> HostileProxy.refusal(500, "etcdserver: leader changed");
            case 1 -> HostileProxy.refusal(429, "too many requests");
            case 2 -> HostileProxy.answer(200, "{\"kind\":\"SecretList\",\"items\":[");
            case 3 -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
            default -> null;
        });
        Set<Integer> last = Set.of();
        for (int change = 0; change < 200; change++) {
            int bits = random.nextInt(1 << AUTHORITIES);
            last = new HashSet<>(IntStream.range(0, AUTHORITIES)
                    .filter(number -> (bits >> number & 1) != 0)
                    .boxed()
                    .toList());
            were.add(WatchedNode.fingerprint(identities(last)));
            secret(last);
            Thread.sleep(random.nextInt(40));
        }
        proxy.cutWithin(0);
        proxy.answer(request -> null);
        awaitHeld(last);
        String end = WatchedNode.fingerprint(identities(last));
        Await.until(
                "the NodeTrust says so",
                () -> node.status().path("written").asText().equals(end)
                        && states.getLast().path("wanted").asText().equals(end));
        assertThat(states.stream().filter(state -> state.has("level")))
                .hasSizeGreaterThan(1)
                .allSatisfy(state -> {
                    assertThat(state.path("written")).isEqualTo(state.path("wanted"));
                    assertThat(state.path("wanted").asText())
                            .isEqualTo(WatchedNode.fingerprint(WatchedNode.told(state)))
                            .isIn(were);
                });
        assertThat(node.status().path("drift").isMissingNode()).isTrue();
    }

    @Test
    void aVersionThatTheServerHasForgottenIsAnsweredWith410AndListedAnewOnce() throws Exception {
        proxy.away(true);
        secret(Set.of(1));
        secret(Set.of(2, 3));
        new RealServers(kubernetes).restartApiServer();
        int before = proxy.requests().size();
        proxy.away(false);
        awaitHeld(Set.of(2, 3));
        Await.until("a watch of the Secret goes on", () -> {
            List<String> since =
                    proxy.requests().subList(before, proxy.requests().size());
            return since.stream().anyMatch(HostileProxyTest::isList)
                    && since.stream()
                            .filter(request -> request.contains("/secrets?"))
                            .toList()
                            .getLast()
                            .contains("watch=true");
        });
        List<String> since = proxy.requests().subList(before, proxy.requests().size());
        assertThat(since.stream().filter(HostileProxyTest::isList)).hasSize(1);
        assertThat(since.indexOf(since.stream()
                        .filter(HostileProxyTest::isList)
                        .findFirst()
                        .orElseThrow()))
                .as("the old version was tried first: %s", since)
                .isGreaterThan(IntStream.range(0, since.size())
                        .filter(at -> since.get(at).contains("/secrets?")
                                && since.get(at).contains("watch=true"))
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void anAccountThatIsGoneKeepsTheSetAsksSeldomAndGoesOnWithTheNextToken() throws Exception {
        node.loseAccount();
        try {
            // The server knows a token for ten seconds more.
            cutUntil("the node says so", () -> node.note().contains("401"));
            int before = proxy.requests().size();
            secret(Set.of(1));
            long begin = System.nanoTime();
            Thread.sleep(10_000);
            int asked = proxy.requests().size() - before;
            // Three watches, the Lease and the token's renewal, each of which waits longer with each refusal.
            assertThat(asked / ((System.nanoTime() - begin) / 1e9))
                    .as("requests a second")
                    .isLessThanOrEqualTo(2.0);
            assertThat(node.held()).isEqualTo(identities(Set.of(0)));
            assertThat(node.log()).contains("capstan agent credential");
        } finally {
            node.regainAccount();
            node.deliverToken();
        }
        awaitHeld(Set.of(1));
    }

    @Test
    void aRightThatIsMissingIsSaidInTheNodeTrustAndTheSetIsKept() throws Exception {
        node.mayReadSecret(false);
        try {
            secret(Set.of(2));
            awaitHeld(Set.of(2));
            cutUntil("the cut shows it", () -> node.log().contains("not allowed to follow Secret"));
            secret(Set.of(3));
            Await.until(
                    "the NodeTrust says which right is missing",
                    () -> node.status().at("/problem/reason").asText().equals("SecretUnknown")
                            && node.status().at("/problem/message").asText().contains("cannot"));
            assertThat(node.held()).isEqualTo(identities(Set.of(2)));
            assertThat(node.status().path("level").asText()).isEqualTo("Written");
        } finally {
            node.mayReadSecret(true);
        }
        awaitHeld(Set.of(3));
        Await.until("no problem is left", () -> node.status().path("problem").isMissingNode());
    }

    @Test
    void anotherClusterBehindTheSameAddressIsTheApiAwayLoudly() throws Exception {
        String foreign = HostileProxy.answer(
                200,
                "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"kube-system\",\"uid\":\"0f0f0f0f-0000-4000-8000-000000000001\"}}");
        proxy.answer(request -> request.startsWith(CLUSTER) ? foreign : null);
        proxy.cut();
        Await.until("the node says so", () -> node.note().contains("another cluster"));
        int before = proxy.requests().size();
        api.write("DELETE", SECRET, "");
        Await.until("it looks again", () -> proxy.requests().size() > before + 1);
        assertThat(proxy.requests().subList(before, proxy.requests().size()))
                .allMatch(request -> request.startsWith(CLUSTER));
        assertThat(node.held()).isEqualTo(identities(Set.of(0)));
        assertThat(node.log()).contains("ERROR API away: the API server answers for another cluster");
        proxy.answer(request -> null);
        awaitHeld(Set.of());
        secret("POST", SECRETS, Set.of(0));
        awaitHeld(Set.of(0));
    }

    @Test
    void aCertificateUnderTheSameAuthorityIsTakenAndOneUnderAnotherOnlyWhenTheNodeIsGivenThatOne() throws Exception {
        issue("renewed", "ca");
        proxy.certificate(certificate("renewed"));
        secret(Set.of(1));
        awaitHeld(Set.of(1));
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "other.key");
        openssl(
                "req",
                "-x509",
                "-new",
                "-key",
                "other.key",
                "-subj",
                "/CN=kubernetes-ca",
                "-days",
                "30",
                "-out",
                "other.crt",
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign,cRLSign");
        issue("rotated", "other");
        proxy.certificate(certificate("rotated"));
        Await.until("the node says so", () -> node.note().contains("from none of the CAs in"));
        secret(Set.of(2));
        assertThat(node.held()).isEqualTo(identities(Set.of(1)));
        node.trust(clusterAuthority() + Files.readString(kubernetes.folder().resolve("pki/other.crt")));
        awaitHeld(Set.of(2));
        proxy.certificate(certificate("apiserver"));
    }

    /** Some five minutes, since a server that says nothing is believed for two and a half: {@code -Dcapstan.watch.long=true}. */
    @TestFactory
    Stream<DynamicTest> longRuns() {
        return Boolean.getBoolean("capstan.watch.long")
                ? Stream.of(DynamicTest.dynamicTest("an etcd that was restored is followed", this::followARestoredEtcd))
                : Stream.empty();
    }

    private void followARestoredEtcd() throws Exception {
        Path backup = folder.resolve("backup");
        RealServers servers = new RealServers(kubernetes);
        servers.restartWithEtcd(() -> copy(servers.etcd(), backup));
        for (int change = 0; change < 50; change++) {
            secret(Set.of(change % 3, 3));
        }
        secret(Set.of(1, 2));
        awaitHeld(Set.of(1, 2));
        servers.restartWithEtcd(() -> {
            Program.clean().run("rm", "-r", servers.etcd().toString()).orFail();
            copy(backup, servers.etcd());
        });
        Set<String> wanted = identities(Set.of(0));
        long until = System.nanoTime() + 900_000_000_000L;
        while (!node.held().equals(wanted) && System.nanoTime() < until) {
            Thread.sleep(1000);
        }
        assertThat(node.held()).as(node.log()).isEqualTo(wanted);
        assertThat(node.log()).contains("so etcd was restored");
    }

    private static void copy(Path from, Path to) {
        Program.clean().run("cp", "-a", from.toString(), to.toString()).orFail();
    }
}
