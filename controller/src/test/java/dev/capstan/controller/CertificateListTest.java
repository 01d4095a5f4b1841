package dev.capstan.controller;

import static dev.capstan.controller.Lab.CLUSTER;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.ObjectNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The list, from the ManagedCluster to machines born with it. */
class CertificateListTest {

    private static final String NODE = ObjectNames.machine(CLUSTER, "np", 0);
    private static final String NEXT = ObjectNames.machine(CLUSTER, "np", 1);

    private final Lab lab = new Lab();
    // At once: a pool's record of a machine then always outlives the look that its node trust's end brings.
    private final Controller controller = Controller.start(lab.config(lab.access())
            .withTiming(Lab.timing(
                    Lab.TIMING.lease(), Duration.ofMillis(1), Lab.TIMING.patience(), Lab.TIMING.tombstone())));

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void machinesAreBornWithTheListAndUnusedSetsGo() {
        lab.installDefinitions();
        String one = TestKeys.authority("one");
        String two = TestKeys.authority("two");
        lab.list = List.of(base64(one), base64(two));
        lab.want(1, false);
        await("ready", lab::isReady);
        String both = lab.trust(CLUSTER, NODE).getSpec().certificateSet();
        assertThat(lab.provider.specs.get(NODE).certificates())
                .contains(lines(one))
                .contains(lines(two));
        assertThat(sets()).singleElement().satisfies(set -> {
            assertThat(set.getMetadata().getName()).isEqualTo(CertificateSets.nameOf(both));
            assertThat(set.getSpec().certificates()).hasSize(2);
            assertThat(set.getMetadata().getAnnotations())
                    .containsEntry("capstan.dev/count", "2")
                    .hasEntrySatisfying(
                            "capstan.dev/subjects",
                            all -> assertThat(all).contains("CN=one").contains("CN=two"));
        });

        lab.list = List.of(base64(two), base64(one));
        lab.want(1, false);
        await("looked at", lab::isReady);
        assertThat(lab.trust(CLUSTER, NODE).getSpec().certificateSet()).isEqualTo(both);
        assertThat(lab.trust(CLUSTER, NODE).getMetadata().getGeneration()).isEqualTo(1);

        lab.list = List.of(base64(two));
        lab.want(1, false);
        await("another set", () -> lab.isReady() && lab.provider.deleted.contains(NODE));
        assertThat(lab.recorded()).containsExactly(NEXT);
        await("the old one goes", () -> sets().size() == 1);
        assertThat(sets().getFirst().getMetadata().getName())
                .isEqualTo(CertificateSets.nameOf(
                        lab.trust(CLUSTER, NEXT).getSpec().certificateSet()));
    }

    @Test
    void aListWithABadEntryIsNotUsedAndEveryBadEntryIsNamed() {
        lab.installDefinitions();
        lab.list = List.of(base64("nothing"), base64(TestKeys.authority("good")), base64("nothing else"));
        lab.want(1, false);
        await("said", () -> lab.cluster().getStatus() != null);
        var ready = Statuses.ready(lab.cluster().getStatus().conditions());
        assertThat(ready.reason()).isEqualTo("InvalidCertificates");
        assertThat(ready.message()).contains("key 0").contains("key 2").doesNotContain("key 1");
        assertThat(lab.provider.made).isEmpty();
    }

    private List<CertificateSetObject> sets() {
        return lab.client(CLUSTER).resources(CertificateSetObject.class).list().getItems();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The second line of a PEM is enough to know it by, and wrapped alike by everybody up to 64 columns. */
    private static String lines(String pem) {
        return pem.lines().skip(1).findFirst().orElseThrow().substring(0, 64);
    }
}
