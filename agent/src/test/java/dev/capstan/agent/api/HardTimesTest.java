package dev.capstan.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.capstan.agent.FakeApi;
import dev.capstan.agent.TestPki;
import dev.capstan.agent.disk.ClusterPin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A watch in hard times: servers that are away, silent, stale or overloaded, and how often they are asked then. */
class HardTimesTest {

    private static final Connection.Patience SHORT = new Connection.Patience(300, 60_000);

    @TempDir
    private Path folder;

    private final List<Sighting<SecretObject>> news = new CopyOnWriteArrayList<>();
    private final QuickTime time = new QuickTime();

    private Api api(FakeApi server) throws IOException {
        Path ca = Files.writeString(folder.resolve("ca.crt"), TestPki.authority());
        Path token = Files.writeString(folder.resolve("token"), FakeApi.TOKEN + "\n");
        return new Api(Endpoint.parse(server.url()), ca, new Token(token), new ClusterPin(folder.resolve("uid")));
    }

    private Watch<SecretObject> watch(FakeApi server, Connection.Patience patience) throws IOException {
        Watch<SecretObject> watch = Watch.ofSecret(api(server), news::add, patience, time);
        watch.start();
        return watch;
    }

    private Watch<SecretObject> watch(FakeApi server) throws IOException {
        return watch(server, Watch.PATIENCE);
    }

    private static boolean isList(FakeApi.Seen request) {
        return request.path().contains("/secrets?") && !request.path().contains("watch=true");
    }

    private static boolean isWatch(FakeApi.Seen request) {
        return request.path().contains("watch=true");
    }

    private String last() {
        return news.isEmpty()
                ? ""
                : news.getLast() instanceof Sighting.Present<SecretObject>(SecretObject secret)
                        ? new String(secret.data().get("a"), StandardCharsets.UTF_8)
                        : news.getLast().toString();
    }

    private void awaitLast(FakeApi server, String text) throws InterruptedException {
        server.await(text, () -> last().equals(text));
    }

