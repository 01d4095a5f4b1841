package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import dev.capstan.runtime.Lane;
import dev.capstan.runtime.Loaded;
import dev.capstan.runtime.Restarted;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lanes Additive and Restart, as the product finds them on real containerds that it did not make. What it says of the loaded set
 * is held against what a pull really shows.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class OtherLanesTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private static final int STEPS = Integer.getInteger("capstan.steps", 12);

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry second = LAB.registry(LAB.second(), "second");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final Node node;

    OtherLanesTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @Test
    void additiveAddsFreelyAndNamesWhatItMayStillTrust() throws Exception {
        node.configure();
        Containerd containerd = node.containerd(Map.of());
        Product product = Product.on(node);
        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");

        product.bring(LAB.ours());
        assertThat(product.lane().lane()).as(product.lane().reason()).isEqualTo(Lane.ADDITIVE);
        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
        assertThat(known(product)).isEqualTo(Product.set(LAB.ours()).fingerprint());

        // A new process has read the CA from the store itself, so it keeps it.
        containerd = node.containerd(Map.of());
        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
        product.bring();
        assertThat(containerd.verdict(ours.image())).as("stale trust").isEqualTo("OK");
        assertThat(product.loaded()).isInstanceOfSatisfying(Loaded.Stale.class, stale -> {
            assertThat(stale.stillTrusted())
                    .extracting(certificate -> certificate.identity())
                    .containsExactlyElementsOf(identities(LAB.ours()));
            assertThat(stale.reason()).contains("Lab CA ours");
        });

        Restarted restarted = product.restart(Map.of());
        assertThat(restarted.after().pid()).isEqualTo(node.running().pid());
        assertThat(node.running().verdict(ours.image())).isEqualTo("FAIL");
        assertThat(known(product)).isEqualTo(Fingerprint.EMPTY);
    }

    @Test
    void restartHappensForAnotherSetOnlyAndContainersLive() throws Exception {
        node.write(Node.CONFIGURATION, Configuration.DEBIAN);
        Containerd containerd = node.containerd(Map.of());
        Product product = Product.on(node);
        RunningContainer container = RunningContainer.start(node, containerd, distribution);
        String before = Proc.identity(container.pid());
        assertThat(product.lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(product.lane().reason()).contains("config_path");

        product.bring(LAB.ours(), LAB.second());
        assertThat(product.loaded())
                .isInstanceOfSatisfying(
                        Loaded.Stale.class,
                        stale -> assertThat(stale.notYetKnown())
                                .extracting(certificate -> certificate.identity())
                                .containsExactlyInAnyOrderElementsOf(identities(LAB.ours(), LAB.second())));
        assertThat(containerd.verdict(ours.image())).isEqualTo("FAIL");

        Restarted restarted = product.restart(Map.of());
        assertThat(restarted.containers().kept()).isGreaterThanOrEqualTo(1);
        assertThat(Proc.identity(container.pid())).isEqualTo(before);
        container.answers();
        assertThat(node.running().verdict(ours.image())).isEqualTo("OK");
        assertThat(known(product))
                .isEqualTo(Product.set(LAB.ours(), LAB.second()).fingerprint());

        product.bring(LAB.second(), LAB.ours());
        assertThat(known(product))
                .as("the order means nothing")
                .isEqualTo(Product.set(LAB.ours(), LAB.second()).fingerprint());

        product.bring(LAB.second());
        assertThat(node.running().verdict(ours.image())).as("stale trust").isEqualTo("OK");
        assertThat(product.loaded())
                .isInstanceOfSatisfying(
                        Loaded.Stale.class,
                        stale -> assertThat(stale.stillTrusted())
                                .extracting(certificate -> certificate.identity())
                                .containsExactlyElementsOf(identities(LAB.ours())));
    }

    /**
     * The oracle: sets come and go, pulls and restarts lie between them at random. Whenever the product says which set is
     * loaded, pulls show exactly that set; whenever it does not, every registry that pulls otherwise is among those it names.
     */
    @ParameterizedTest(name = "{0}: what is said of the loaded set agrees with pulls")
    @CsvSource({"isolated", "additive", "restart"})
    void whatIsSaidAgreesWithPulls(String lane) throws Exception {
        Map<String, String> environment = Map.of();
        switch (lane) {
            case "isolated" -> environment = Product.isolated(node);
            case "additive" -> node.configure();
            default -> node.write(Node.CONFIGURATION, Configuration.DEBIAN);
        }
        Containerd containerd = node.containerd(environment);
        Product product = Product.on(node);
        long seed = Long.getLong("capstan.seed", System.nanoTime());
        Random random = new Random(seed);
        int told = 0;
        Set<Authority> set = Set.of();
        List<String> steps = new ArrayList<>(List.of(lane + ", seed " + seed));
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    containerd = node.containerd(environment);
                    steps.add("restart");
                }
                case 1 -> steps.add("pull " + containerd.verdict(distribution.image()));
                default -> {
                    set = new LinkedHashSet<>();
                    if (random.nextBoolean()) {
                        set.add(LAB.ours());
                    }
                    if (random.nextBoolean()) {
                        set.add(LAB.second());
                    }
                    product.bring(set.toArray(Authority[]::new));
                    steps.add(set.contains(LAB.ours()) + " " + set.contains(LAB.second()));
                }
            }
            Loaded loaded = product.loaded();
            Set<Identity> doubtful = new TreeSet<>();
            switch (loaded) {
                case Loaded.Known known -> {
                    told++;
                    assertThat(known.fingerprint())
                            .as(steps.toString())
                            .isEqualTo(
                                    Product.set(set.toArray(Authority[]::new)).fingerprint());
                }
                case Loaded.Stale stale -> {
                    stale.stillTrusted().forEach(certificate -> doubtful.add(certificate.identity()));
                    stale.notYetKnown().forEach(certificate -> doubtful.add(certificate.identity()));
                    assertThat(doubtful).as(steps.toString()).isNotEmpty();
                }
                case Loaded.Unknown unknown -> throw new AssertionError(steps + ": " + unknown.reason());
            }
            // Half of the time only: a pull makes containerd read its roots, and what is said must hold before it too.
            if (random.nextBoolean()) {
                for (Map.Entry<Authority, TlsRegistry> each :
                        Map.of(LAB.ours(), ours, LAB.second(), second).entrySet()) {
                    String verdict = containerd.verdict(each.getValue().image());
                    steps.add(each.getValue().host() + " " + verdict);
                    if (!doubtful.containsAll(identities(each.getKey()))) {
                        assertThat(verdict).as(steps.toString()).isEqualTo(set.contains(each.getKey()) ? "OK" : "FAIL");
                    }
                }
            }
        }
        assertThat(told).as(steps.toString()).isPositive();
    }

    private static Fingerprint known(Product product) throws Exception {
        Loaded loaded = product.loaded();
        assertThat(loaded).isInstanceOf(Loaded.Known.class);
        return ((Loaded.Known) loaded).fingerprint();
    }

    private static List<Identity> identities(Authority... authorities) {
        return Product.set(authorities).certificates().stream()
                .map(certificate -> certificate.identity())
                .toList();
    }
}
