package dev.capstan.runtime;

import static dev.capstan.runtime.FakeNode.NOTHING;
import static dev.capstan.runtime.FakeNode.held;
import static dev.capstan.runtime.FakeNode.identities;
import static dev.capstan.runtime.FakeNode.identity;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process trusts, by its start, its lane and what came and left; by name. */
class LoadedSetTest {

    private FakeNode node;
    private ContainerRuntime runtime;

    /** The trust store's history, kept as the trust store keeps it. */
    private final List<StoreWrite> history = new ArrayList<>();

    /** What the distribution ships beside {@link FakeNode#own}. */
    private String shippedToo = "";

    @BeforeEach
    void node(@TempDir Path folder) throws IOException {
        node = new FakeNode(folder);
        runtime = node.runtime();
    }

    @Test
    void isolatedReadsExactlyTheShownSet() throws Exception {
        node.isolated();

        assertThat(known()).isEqualTo(Fingerprint.EMPTY);
        bring(node.one, 50);
        assertThat(known()).isEqualTo(node.one.fingerprint());
        bring(node.two, 51);
        assertThat(known()).isEqualTo(node.two.fingerprint());
        bring(CertificateSet.empty(), 52);
        assertThat(known()).isEqualTo(Fingerprint.EMPTY);
    }

    @Test
    void additiveKnowsWhatCameAndIsStaleByNameWhenItLeavesUntilItIsRestarted() throws Exception {
        node.stock();
        bring(node.one, 40);
        assertThat(known()).isEqualTo(node.one.fingerprint());

        CertificateSet both = node.one.union(node.two);
        bring(both, 50);
        assertThat(known()).isEqualTo(both.fingerprint());

        bring(node.one, 60);
        Loaded.Stale stale = stale();
        assertThat(stale.stillTrusted()).extracting(NamedCertificate::identity).containsExactly(identity(node.two));
        assertThat(stale.stillTrusted().getFirst().subject())
                .isEqualTo(node.two.certificates().getFirst().subject());
        assertThat(stale.notYetKnown()).isEmpty();
        assertThat(stale.reason())
                .contains(
                        "containerd, process 1041",
                        "may still trust what the node trusts no more",
                        identity(node.two).hex(),
                        "systemctl restart containerd");

        restarted(61);
        assertThat(known()).isEqualTo(node.one.fingerprint());
    }

    @Test
    void whatLeftAndCameBackIsTrustedAsItShallBeInAdditive() throws Exception {
        node.stock();
        bring(node.one, 40);
        bring(CertificateSet.empty(), 50);
        assertThat(stale().stillTrusted()).hasSize(1);
        bring(node.one, 60);

        assertThat(known()).isEqualTo(node.one.fingerprint());
    }

    @Test
    void whatLeftBeforeTheProcessStartedIsForgotten() throws Exception {
        node.stock();
        bring(node.one, 30);
        bring(CertificateSet.empty(), 39);

        assertThat(known()).isEqualTo(Fingerprint.EMPTY);
    }

    @Test
    void restartLaneNamesBothWhatCameAndWhatLeft() throws Exception {
        node.containerdSays(FakeNode.NO_ROOT);
        node.stock();
        bring(node.one, 40);
        assertThat(known()).isEqualTo(node.one.fingerprint());

        bring(node.two, 50);
        Loaded.Stale stale = stale();
        assertThat(stale.stillTrusted()).extracting(NamedCertificate::identity).containsExactly(identity(node.one));
        assertThat(stale.notYetKnown()).extracting(NamedCertificate::identity).containsExactly(identity(node.two));
        assertThat(stale.reason())
                .contains("may not know yet", identity(node.two).hex());

        restarted(51);
        assertThat(known()).isEqualTo(node.two.fingerprint());
    }

    @Test
    void changeInTheSameCentisecondAsTheStartCountsAsLater() throws Exception {
        node.containerdSays(FakeNode.NO_ROOT);
        node.stock();
        bring(node.one, 41);

        assertThat(stale().notYetKnown()).hasSize(1);
    }

