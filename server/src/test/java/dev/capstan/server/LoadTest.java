package dev.capstan.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.server.ArmClient.Answer;
import dev.capstan.server.History.ETag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients at once on many clusters of a simulated location, against a server in a process of its own, over TLS; in the
 * middle the server is killed. {@code -Dcapstan.load.clients=500 -Dcapstan.load.clusters=100 -Dcapstan.load.seconds=60} by
 * hand.
 */
class LoadTest {

    private static final int CLIENTS = Integer.getInteger("capstan.load.clients", 40);
    private static final int CLUSTERS = Integer.getInteger("capstan.load.clusters", 10);
    private static final int SECONDS = Integer.getInteger("capstan.load.seconds", 16);
    private static final long SEED = Long.getLong("capstan.load.seed", 1);

    /** The product's own options, which UpProcess does not give. */
    private static final List<String> OPTIONS = List.of("-Xms32m", "-Xmx512m");

    @TempDir
    private Path temporary;

    @Test
    void noWriteIsLostOrDoubledAndNoReadStaleThoughTheServerIsKilled() throws Exception {
        var home = temporary.resolve("home");
        UpProcess up = UpProcess.simulated(home, OPTIONS);
        Queue<String> faults = new ConcurrentLinkedQueue<>();
        var figures = new LoadFigures();
        List<Thread> clients = new ArrayList<>();
        try (var arm = ArmClient.login(home)) {
            var plan = new LoadPlan(arm, "load", CLUSTERS, Files.readString(home.resolve("pki/ca.crt")), SEED);
            make(arm, plan);
            plan.goOnUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS));
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofVirtual().start(new LoadClient(i, arm, plan, faults, figures)));
            }
            TimeUnit.SECONDS.sleep(SECONDS / 2);
            plan.shut();
            up.kill();
            up = UpProcess.simulated(home, OPTIONS);
            int acknowledged = 0;
            for (String id : plan.fixed()) {
                ETag floor = plan.history(id).floor();
                ETag found = ETag.parse(arm.get(id).body().path("eTag").asText());
                assertThat(found.uid()).isEqualTo(floor.uid());
                assertThat(found.generation()).as(id).isGreaterThanOrEqualTo(floor.generation());
                acknowledged += plan.history(id).written();
            }
            assertThat(acknowledged).as("acknowledged before the kill").isGreaterThan(CLUSTERS);
            plan.open();
            for (Thread client : clients) {
                client.join();
            }
            atRest(arm, plan);
            Map<String, ETag> ends = ends(up, plan);
            plan.histories().forEach((id, history) -> {
                if (ends.containsKey(id)) {
                    faults.addAll(history.faults(ends.get(id)));
                }
            });
            System.out.println(CLIENTS + " clients, " + CLUSTERS + " clusters, " + SECONDS + " s\n" + figures.words());
            String warnings = Files.readString(home.resolve("log/server.log"))
                    .lines()
                    .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                    .limit(20)
                    .collect(Collectors.joining("\n"));
            assertThat(faults.stream().limit(20)).as(warnings).isEmpty();
            List<String> recorded = recorded(home);
            for (String id : plan.fixed()) {
                assertThat(recorded.stream().filter(resource -> (resource + "/").startsWith(id + "/")))
                        .as("records of writes to " + id + " in the audit log, those cut off by the kill too")
                        .hasSizeGreaterThanOrEqualTo(Math.toIntExact(
                                Objects.requireNonNull(ends.get(id)).generation()));
            }
            assertThat(up.output()).doesNotContain("OutOfMemory");
        } finally {
            clients.forEach(Thread::interrupt);
            up.close();
        }
    }

    /**
     * The resources of all writes in the audit log that were done, or may have been: each write to a cluster or its pools
     * makes one generation of it, and none may be missing there, whenever the server was killed.
     */
    private static List<String> recorded(Path home) throws Exception {
        List<String> resources = new ArrayList<>();
        try (Stream<Path> files = Files.list(home.resolve("audit"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    JsonNode event = ArmClient.JSON.readTree(line);
                    boolean isDone = event.path("status").asInt() / 100 == 2
                            || event.path("code").asText().equals("EndUnknown");
                    if (isDone) {
                        resources.add(event.path("resource").asText());
                    }
                }
            }
        }
        return resources;
    }

    private static void make(ArmClient arm, LoadPlan plan) throws Exception {
        arm.put(arm.group("load"), "{\"location\":\"" + SimulatedMachines.LOCATION + "\"}");
        for (String id : plan.fixed()) {
            Answer answer = arm.put(id, plan.body("made"));
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
            plan.history(id)
                    .acknowledged(null, ETag.parse(answer.body().path("eTag").asText()), "made");
        }
        atRest(arm, plan);
    }

    /** Waits until no operation runs, and every cluster that stays is as it was asked to be. */
    private static void atRest(ArmClient arm, LoadPlan plan) {
        UpProcess.await("every cluster is as it was asked to be", () -> {
            try {
                for (JsonNode cluster : arm.get(plan.all()).body().path("value")) {
                    if (!cluster.at("/properties/provisioningState").asText().equals("Succeeded")) {
                        return false;
                    }
                }
                return true;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** The eTags in the end, from the objects themselves: of clusters that were deleted, too. */
    private static Map<String, ETag> ends(UpProcess up, LoadPlan plan) throws Exception {
        Map<String, ETag> ends = new HashMap<>();
        var objects =
                ArmClient.JSON.readTree(up.ask("GET", "/clusters/management/apis/capstan.dev/v1/managedclusters", "")
                        .body());
        for (JsonNode object : objects.path("items")) {
            ends.put(
                    plan.idOf(object.at("/spec/name").asText()),
                    new ETag(
                            object.at("/metadata/uid").asText(),
                            object.at("/metadata/generation").asLong()));
        }
        assertThat(ends).containsKeys(plan.fixed().toArray(String[]::new));
        return ends;
    }
}
