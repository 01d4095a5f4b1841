package dev.capstan.server;

import dev.capstan.server.History.ETag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * What the clients of a load share: the clusters, most of which stay while some come and go, their histories, and the gate that
 * is shut while the server is away.
 */
final class LoadPlan {

    private final String all;
    private final String inGroup;
    private final List<String> fixed = new ArrayList<>();
    private final List<String> coming = new ArrayList<>();
    private final Map<String, History> histories = new HashMap<>();
    private final String certificate;
    private final long seed;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean mayBeCut;
    private volatile long end;

    /**
     * A plan.
     *
     * @param clusters how many clusters stay; a tenth as many more come and go
     * @param certificate a CA, PEM
     */
    LoadPlan(ArmClient arm, String group, int clusters, String certificate, long seed) {
        this.all = arm.subscription() + "/providers/Microsoft.ContainerService/managedClusters";
        this.inGroup = arm.clusters(group);
        this.certificate = Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.US_ASCII));
        this.seed = seed;
        for (int i = 0; i < clusters; i++) {
            fixed.add(idOf("stays-" + i));
        }
        for (int i = 0; i < Math.max(1, clusters / 10); i++) {
            coming.add(idOf("comes-" + i));
        }
        fixed.forEach(id -> histories.put(id, new History(id)));
        coming.forEach(id -> histories.put(id, new History(id)));
    }

    void goOnUntil(long nanoTime) {
        end = nanoTime;
    }

    boolean goesOn() {
        return System.nanoTime() - end < 0;
    }

    /** From now on requests may be cut off; nobody begins one until {@link #open}. */
    void shut() {
        mayBeCut = true;
        gate = new CountDownLatch(1);
    }

    /** Lets the clients go on. */
    void open() {
        mayBeCut = false;
        gate.countDown();
    }

    boolean mayBeCut() {
        return mayBeCut;
    }

    /** Waits while the gate is shut. */
    void pass() throws InterruptedException {
        gate.await();
    }

    long seed() {
        return seed;
    }

    String all() {
        return all;
    }

    String idOf(String cluster) {
        return inGroup + "/" + cluster;
    }

    List<String> fixed() {
        return fixed;
    }

    String fixed(Random random) {
        return fixed.get(random.nextInt(fixed.size()));
    }

    String coming(Random random) {
        return coming.get(random.nextInt(coming.size()));
    }

    boolean comesAndGoes(String id) {
        return coming.contains(id);
    }

    History history(String id) {
        return histories.get(id);
    }

    Map<String, History> histories() {
        return histories;
    }

    /** The highest eTag acknowledged so far, of each cluster that was written. */
    Map<String, ETag> floors() {
        Map<String, ETag> floors = new HashMap<>();
        histories.forEach((id, history) -> {
            ETag floor = history.floor();
            if (floor != null) {
                floors.put(id, floor);
            }
        });
        return floors;
    }

    /** A certificate as the list takes it. */
    String certificate() {
        return certificate;
    }

    /** The body of a new cluster. */
    String body(String tag) {
        return String.format(Locale.ROOT, """
                {"location":"%s","tags":{"%s":"%s"},"properties":{"agentPoolProfiles":[{"name":"np","count":1}]}}""", SimulatedMachines.LOCATION, LoadClient.TAG, tag);
    }
}