    @Test
    void changeAndChangeBackLeaveEitherInMemory() throws Exception {
        node.containerdSays(FakeNode.NO_ROOT);
        node.stock();
        bring(node.one, 40);
        bring(node.two, 50);
        bring(node.one, 60);

        // It may have read nothing yet, or the set in between, or this one.
        assertThat(stale().stillTrusted())
                .extracting(NamedCertificate::identity)
                .containsExactly(identity(node.two));
        assertThat(stale().notYetKnown()).extracting(NamedCertificate::identity).containsExactly(identity(node.one));
    }

    @Test
    void sameSetIsRecordedOnceAndLeavesNothingStale() throws Exception {
        node.stock();
        bring(node.one, 40);
        Path record = node.at(RuntimeLayout.STORE_RECORD);
        Object before = Files.getAttribute(record, "unix:ctime");

        bring(node.one, 50);
        history.add(held(node.one, 5000));

        assertThat(Files.getAttribute(record, "unix:ctime")).isEqualTo(before);
        assertThat(known()).isEqualTo(node.one.fingerprint());
    }

    @Test
    void whatTheDistributionStillShipsIsNotStale() throws Exception {
        node.stock();
        bring(node.own, 40);
        bring(CertificateSet.empty(), 50);

        assertThat(known()).isEqualTo(Fingerprint.EMPTY);
    }

    @Test
    void distrustedRootIsStaleByNameAndItsReturnToo() throws Exception {
        node.containerdSays(FakeNode.NO_ROOT);
        shippedToo = node.two.pem();
        node.write("/etc/ssl/certs/ca-certificates.crt", node.own.pem() + node.two.pem());
        node.stock();
        bring(node.one, identities(node.two), 50);
        restarted(51);
        assertThat(known(identities(node.two)))
                .isEqualTo(Fingerprint.of(List.of(identity(node.one)), List.of(identity(node.two))));

        bring(node.one, NOTHING, 60);
        assertThat(stale().notYetKnown()).extracting(NamedCertificate::identity).containsExactly(identity(node.two));
        restarted(61);
        assertThat(known()).isEqualTo(node.one.fingerprint());

        bring(node.one, identities(node.two), 70);
        Loaded.Stale stale = stale(identities(node.two));
        assertThat(stale.stillTrusted()).extracting(NamedCertificate::identity).containsExactly(identity(node.two));
        assertThat(stale.stillTrusted().getFirst().subject()).contains("=");
    }

    @Test
    void distrustedAndStillThereIsNeverLoaded() throws Exception {
        node.isolated();
        assertThat(stale(identities(node.own)).stillTrusted())
                .extracting(NamedCertificate::identity)
                .containsExactly(identity(node.own));

        node.stock();
        assertThat(stale(identities(node.own)).reason())
                .contains(identity(node.own).hex());
    }

    @Test
    void changeThatNobodyRecordedIsStaleWithoutNames() throws Exception {
        node.stock();
        bring(node.one, 40);
        history.add(held(node.two, 5000));
        history.add(held(node.one, 5100));

        Loaded.Stale stale = stale();
        assertThat(stale.stillTrusted()).isEmpty();
        assertThat(stale.reason())
                .contains("another set", node.two.fingerprint().value());
    }

    @Test
    void storeFromBeforeThereWasARecordIsTakenUpAsItIs() throws Exception {
        CertificateSet both = node.one.union(node.two);
        node.write("/etc/ssl/certs/ca-certificates.crt", node.own.pem() + both.pem());
        history.add(held(both, 3000));
        node.containerdSays(FakeNode.NO_ROOT);
        node.stock();
        bring(both, 50);
        assertThat(known()).isEqualTo(both.fingerprint());

        bring(node.one, 60);
        assertThat(stale().stillTrusted())
                .extracting(NamedCertificate::identity)
                .containsExactly(identity(node.two));
    }

