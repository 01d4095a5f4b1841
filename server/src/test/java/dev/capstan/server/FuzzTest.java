package dev.capstan.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that are made of the server's own description, most of them a little wrong: none is answered with 5xx, none takes
 * long, and the server does not grow. {@code -Dcapstan.fuzz.requests=1000000 -Dcapstan.fuzz.seed=7} by hand.
 */
class FuzzTest {

    private static final long REQUESTS = Long.getLong("capstan.fuzz.requests", 2000);
    private static final long SEED = Long.getLong("capstan.fuzz.seed", 1);
    private static final int CLIENTS = 4;
    private static final long REPORTED = 10_000;
    private static final long LONGEST_MILLIS = 60_000;
    private static final long MOST_GROWTH = 64L << 20;

    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    @TempDir
    private Path temporary;

    @Test
    void nothingThatIsAskedMakesTheServerFailHangOrGrow() throws Exception {
        var home = temporary.resolve("home");
        try (var up = UpProcess.simulated(home, List.of("-Xms32m", "-Xmx512m"));
                var arm = ArmClient.login(home)) {
            var fuzz = new Fuzz(description(), names(arm, home), SEED);
            Queue<String> faults = new ConcurrentLinkedQueue<>();
            // The first third fills whatever fills once: pools, kept answers, compiled code.
            send(fuzz, arm, 0, REQUESTS / 3, faults);
            long before = used(up);
            send(fuzz, arm, REQUESTS / 3, REQUESTS, faults);
            assertThat(faults.stream().limit(20)).isEmpty();
            assertThat(used(up) - before).as("bytes that the heap grew by").isLessThan(MOST_GROWTH);
            assertThat(Files.readString(home.resolve("log/server.log"))
                            .lines()
                            .filter(line -> line.matches(
                                    ".*(InternalServerError|Exception: | ERROR |OutOfMemory|watch failed).*")))
                    .as("log")
                    .isEmpty();
            assertThat(arm.get(arm.subscription()).status()).isEqualTo(200);
        }
    }

    private static void send(Fuzz fuzz, ArmClient arm, long from, long to, Queue<String> faults)
            throws InterruptedException {
        var next = new AtomicLong(from);
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                for (long number = next.getAndIncrement(); number < to; number = next.getAndIncrement()) {
                    try {
                        send(number, fuzz.request(number), arm, faults);
                    } catch (RuntimeException e) {
                        // A client that ended here would leave the rest of the requests unsent, and the test green.
                        faults.add("seed " + SEED + " number " + number + ": " + e);
                    }
                    if (number > 0 && number % REPORTED == 0) {
                        System.out.println(number + " requests, " + faults.size() + " faults");
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
    }

    private static void send(long number, Fuzz.Request request, ArmClient arm, Queue<String> faults) {
        long begun = System.nanoTime();
        try {
            int status = arm.status(request);
            if (status >= 500 && status != 501) {
                faults.add("seed " + SEED + " number " + number + ": " + status + " for " + request);
            }
        } catch (IOException e) {
            faults.add("seed " + SEED + " number " + number + ": " + e + " for " + request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        if (millis > LONGEST_MILLIS) {
            faults.add("seed " + SEED + " number " + number + ": took " + millis + " ms: " + request);
        }
    }

    private static JsonNode description() throws IOException {
        try (InputStream in = FuzzTest.class.getResourceAsStream("/dev/capstan/resourceprovider/openapi.json")) {
            return ArmClient.JSON.readTree(in);
        }
    }

    private static Map<String, List<String>> names(ArmClient arm, Path home) throws IOException {
        String subscription = arm.subscription().substring("/subscriptions/".length());
        String certificate = Base64.getEncoder()
                .encodeToString(Files.readString(home.resolve("pki/ca.crt")).getBytes(StandardCharsets.US_ASCII));
        List<String> providers = List.of("Microsoft.ContainerService", "Microsoft.Resources", "Microsoft.Nothing");
        return Map.ofEntries(
                Map.entry("subscription", List.of(subscription)),
                Map.entry("group", List.of("g1", "g2", "G1")),
                Map.entry("cluster", List.of("c1", "c2", "C1")),
                Map.entry("pool", List.of("np", "np2")),
                Map.entry("name", List.of("np", "np2")),
                Map.entry("location", List.of(SimulatedMachines.LOCATION)),
                Map.entry("scope", List.of("/subscriptions/" + subscription)),
                Map.entry("namespace", providers),
                Map.entry("feature", List.of("CustomCATrustPreview", "Other")),
                Map.entry("principal", List.of("11111111-2222-3333-4444-555555555555")),
                Map.entry("customCATrustCertificates", List.of(certificate)),
                Map.entry("grant_type", List.of("client_credentials")),
                Map.entry("file", List.of("index.json")),
                Map.entry("api-version", List.of("2025-03-01", "2025-08-02-preview", "2022-12-01", "2026-01-01")));
    }

    /** The heap after a collection, in bytes. */
    private static long used(UpProcess up) throws IOException, InterruptedException {
        jcmd(up, "GC.run");
        Matcher used = USED.matcher(jcmd(up, "GC.heap_info"));
        long sum = 0;
        while (used.find()) {
            sum += Long.parseLong(used.group(1)) << 10;
        }
        assertThat(sum).as("heap in use").isPositive();
        return sum;
    }

    private static String jcmd(UpProcess up, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/jcmd", Long.toString(up.pid()), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