    @Test
    void aServerThatIsAwayForAnHourIsAskedAFewTimesAMinuteAndWhatChangedMeanwhileIsFoundAfterwards() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "before"));
            try (Watch<SecretObject> watch = watch(server)) {
                awaitLast(server, "before");
                server.await("a watch", () -> server.count(HardTimesTest::isWatch) == 1);
                AtomicInteger tries = new AtomicInteger();
                server.refusing(tries::incrementAndGet);
                long begun = time.seconds();
                server.await("an hour", () -> time.seconds() - begun >= 3600);
                // 15 s on average, and a few quick ones in the first minute.
                assertThat(tries.get()).isBetween(180, 320);
                assertThat(news).hasSize(1);
                server.secret(Map.of("a", "after"));
                server.compact();
                server.away(false);
                awaitLast(server, "after");
                assertThat(news).hasSize(2);
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void aServerWhoseConnectionIsOpenAndSilentIsLeftInTimeAndListedAnew() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "first"));
            try (Watch<SecretObject> watch = watch(server, SHORT)) {
                awaitLast(server, "first");
                server.await("another connection", () -> server.connections() >= 3);
                assertThat(server.count(HardTimesTest::isList)).isGreaterThanOrEqualTo(2);
                server.secret(Map.of("a", "second"));
                awaitLast(server, "second");
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void aServerThatSaysABookmarkNowAndThenIsNotListedAnew() throws Exception {
        while (!isNotListedAnew()) {
            // This machine was so busy that the server itself was silent for long.
        }
    }

    /** False if the bookmarks did not come in time, which then says nothing. */
    private boolean isNotListedAnew() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "first"));
            try (Watch<SecretObject> watch = watch(server, new Connection.Patience(3000, 60_000))) {
                server.await("a watch", () -> server.count(HardTimesTest::isWatch) == 1);
                long until = System.nanoTime() + 6_000_000_000L;
                long[] said = {System.nanoTime(), 0};
                server.await("six seconds of bookmarks", () -> {
                    server.bookmark(true);
                    long now = System.nanoTime();
                    said[1] = Math.max(said[1], now - said[0]);
                    said[0] = now;
                    return now > until;
                });
                if (said[1] > 1_000_000_000L) {
                    return false;
                }
                assertThat(server.count(HardTimesTest::isWatch)).isOne();
                assertThat(server.count(HardTimesTest::isList)).isOne();
                assertThat(watch).isNotNull();
                return true;
            }
        }
    }

    @Test
    void aStaleServersAnswerNeverBringsBackWhatWasRemoved() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "removed since"));
            String stale = FakeApi.ok(
                    "{\"kind\":\"SecretList\",\"metadata\":{\"resourceVersion\":\"99\"},\"items\":["
                            + "{\"metadata\":{\"name\":\"custom-ca-trust-secret\",\"resourceVersion\":\"98\"},\"data\":{\"a\":\"c3RhbGU=\"}}]}");
            try (Watch<SecretObject> watch = watch(server)) {
                awaitLast(server, "removed since");
                server.await("a watch", () -> server.count(HardTimesTest::isWatch) == 1);
                AtomicInteger staleAnswers = new AtomicInteger();
                server.script(request -> isList(request) && staleAnswers.incrementAndGet() <= 2 ? stale : null);
                server.away(true);
                server.secret(Map.of("a", "now"));
                server.compact();
                server.away(false);
                awaitLast(server, "now");
                assertThat(staleAnswers).hasValueGreaterThanOrEqualTo(3);
                assertThat(news).hasSize(2);
                server.raw(
                        true,
                        "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"custom-ca-trust-secret\","
                                + "\"resourceVersion\":\"98\"},\"data\":{\"a\":\"c3RhbGU=\"}}}\n");
                server.await("another list", () -> staleAnswers.get() >= 4);
                server.secret(Map.of("a", "later"));
                awaitLast(server, "later");
                assertThat(news).noneMatch(sighting -> sighting.toString().contains("98"));
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void aRestoredEtcdIsBelievedWhenNothingNewerIsHeardForAMinute() throws Exception {
        try (FakeApi server = new FakeApi()) {
            for (int change = 0; change < 20; change++) {
                server.secret(Map.of("a", "change " + change));
            }
            try (Watch<SecretObject> watch = watch(server, SHORT)) {
                awaitLast(server, "change 19");
                long begun = time.seconds();
                server.away(true);
                server.restore(40, Map.of("a", "of the backup"));
                server.away(false);
                awaitLast(server, "of the backup");
                assertThat(time.seconds() - begun).isGreaterThanOrEqualTo(Newest.LASTING_SECONDS);
                server.secret(Map.of("a", "after it"));
                awaitLast(server, "after it");
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void versionsAreComparedAsWholeNumbersAndOnlyThose() {
        Newest newest = new Newest();
        assertThat(newest.isAfter("1")).isFalse();
        newest.told("100");
        assertThat(newest.isAfter("99")).isTrue();
        assertThat(newest.isAfter("100")).isFalse();
        assertThat(newest.isAfter("1000")).isFalse();
        assertThat(newest.isAfter("099")).isFalse();
        assertThat(newest.isAfter("x")).isFalse();
        newest.told("999999999999999999999999999999");
        assertThat(newest.isAfter("999999999999999999999999999998")).isTrue();
        newest.told("v2");
        assertThat(newest.isAfter("1")).isFalse();
        newest.told("100");
        assertThat(newest.hasLasted(0)).isFalse();
        assertThat(newest.hasLasted(61_000_000_000L)).isFalse();
        assertThat(newest.hasLasted(62_000_000_000L)).isTrue();
        newest.told("100");
        assertThat(newest.hasLasted(70_000_000_000L)).isFalse();
    }

    @Test
    void aRightThatIsMissingIsNamedAndWhatItBringsIsTakenUpWhenItIsThere() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "first"));
            String words = "secrets is forbidden: User x cannot list resource secrets";
            server.script(request -> request.path().contains("/secrets?") ? FakeApi.status(403, words) : null);
            try (Watch<SecretObject> watch = watch(server)) {
                server.await("a refusal", () -> !news.isEmpty());
                assertThat(news).allMatch(sighting -> sighting instanceof Sighting.Unknown);
                assertThat(last()).contains(words, "lacks that right", "what is there is kept");
                server.script(request -> null);
                awaitLast(server, "first");
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void aServerThatHasJustStartedMayRefuseEverybodyForSomeSecondsWithoutAnAlarm() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "first"));
            try (Watch<SecretObject> watch = watch(server)) {
                awaitLast(server, "first");
                server.await("a watch", () -> server.count(HardTimesTest::isWatch) == 1);
                AtomicInteger refused = new AtomicInteger();
                server.script(request -> refused.incrementAndGet() <= 2 ? FakeApi.status(403, "no roles yet") : null);
                server.cut();
                server.await("another watch", () -> server.count(HardTimesTest::isWatch) == 2);
                server.secret(Map.of("a", "second"));
                awaitLast(server, "second");
                assertThat(news).hasSize(2).allMatch(sighting -> sighting instanceof Sighting.Present);
                assertThat(server.count(HardTimesTest::isList)).isOne();
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void aServerInTroubleIsGoneOnWithFromTheLastVersionWithoutAList() throws Exception {
        try (FakeApi server = new FakeApi()) {
            server.secret(Map.of("a", "first"));
            try (Watch<SecretObject> watch = watch(server)) {
                server.await("a watch", () -> server.count(HardTimesTest::isWatch) == 1);
                for (int status : new int[] {429, 500, 503, 401}) {
                    AtomicInteger refused = new AtomicInteger();
                    server.script(request -> isWatch(request) && refused.incrementAndGet() <= 3
                            ? FakeApi.status(status, "in trouble")
                            : null);
                    server.cut();
                    server.await("three refusals and a watch", () -> refused.get() >= 4);
                    server.secret(Map.of("a", "after " + status));
                    awaitLast(server, "after " + status);
                }
                assertThat(server.count(HardTimesTest::isList)).isOne();
                assertThat(watch).isNotNull();
            }
        }
    }

    /** What a server does, and how often it may be asked for it: in the first minute, and in one of the sixty after it. */
    static List<Arguments> failures() {
        String listed = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        String gone = "{\"type\":\"ERROR\",\"object\":{\"code\":410,\"message\":\"too old\"}}\n";
        return List.of(
                failure("refuses each connection after TLS", "", HardTimesTest::isAny, 14, 6),
                failure("401", FakeApi.status(401, "Unauthorized"), HardTimesTest::isAny, 12, 4),
                failure("403", FakeApi.status(403, "forbidden"), HardTimesTest::isAny, 12, 4),
                failure("429", FakeApi.status(429, "too many"), HardTimesTest::isAny, 14, 6),
                failure(
                        "429 with Retry-After: 20",
                        FakeApi.status(429, "too many").replace("\r\n\r\n", "\r\nRetry-After: 20\r\n\r\n"),
                        HardTimesTest::isAny,
                        4,
                        3),
                failure("500", FakeApi.status(500, "oops"), HardTimesTest::isAny, 14, 6),
                failure("garbage", "garbage\r\n\r\n", HardTimesTest::isAny, 14, 6),
                failure(
                        "another cluster",
                        FakeApi.ok("{\"metadata\":{\"uid\":\"99999999-aaaa-bbbb-cccc-000000000009\"}}"),
                        HardTimesTest::isAny,
                        5,
                        4),
                failure("410 for each watch", FakeApi.status(410, "gone"), HardTimesTest::isWatch, 40, 18),
                failure(
                        "410 in each stream",
                        listed + Integer.toHexString(gone.length()) + "\r\n" + gone + "\r\n0\r\n\r\n",
                        HardTimesTest::isWatch,
                        40,
                        18),
                failure("ends each watch at once", listed + "0\r\n\r\n", HardTimesTest::isWatch, 30, 12));
    }

    private static Arguments failure(
            String what, String answer, Predicate<FakeApi.Seen> which, int firstMinute, int eachMinute) {
        return Arguments.of(what, answer, which, firstMinute, eachMinute);
    }

    private static boolean isAny(FakeApi.Seen request) {
        return !request.path().isEmpty();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void noFailureIsMetWithHammering(
            String what, String answer, Predicate<FakeApi.Seen> which, int firstMinute, int eachMinute)
            throws Exception {
        try (FakeApi server = new FakeApi()) {
            Files.writeString(folder.resolve("uid"), "11111111-aaaa-bbbb-cccc-000000000001\n");
            List<Long> asked = new CopyOnWriteArrayList<>();
            server.script(request -> {
                asked.add(time.seconds());
                return which.test(request) ? answer : null;
            });
            try (Watch<SecretObject> watch = watch(server)) {
                server.await("half an hour", () -> time.seconds() >= 31 * 60);
                long first = asked.stream().filter(second -> second < 60).count();
                double later = asked.stream()
                                .filter(second -> second >= 60 && second < 31 * 60)
                                .count()
                        / 30.0;
                System.getLogger("dev.capstan.agent.HardTimes")
                        .log(
                                System.Logger.Level.INFO,
                                what + ": " + first + " requests in the first minute, " + later + " in each later one");
                assertThat(first).as(what).isLessThanOrEqualTo(firstMinute);
                assertThat(later).as(what).isLessThanOrEqualTo(eachMinute).isGreaterThan(1);
                assertThat(news).noneMatch(sighting -> sighting instanceof Sighting.Present);
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void tenThousandAgentsDoNotComeBackInStep() {
        for (int awaySeconds : new int[] {0, 5, 60, 3600}) {
            Random random = new Random(1);
            Map<Long, Integer> arrivals = new TreeMap<>();
            for (int agent = 0; agent < 10_000; agent++) {
                Backoff backoff = Backoff.atApi(random::nextLong);
                long at = 0;
                do {
                    at += backoff.afterFailure();
                } while (at < awaySeconds * 1000L);
                arrivals.merge((at - awaySeconds * 1000L) / 100, 1, Integer::sum);
            }
            int most =
                    arrivals.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
            System.getLogger("dev.capstan.agent.HardTimes")
                    .log(
                            System.Logger.Level.INFO,
                            "away for " + awaySeconds + " s: at most " + most
                                    + " of 10000 in a tenth of a second, over " + arrivals.size() / 10.0 + " s");
            // Evenly over 1 s it is 1000 in each tenth; over the triangle below 30 s at most 67.
            assertThat(most).isLessThan(awaySeconds == 0 ? 1150 : awaySeconds == 5 ? 400 : 110);
        }
    }

    @Test
    void aServerThatAsksToBeLeftAloneIsLeftAloneByEveryRequest() throws Exception {
        while (!isLeftAlone()) {
            // This machine was so busy that the time was over before everything was asked.
        }
    }

    /** False if it could not be seen in the server's time. */
    private boolean isLeftAlone() throws Exception {
        try (FakeApi server = new FakeApi()) {
            Token token = new Token(folder.resolve("token"));
            AtomicInteger leases = new AtomicInteger();
            server.script(request -> request.path().contains("/leases/") && leases.incrementAndGet() == 1
                    ? FakeApi.status(429, "busy").replace("\r\n\r\n", "\r\nRetry-After: 2\r\n\r\n")
                    : null);
            try (Requests requests = new Requests(api(server), FakeApi.NODE, token)) {
                long begun = System.nanoTime();
                assertThatThrownBy(() -> requests.renewLease("now")).hasMessageContaining("429: busy");
                List<Throwable> refused =
                        List.of(catchThrowable(() -> requests.renewLease("now")), catchThrowable(requests::nodeTrust));
                int asked = leases.get();
                if (System.nanoTime() - begun > 1_900_000_000L) {
                    return false;
                }
                assertThat(refused).allSatisfy(failure -> assertThat(failure).hasMessageContaining("429: busy"));
                assertThat(asked).isOne();
                for (boolean done = false; !done && System.nanoTime() - begun < 300_000_000_000L; ) {
                    try {
                        requests.renewLease("now");
                        done = true;
                    } catch (IOException notYet) {
                        TimeUnit.MILLISECONDS.sleep(20);
                    }
                }
                assertThat(leases).hasValueGreaterThan(1);
                assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(2_000_000_000L);
                return true;
            }
        }
    }

    @Test
    void anAnswerThatTricklesEndsInItsTime() throws Exception {
        try (FakeApi server = new FakeApi()) {
            Api api = api(server);
            server.trickle("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 50);
            try (Connection connection = api.open()) {
                long begun = System.nanoTime();
                assertThatThrownBy(() -> api.send(connection, Request.get("/"), new Connection.Patience(1000, 1500))
                                .body()
                                .all())
                        .hasMessageContaining("did not end in its time");
                assertThat(System.nanoTime() - begun).isGreaterThan(1_400_000_000L);
            }
        }
    }

    @Test
    void aSecretOfAMebibyteIsReadInAListAndInAnEvent() throws Exception {
        try (FakeApi server = new FakeApi()) {
            String large = "x".repeat(1024 * 1024);
            server.secret(Map.of("a", large));
            try (Watch<SecretObject> watch = watch(server)) {
                awaitLast(server, large);
                server.secret(Map.of("a", large + "y"));
                awaitLast(server, large + "y");
                assertThat(watch).isNotNull();
            }
        }
    }

    @Test
    void whoeverLooksAfterTheNodeIsToldWhatToDo() throws Exception {
        try (FakeApi server = new FakeApi();
                FakeApi elsewhere = new FakeApi(TestPki.otherHost())) {
            Api api = api(server);
            Files.writeString(folder.resolve("ca.crt"), TestPki.foreignAuthority());
            assertThatThrownBy(api::connect)
                    .satisfies(failure -> assertThat(api.words((Exception) failure))
                            .contains("from none of the CAs in " + folder.resolve("ca.crt"), "put the new one there"));
            Api other = api(elsewhere);
            assertThatThrownBy(other::connect)
                    .satisfies(failure ->
                            assertThat(other.words((Exception) failure)).contains("127.0.0.1"));
            Api right = api(server);
            server.token("another");
            assertThatThrownBy(right::connect)
                    .satisfies(failure -> assertThat(right.words((Exception) failure))
                            .contains("token in " + folder.resolve("token"), "capstan agent credential"));
        }
    }
}
