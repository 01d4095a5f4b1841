package dev.capstan.endtoend.lanes;

import dev.capstan.runtime.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What each lane costs, printed as a table; {@code benchmarks/lanes} runs it. The trust store has this machine's own roots.
 * Pulls are of an image that is there, through CRI, in turn over the lanes; a pull's time holds the few milliseconds of the
 * program that asks, so differences are what to read. Processor time is containerd's own.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class LaneFigures {

    private static final int PULLS = Integer.getInteger("capstan.rounds", 100);

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final ContainerdBuild build;

    LaneFigures(ContainerdBuild build) {
        this.build = build;
    }

    @Test
    void pullsOfEachLane() throws Exception {
        TlsRegistry registry = LAB.registry(LAB.distribution(), "pulls-" + build);
        Map<String, Containerd> lanes = new LinkedHashMap<>();
        lanes.put("Restart", started("restart"));
        lanes.put("Additive", started("additive"));
        lanes.put("Isolated", started("isolated"));
        lanes.put("_default is the whole bundle", started("bundle"));
        Map<String, List<Double>> times = new LinkedHashMap<>();
        Map<String, Long> before = new TreeMap<>();
        Map<String, String> images = new TreeMap<>();
        for (Map.Entry<String, Containerd> lane : lanes.entrySet()) {
            images.put(lane.getKey(), registry.image());
            for (int warm = 0; warm < 5; warm++) {
                pull(lane.getValue(), images.get(lane.getKey()));
            }
            times.put(lane.getKey(), new ArrayList<>());
            before.put(lane.getKey(), Proc.processorMillis(lane.getValue().pid()));
        }
        for (int round = 0; round < PULLS; round++) {
            for (Map.Entry<String, Containerd> lane : lanes.entrySet()) {
                long begin = System.nanoTime();
                pull(lane.getValue(), images.get(lane.getKey()));
                times.get(lane.getKey()).add((System.nanoTime() - begin) / 1e6);
            }
        }
        for (Map.Entry<String, Containerd> lane : lanes.entrySet()) {
            double processor =
                    (double) (Proc.processorMillis(lane.getValue().pid()) - before.get(lane.getKey())) / PULLS;
            print(
                    "a pull, " + lane.getKey(),
                    "%s ms wall, %.1f ms of containerd's processor time"
                            .formatted(quantiles(times.get(lane.getKey())), processor));
        }
    }

    @Test
    void changeUntilLoaded() throws Exception {
        for (String lane : new String[] {"isolated", "additive"}) {
            started(lane);
            Node node = LAB.kept(build, lane);
            Product product = Product.on(node);
            List<Double> times = new ArrayList<>();
            for (int round = 0; round < Math.min(PULLS, 30); round++) {
                long begin = System.nanoTime();
                product.bring(
                        round % 2 == 0 ? new Authority[] {LAB.ours()} : new Authority[] {LAB.ours(), LAB.second()});
                Loaded loaded = product.loaded();
                times.add((System.nanoTime() - begin) / 1e6);
                if (round == 0 && !(loaded instanceof Loaded.Known)) {
                    throw new AssertionError(loaded);
                }
            }
            print("store and lane brought to a set, read back, " + lane, quantiles(times) + " ms");
        }
    }

    @Test
    void restart() throws Exception {
        Containerd containerd = started("restart");
        Node node = LAB.kept(build, "restart");
        RunningContainer.start(node, containerd, LAB.registry(LAB.distribution(), "restart-" + build));
        Product product = Product.on(node);
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < Math.min(PULLS, 10); round++) {
            times.add(product.restart(Map.of()).untilAnswer().toNanos() / 1e6);
        }
        print("restart until CRI answers, verified, one container", quantiles(times) + " ms");
    }

    /** A node in this lane with the machine's own roots, its containerd running and its set shown. */
    private Containerd started(String lane) throws Exception {
        Node node = LAB.node(build, lane);
        node.write(
                Node.BUNDLE,
                Files.readString(Path.of(Node.BUNDLE)) + LAB.distribution().pem());
        Map<String, String> environment = Map.of();
        switch (lane) {
            case "isolated" -> environment = Product.isolated(node);
            case "restart" -> node.write(Node.CONFIGURATION, Configuration.DEBIAN);
            case "bundle" -> {
                node.configure();
                node.defaultIsTheBundle();
            }
            default -> node.configure();
        }
        Containerd containerd = node.containerd(environment);
        if (lane.equals("isolated") || lane.equals("additive")) {
            Product.on(node).runtime().show(Product.set(LAB.ours()));
        }
        return containerd;
    }

    private static void pull(Containerd containerd, String image) {
        Containerd.Pull pull = containerd.pull(image);
        if (!pull.ok()) {
            throw new AssertionError(pull.words());
        }
    }

    private static String quantiles(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        return "%.1f (%.1f to %.1f)"
                .formatted(sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.get((int) (sorted.size() * 0.95)));
    }

    @SuppressWarnings("SystemOut") // a table for who asked for it
    private void print(String what, String figure) throws IOException {
        System.out.println("figure: containerd %-7s %-55s %s".formatted(build.version(), what, figure));
    }
}
