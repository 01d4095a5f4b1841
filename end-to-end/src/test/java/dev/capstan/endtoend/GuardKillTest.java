package dev.capstan.endtoend;

import static dev.capstan.endtoend.SecretBecomesTrust.containerds;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodePulls;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the control plane and of the agents at random moments while the Secret loses CAs: one that an endpoint of a guarded
 * pool needs is never gone from its nodes while it is withheld, not for a moment; the override lets it go, once; and a node of
 * a pool without the guard follows at once, as all do where no endpoint needs what goes. Judged by kubectl, CRI pulls, a
 * recorded watch of the NodeTrusts, and a program on the guarded node that looks for the CA again and again. Rounds of three
 * kills each: {@code -Dcapstan.kills=N} (1 in {@code script/test}, 20 by hand), seed {@code -Dcapstan.seed=N}; both are
 * printed.
 */
final class GuardKillTest {

    private static final int ROUNDS = Integer.getInteger("capstan.kills", 1);
    private static final long SEED = Long.getLong("capstan.seed", System.nanoTime());
    private static final String OVERRIDE = "capstan.dev/removal-guard-override=";

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private CapstanHome home;
    private Cluster cluster;
    private String guarded;
    private String free;

    @Test
    void whatIsWithheldStaysAndTheOverrideIsTakenOnceWhateverIsKilled() throws Exception {
        Requirements.machines();
        System.out.println("guard: rounds " + ROUNDS + ", seed " + SEED);
        try (Registry one = Registry.start(folder, "one");
                Registry two = Registry.start(folder, "two");
                CapstanHome up = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION)) {
            home = up;
            cluster = Cluster.create(home, "guarded", 1);
            guarded = cluster.nodes().getFirst();
            Fleet fleet = new Fleet(home, "guarded", cluster);
            fleet.nodepool("update", "--tags", "capstan-probe=" + one.address(), "capstan-removal-guard=true")
                    .orFail();
            home.run(
                            "aks",
                            "nodepool",
                            "add",
                            "-g",
                            Cluster.GROUP,
                            "--cluster-name",
                            "guarded",
                            "-n",
                            "free",
                            "-c",
                            "1",
                            "--enable-custom-ca-trust")
                    .orFail();
            free = cluster.nodes().stream()
                    .filter(node -> !node.equals(guarded))
                    .findFirst()
                    .orElseThrow();
            cluster.resolve(one, two);
            Map<String, String> processes = containerds(cluster);
            byte[] first = Files.readAllBytes(one.certificateAuthority());
            byte[] second = Files.readAllBytes(two.certificateAuthority());
            try (NodeTrustRecord record = NodeTrustRecord.of(cluster.api())) {
                for (int round = 0; round < ROUNDS; round++) {
                    both(one, two, first, second);
                    // A set that nobody has let through yet: an override of a round before names another.
                    byte[] fresh = authority("fresh" + round);
                    Map<String, byte[]> without = Map.of("two.crt", second, "fresh.crt", fresh);

                    long before = record.last();
                    watchFor(first);
                    killed(() -> cluster.applySecret(without));
                    String fingerprint = fingerprint(second, fresh);
                    heldBack(fingerprint);
                    refuses(free, one);
                    pulls(guarded, one);
                    assertThat(neverMissed())
                            .as("the CA was there at every look")
                            .isTrue();
                    assertThat(record.since(before, guarded))
                            .as("round " + round)
                            .allSatisfy(
                                    state -> assertThat(state.certificates()).contains(identity(first)))
                            .noneMatch(state -> state.secretFingerprint().equals(fingerprint));

                    before = record.last();
                    killed(() -> cluster.kubectl(
                                    "annotate",
                                    "--overwrite",
                                    "-n",
                                    "kube-system",
                                    "secret",
                                    "custom-ca-trust-secret",
                                    OVERRIDE + fingerprint)
                            .orFail());
                    refuses(guarded, one);
                    pulls(guarded, two);
                    assertThat(changes(record.since(before, guarded), fingerprint))
                            .isEqualTo(1);
                    assertThat(events("RemovalOverridden", fingerprint)).hasSize(1);

                    both(one, two, first, second);
                    killed(() -> cluster.applySecret(Map.of("one.crt", first)));
                    refuses(guarded, two);
                    refuses(free, two);
                    pulls(guarded, one);
                }
                assertThat(containerds(cluster)).isEqualTo(processes);
            }
            fleet.aks("delete", "--yes").orFail();
            home.run("down").orFail();
            assertThat(home.leftovers()).isEmpty();
        }
    }

    /** Both CAs are in the Secret and on every node, and the guarded one has proven the first. */
    private void both(Registry one, Registry two, byte[] first, byte[] second) {
        cluster.applySecret(Map.of("one.crt", first, "two.crt", second));
        eachNodePulls(cluster, one);
        eachNodePulls(cluster, two);
        Await.until(
                guarded + " is proven",
                () -> cluster.kubectl("get", "nodetrust", guarded, "-o", "jsonpath={.status.level} {.status.wanted}")
                        .text()
                        .equals("Proven " + fingerprint(first, second)));
    }

    /** Makes the change, and kills somebody at a random moment of it. */
    private void killed(Runnable change) throws InterruptedException {
        CompletableFuture<Void> made = Aside.run(() -> Await.until("kubectl is acknowledged", () -> {
            try {
                change.run();
                return true;
            } catch (AssertionError away) {
                return false;
            }
        }));
        Thread.sleep(random.nextInt(900));
        int whom = random.nextInt(3);
        if (whom != 0) {
            cluster.on(guarded, "pkill", "-9", "-f", "dev.capstan.agent.Agent");
        }
        if (whom != 1) {
            home.kill();
            home.up();
        }
        made.join();
    }

    private void heldBack(String fingerprint) {
        Await.until(
                "the removal is said to be held back",
                () -> !events("RemovalHeldBack", fingerprint).isEmpty());
    }

    private List<String> events(String reason, String fingerprint) {
        return cluster.events()
                .filter(line -> line.startsWith(reason + " ") && line.contains(fingerprint))
                .toList();
    }

    /** How often a node's permission became this one. */
    private static long changes(List<NodeTrustRecord.State> states, String fingerprint) {
        List<String> permitted = new ArrayList<>();
        for (NodeTrustRecord.State state : states) {
            if (permitted.isEmpty() || !permitted.getLast().equals(state.secretFingerprint())) {
                permitted.add(state.secretFingerprint());
            }
        }
        return permitted.stream().filter(fingerprint::equals).count();
    }

    private void pulls(String node, Registry registry) {
        Await.until(
                node + " pulls " + registry.image(),
                () -> cluster.pull(node, registry.image()).text().startsWith("PULL OK"));
    }

    private void refuses(String node, Registry registry) {
        Await.until(
                node + " refuses " + registry.image(),
                () -> cluster.pull(node, registry.image()).text().contains(Cluster.UNTRUSTED));
    }

    /** Has the guarded node look for this CA in what its containerd reads, until {@link #neverMissed}. */
    private void watchFor(byte[] certificate) {
        String line = new String(certificate, StandardCharsets.US_ASCII)
                .lines()
                .toList()
                .get(3);
        cluster.on(guarded, "sh", "-c", """
                        rm -f /run/missed; : >/run/looking
                        (while [ -e /run/looking ]; do
                          grep -qF '%s' /etc/containerd/certs.d/_default/capstan.crt || echo missed >>/run/missed
                          sleep 0.01
                        done) </dev/null >/dev/null 2>&1 &
                        """.formatted(line)).orFail();
    }

    private boolean neverMissed() {
        return cluster.on(guarded, "sh", "-c", "rm /run/looking; test ! -e /run/missed")
                .held();
    }

    private byte[] authority(String name) throws IOException {
        Program.clean()
                .run(Repository.lab("make-ca").toString(), folder.toString(), name, name + ".test")
                .orFail();
        return Files.readAllBytes(folder.resolve(name + "-ca.crt"));
    }

    private static String identity(byte[] pem) {
        try {
            byte[] der = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new java.io.ByteArrayInputStream(pem))
                    .getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
        } catch (java.security.GeneralSecurityException broken) {
            throw new AssertionError(broken);
        }
    }

    /** As the design has it, reckoned without the product. */
    private static String fingerprint(byte[]... pems) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            TreeMap<String, byte[]> sorted = new TreeMap<>();
            for (byte[] pem : pems) {
                sorted.put(identity(pem), pem);
            }
            sorted.keySet().forEach(identity -> digest.update(HexFormat.of().parseHex(identity)));
            return "v1:" + HexFormat.of().formatHex(digest.digest());
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
