package dev.capstan.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.agent.FakeApi;
import dev.capstan.agent.TestPki;
import dev.capstan.agent.disk.ClusterPin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WatchTest {

    @TempDir
    private Path folder;

    private final List<Sighting<SecretObject>> news = new CopyOnWriteArrayList<>();

    private Watch<SecretObject> watch(FakeApi server) throws IOException {
        return watch(server, TestPki.authority());
    }

    private Watch<SecretObject> watch(FakeApi server, String authority) throws IOException {
        Path ca = Files.writeString(folder.resolve("ca.crt"), authority);
        Path token = Files.writeString(folder.resolve("token"), FakeApi.TOKEN + "\n");
        Api api = new Api(Endpoint.parse(server.url()), ca, new Token(token), new ClusterPin(folder.resolve("uid")));
        Watch<SecretObject> watch = Watch.ofSecret(api, news::add, Watch.PATIENCE, new QuickTime());
        watch.start();
        return watch;
    }

    private void awaitNews(FakeApi server, int count) throws InterruptedException {
        server.await(count + " news", () -> news.size() >= count);
    }

    private String text(int index, String key) {
        return news.get(index) instanceof Sighting.Present<SecretObject>(SecretObject secret)
                ? new String(secret.data().get(key), StandardCharsets.UTF_8)
                : news.get(index).toString();
    }

    private static boolean isList(FakeApi.Seen request) {
        return request.path().contains("/secrets?") && !request.path().contains("watch=true");
    }

    private static boolean isWatch(FakeApi.Seen request) {
        return request.path().contains("watch=true");
    }

    @Test
    void listsOnceThenFollowsEveryChangeUntilTheSecretIsGone() throws Exception {
        try (FakeApi server = new FakeApi();
                Watch<SecretObject> watch = watch(server)) {
            awaitNews(server, 1);
            assertThat(news.getFirst()).isInstanceOf(Sighting.Absent.class);
            server.secret(Map.of("a", "one"));
            awaitNews(server, 2);
            server.secret(Map.of("a", "two"));
            awaitNews(server, 3);
            server.deleteSecret();
            awaitNews(server, 4);
            assertThat(text(1, "a")).isEqualTo("one");
            assertThat(text(2, "a")).isEqualTo("two");
            assertThat(news.get(3)).isInstanceOf(Sighting.Absent.class);
            assertThat(server.count(WatchTest::isList)).isOne();
            assertThat(server.seen().getFirst().path()).isEqualTo("/api/v1/namespaces/kube-system");
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void aCutWatchIsResumedFromTheLastVersionBookmarksIncluded() throws Exception {
        try (FakeApi server = new FakeApi();
                Watch<SecretObject> watch = watch(server)) {
            server.await("a watch", () -> server.count(WatchTest::isWatch) == 1);
            server.bookmark(true);
            server.secret(Map.of("a", "x".repeat(300_000)));
            awaitNews(server, 2);
            server.cut();
            server.await("another watch", () -> server.count(WatchTest::isWatch) >= 2);
            server.secret(Map.of("a", "after"));
            awaitNews(server, 3);
            assertThat(text(2, "a")).isEqualTo("after");
            assertThat(server.count(WatchTest::isList)).isOne();
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void aWatchThatTheServerEndsGoesOnOverTheSameConnection() throws Exception {
        try (FakeApi server = new FakeApi();
                Watch<SecretObject> watch = watch(server)) {
            server.await("a watch", () -> server.count(WatchTest::isWatch) == 1);
            server.raw(true, "");
            server.await("another watch", () -> server.count(WatchTest::isWatch) >= 2);
            assertThat(server.connections()).isOne();
            assertThat(server.count(WatchTest::isList)).isOne();
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void aVersionThatIsGoneMakesANewList() throws Exception {
        try (FakeApi server = new FakeApi();
                Watch<SecretObject> watch = watch(server)) {
            server.await("a watch", () -> server.count(WatchTest::isWatch) == 1);
            server.away(true);
            server.secret(Map.of("a", "while away"));
            server.compact();
            server.away(false);
            awaitNews(server, 2);
            assertThat(text(1, "a")).isEqualTo("while away");
            assertThat(server.count(WatchTest::isList)).isEqualTo(2);
            assertThat(watch).isNotNull();
        }
    }

    static List<String> hostileLists() {
        return List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}",
                FakeApi.ok("{\"kind\":\"SecretList\",\"metadata\":{\"resourceVersion\":\"7\"}}"),
                FakeApi.ok("{\"kind\":\"SecretList\",\"items\":[]}"),
                FakeApi.ok("{}"),
                FakeApi.ok("[]"),
                FakeApi.ok(""),
                FakeApi.ok("<html>a proxy's log-in page</html>"),
                FakeApi.ok("{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]} {}"),
                FakeApi.ok("{\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"more\"},\"items\":[]}"),
                FakeApi.ok("{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":{}}"),
                "HTTP/1.1 302 Found\r\nLocation: https://elsewhere/\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                FakeApi.status(404, "gone"),
                FakeApi.status(500, "oops"),
                "");
    }

    @ParameterizedTest
    @MethodSource("hostileLists")
    void aListThatIsNoListIsNoNews(String hostile) throws Exception {
        AtomicBoolean answered = new AtomicBoolean();
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "real"));
            server.script(request -> isList(request) && answered.compareAndSet(false, true) ? hostile : null);
            try (Watch<SecretObject> watch = watch(server)) {
                awaitNews(server, 1);
                assertThat(answered).isTrue();
                assertThat(text(0, "a")).isEqualTo("real");
                assertThat(watch).isNotNull();
            }
        }
    }

    static List<String> hostileEvents() {
        String deleted = "{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"custom-ca-trust-secret\",";
        return List.of(
                deleted + "\"resourceVersion\":\"900\"",
                deleted + "\"resourceVersion\":\"\"}}}\n",
                "{\"type\":\"GONE\",\"object\":{\"metadata\":{\"resourceVersion\":\"900\"}}}\n",
                "{\"object\":{\"metadata\":{\"resourceVersion\":\"900\"}}}\n",
                "{\"type\":\"DELETED\"}\n",
                "{\"type\":\"DELETED\",\"object\":[]}\n",
                "not json at all\n",
                "[".repeat(5000) + "\n",
                "{\"type\":\"ERROR\",\"object\":{\"code\":500,\"message\":\"etcd\\nis away\"}}\n",
                "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"custom-ca-trust-secret\","
                        + "\"resourceVersion\":\"901\"},\"data\":{\"a\":\"%%%\"}}}\n");
    }

    @ParameterizedTest
    @MethodSource("hostileEvents")
    void anEventThatIsNoEventIsNoNewsAndTheWatchRecovers(String hostile) throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "first"));
            try (Watch<SecretObject> watch = watch(server)) {
                server.await("a watch", () -> server.count(WatchTest::isWatch) == 1);
                long sent = server.bytesOut();
                server.raw(true, hostile);
                server.await("the event on its way", () -> server.bytesOut() >= sent + hostile.length());
                if (!hostile.endsWith("\n")) {
                    server.cut();
                }
                server.await("a new start", () -> server.count(WatchTest::isWatch) >= 2);
                server.secret(Map.of("a", "second"));
                server.await("the second", () -> text(news.size() - 1, "a").equals("second"));
                assertThat(news).allMatch(sighting -> sighting instanceof Sighting.Present);
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void anEventBeyondTheLimitIsRefusedNotGathered() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "first"));
            try (Watch<SecretObject> watch = watch(server)) {
                server.await("a watch", () -> server.count(WatchTest::isWatch) == 1);
                server.raw(true, "x".repeat(Body.MAX_BYTES + 100_000));
                server.await("a new list", () -> server.count(WatchTest::isList) >= 2);
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void anotherObjectOfTheSameKindIsNotMistakenForOurs() throws Exception {
        try (FakeApi server = new FakeApi();
                Watch<SecretObject> watch = watch(server)) {
            server.await("a watch", () -> server.count(WatchTest::isWatch) == 1);
            server.raw(
                    true,
                    "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"other\",\"resourceVersion\":\"101\"}}}\n");
            server.secret(Map.of("a", "ours"));
            awaitNews(server, 2);
            assertThat(text(1, "a")).isEqualTo("ours");
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void aServerOfAnotherAuthorityOrForAnotherHostIsNotSpokenTo() throws Exception {
        try (FakeApi server = new FakeApi();
                FakeApi elsewhere = new FakeApi(TestPki.otherHost());
                Watch<SecretObject> wrongAuthority = watch(server, TestPki.foreignAuthority())) {
            Api api = new Api(
                    Endpoint.parse(elsewhere.url()),
                    Files.writeString(folder.resolve("right.crt"), TestPki.authority()),
                    new Token(folder.resolve("token")),
                    new ClusterPin(folder.resolve("uid")));
            assertThatThrownBy(api::connect).hasMessageContaining("127.0.0.1");
            Api wrong = new Api(
                    Endpoint.parse(server.url()),
                    folder.resolve("ca.crt"),
                    new Token(folder.resolve("token")),
                    new ClusterPin(folder.resolve("uid")));
            assertThatThrownBy(wrong::connect).isInstanceOf(IOException.class);
            assertThat(server.seen()).isEmpty();
            assertThat(elsewhere.seen()).isEmpty();
            assertThat(wrongAuthority).isNotNull();
        }
    }

    @Test
    void anotherClusterAtTheSameAddressIsNeverListenedTo() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "ours"));
            try (Watch<SecretObject> watch = watch(server)) {
                server.await("a watch", () -> server.count(WatchTest::isWatch) == 1);
                server.away(true);
                server.clusterUid("22222222-aaaa-bbbb-cccc-000000000002");
                server.deleteSecret();
                server.compact();
                int before = server.seen().size();
                server.away(false);
                server.await("a look at the cluster", () -> server.seen().size() > before);
                server.await("turning away", server::alone);
                assertThat(server.seen().subList(before, server.seen().size()))
                        .allMatch(request -> request.path().equals("/api/v1/namespaces/kube-system"));
                assertThat(news).hasSize(1);
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void aRefusedTokenIsReadAgainAndTheDeliveredOneUsed() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.token("second-token");
            try (Watch<SecretObject> watch = watch(server)) {
                server.await(
                        "a refusal",
                        () -> server.count(request -> request.token().equals(FakeApi.TOKEN)) >= 1);
                assertThat(news).isEmpty();
                Files.writeString(folder.resolve("token"), "second-token");
                awaitNews(server, 1);
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void noNewsComesAfterTheWatchIsClosed() throws Exception {
        try (FakeApi server = new FakeApi()) {
            Watch<SecretObject> watch = watch(server);
            server.await("a watch", () -> server.count(WatchTest::isWatch) == 1);
            watch.close();
            int before = news.size();
            server.secret(Map.of("a", "late"));
            server.cut();
            assertThat(news).hasSize(before);
        }
    }

    @Test
    void timesToWaitGrowFromASecondToHalfAMinuteAndBeginAnewAfterSuccess() {
        Backoff longest = Backoff.atApi(bound -> bound - 1);
        List<Long> waits = IntStream.range(0, 12)
                .mapToObj(failure -> longest.afterFailure())
                .toList();
        assertThat(waits)
                .startsWith(1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L)
                .endsWith(30_000L, 30_000L);
        longest.reset();
        assertThat(longest.afterFailure()).isEqualTo(1000);
        assertThat(longest.afterRefusal()).isBetween(15_000L, 30_000L);
        assertThat(Backoff.atApi(bound -> 0).afterFailure()).isEqualTo(1);
    }
}
