package dev.capstan.runtime;

import static dev.capstan.runtime.FakeNode.NOTHING;
import static dev.capstan.runtime.FakeNode.identities;
import static dev.capstan.runtime.FakeNode.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The roots that lane Isolated gives containerd, and what a process may have read of them. */
class KeptRootsTest {

    private FakeNode node;
    private ContainerRuntime runtime;

    @BeforeEach
    void node(@TempDir Path folder) throws IOException {
        node = new FakeNode(folder);
        runtime = node.runtime();
    }

    @Test
    void rootsThatCameAreSaidAndHarmNothing() throws Exception {
        node.isolated();
        runtime.show(node.one);
        node.startsNow();
        Path distribution = node.write("/distribution", node.own.pem() + node.two.pem());

        assertThat(runtime.keepRoots(distribution)).isTrue();
        assertThat(runtime.keepRoots(distribution)).isFalse();

        assertThat(node.at(RuntimeLayout.DISTRIBUTION_ROOTS)).hasContent(node.own.pem() + node.two.pem());
        assertThat(known()).isEqualTo(node.one.fingerprint());
        assertThat(runtime.lane().reason())
                .contains("may not know until it is restarted")
                .contains(identity(node.two).hex())
                .doesNotContain(identity(node.own).hex());
    }

    @Test
    void rootsThatLeftMakeItStaleByNameUntilItIsRestarted() throws Exception {
        node.isolated();
        runtime.show(node.one);
        node.startsNow();
        runtime.keepRoots(node.write("/distribution", node.own.pem() + node.two.pem()));
        runtime.keepRoots(node.write("/distribution", node.two.pem()));

        assertThat(stale(identities(node.own)).stillTrusted())
                .extracting(NamedCertificate::identity)
                .containsExactly(identity(node.own));

        node.clock(50);
        node.containerd(41, Map.of()).ends();
        node.containerd(51, IsolatedLane.ENVIRONMENT);
        assertThat(known(identities(node.own)))
                .isEqualTo(Fingerprint.of(List.of(identity(node.one)), List.of(identity(node.own))));
        assertThat(runtime.lane().reason()).doesNotContain("may not know");
    }

    @Test
    void rootsThatLeftAndCameBackAreTrustedAsTheyShallBe() throws Exception {
        node.isolated();
        node.startsNow();
        runtime.keepRoots(node.write("/distribution", node.two.pem()));
        runtime.keepRoots(node.write("/distribution", node.own.pem()));

        // The one in between may have been loaded; the one that was there before and is again may be trusted.
        assertThat(stale().stillTrusted())
                .extracting(NamedCertificate::identity)
                .containsExactly(identity(node.two));
    }

    @Test
    void deathBetweenRecordAndRootsLeavesNobodyLoaded() throws Exception {
        node.isolated();
        node.write(
                RuntimeLayout.ROOTS_RECORD,
                "left " + FakeNode.BOOT + " " + Long.MAX_VALUE + " "
                        + identity(node.two).hex() + " CN=two\n");
        assertThat(stale().stillTrusted()).containsExactly(new NamedCertificate(identity(node.two), "CN=two"));

        // The next life finds the roots as they shall be, and says when that was.
        node.clock(41);
        assertThat(runtime.keepRoots(node.write("/distribution", node.own.pem())))
                .isFalse();
        node.containerd(41, Map.of()).ends();
        node.containerd(51, IsolatedLane.ENVIRONMENT);
        assertThat(known()).isEqualTo(Fingerprint.EMPTY);
    }

    @Test
    void recordThatCannotBeReadIsSaidAndNothingCountsAsLoaded() throws Exception {
        node.isolated();
        node.write(RuntimeLayout.ROOTS_RECORD, "left something\n");

        assertThatThrownBy(() -> runtime.loaded(List.of(), NOTHING))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("distribution-roots.record is damaged")
                .hasMessageContaining("remove it");
    }

    private Fingerprint known() throws Exception {
        return known(NOTHING);
    }

    private Fingerprint known(SortedSet<Identity> distrusted) throws Exception {
        Loaded loaded = runtime.loaded(List.of(), distrusted);
        assertThat(loaded).isInstanceOf(Loaded.Known.class);
        return ((Loaded.Known) loaded).fingerprint();
    }

    private Loaded.Stale stale() throws Exception {
        return stale(NOTHING);
    }

    private Loaded.Stale stale(SortedSet<Identity> distrusted) throws Exception {
        Loaded loaded = runtime.loaded(List.of(), distrusted);
        assertThat(loaded).isInstanceOf(Loaded.Stale.class);
        return (Loaded.Stale) loaded;
    }
}