    @Test
    void deathBetweenRecordAndStoreLeavesNobodyLoadedUntilTheNextRound() throws Exception {
        node.containerdSays(FakeNode.NO_ROOT);
        node.stock();
        bring(node.one, 30);
        node.clock(35);
        runtime.beforeStore(history, node.two, NOTHING);
        // Killed here; then the store was brought to it, and killed again.
        node.write("/etc/ssl/certs/ca-certificates.crt", node.own.pem() + node.two.pem());
        history.add(held(node.two, 3500));

        assertThat(stale().stillTrusted()).hasSize(1);
        restarted(50);
        assertThat(stale().notYetKnown()).hasSize(1);

        bring(node.two, 60);
        restarted(61);
        assertThat(known()).isEqualTo(node.two.fingerprint());
    }

    @Test
    void changeThatAnEarlierBootLeftUnderWayIsBegunAgain() throws Exception {
        node.stock();
        bring(node.one, 30);
        runtime.beforeStore(history, CertificateSet.empty(), NOTHING);

        // The power goes; the next boot's containerd finds the store as it was.
        String record = Files.readString(node.at(RuntimeLayout.STORE_RECORD));
        node.write(RuntimeLayout.STORE_RECORD, record.replace(FakeNode.BOOT, "another-boot"));
        history.replaceAll(write -> new StoreWrite(write.fingerprint(), "another-boot", write.bootNanos()));
        bring(CertificateSet.empty(), 50);

        assertThat(stale().stillTrusted())
                .extracting(NamedCertificate::identity)
                .containsExactly(identity(node.one));
    }

    @Test
    void earlierBootsCountForNoProcess() throws Exception {
        node.containerdSays(FakeNode.NO_ROOT);
        bring(node.one, 900);
        bring(node.two, 901);
        node.write(
                RuntimeLayout.STORE_RECORD,
                Files.readString(node.at(RuntimeLayout.STORE_RECORD)).replace(FakeNode.BOOT, "another-boot"));
        history.replaceAll(write -> new StoreWrite(write.fingerprint(), "another-boot", write.bootNanos()));
        node.clock(40);
        node.stock();

        assertThat(known()).isEqualTo(node.two.fingerprint());
        bring(CertificateSet.empty(), 50);
        assertThat(stale().stillTrusted())
                .extracting(NamedCertificate::identity)
                .containsExactly(identity(node.two));
    }

    /** What an agent does, with a trust store that is its bundle and its history. */
    private void bring(CertificateSet set, long second) throws Exception {
        bring(set, NOTHING, second);
    }

    private void bring(CertificateSet set, SortedSet<Identity> distrusted, long second) throws Exception {
        node.clock(second);
        node.setWallClock(Duration.ofSeconds(second - 40));
        runtime.beforeStore(history, set, distrusted);
        Fingerprint wanted = Fingerprint.of(
                set.certificates().stream().map(one -> one.identity()).toList(), distrusted);
        String shipped = distrusted.contains(identity(node.two)) ? node.own.pem() : node.own.pem() + shippedToo;
        node.write("/etc/ssl/certs/ca-certificates.crt", shipped + set.pem());
        if (history.isEmpty() || !history.getLast().fingerprint().equals(wanted)) {
            history.add(new StoreWrite(wanted, FakeNode.BOOT, second * 1_000_000_000L));
        }
        runtime.afterStore();
        runtime.show(set);
        node.setWallClock(Duration.ZERO);
        node.clock(40);
    }

    private void restarted(long second) throws IOException {
        node.containerd(41, Map.of()).ends();
        node.containerd(50, Map.of()).ends();
        node.containerd(51, Map.of()).ends();
        node.containerd(61, Map.of()).ends();
        node.containerd(second, Map.of());
    }

    private Fingerprint known() throws Exception {
        return known(NOTHING);
    }

    private Fingerprint known(SortedSet<Identity> distrusted) throws Exception {
        Loaded loaded = runtime.loaded(history, distrusted);
        assertThat(loaded).isInstanceOf(Loaded.Known.class);
        return ((Loaded.Known) loaded).fingerprint();
    }

    private Loaded.Stale stale() throws Exception {
        return stale(NOTHING);
    }

    private Loaded.Stale stale(SortedSet<Identity> distrusted) throws Exception {
        Loaded loaded = runtime.loaded(history, distrusted);
        assertThat(loaded).isInstanceOf(Loaded.Stale.class);
        return (Loaded.Stale) loaded;
    }
}
