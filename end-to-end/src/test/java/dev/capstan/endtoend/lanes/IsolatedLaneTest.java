package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.runtime.Lane;
import dev.capstan.runtime.Loaded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lane Isolated, made by the product on real containerds: a change of the set counts at the next pull, in the same process,
 * also for the other hosts of a pull, and nothing else loses its trust. Verdicts come from pulls.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class IsolatedLaneTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private static final int PULLS = Integer.getInteger("capstan.pulls", 40);

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry second = LAB.registry(LAB.second(), "second");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final TlsRegistry tokenSecond = LAB.registry(LAB.ours(), "token-second", second.address(), "");
    private final TlsRegistry blobSecond = LAB.registry(LAB.ours(), "blob-second", "", second.address());
    private final ConnectProxy proxy = LAB.proxy(LAB.second(), "proxy");
    private final Node node;

    IsolatedLaneTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @Test
    void addedAndRemovedAtTheNextPullInTheSameProcess() throws Exception {
        Containerd containerd = node.containerd(Product.isolated(node));
        Product product = Product.on(node);
        String process = Proc.identity(containerd.pid());
        List<String> seen = new ArrayList<>();

        for (Authority[] set :
                new Authority[][] {{}, {LAB.ours()}, {}, {LAB.ours(), LAB.second()}, {LAB.second()}, {LAB.ours()}}) {
            product.bring(set);
            assertThat(product.lane().lane()).isEqualTo(Lane.ISOLATED);
            assertThat(product.loaded())
                    .isInstanceOfSatisfying(
                            Loaded.Known.class,
                            known -> assertThat(known.fingerprint())
                                    .isEqualTo(Product.set(set).fingerprint()));
            seen.add(containerd.verdict(ours.image()) + " " + containerd.verdict(second.image()) + " "
                    + containerd.verdict(distribution.image()));
        }

        assertThat(seen)
                .containsExactly("FAIL FAIL OK", "OK FAIL OK", "FAIL FAIL OK", "OK OK OK", "FAIL OK OK", "OK FAIL OK");
        assertThat(Proc.identity(containerd.pid())).isEqualTo(process);
    }

    @Test
    void tokenServerRedirectAndProxyFollowTheSet() throws Exception {
        Map<String, String> environment = new TreeMap<>(Product.isolated(node));
        Containerd containerd = node.containerd(environment);
        Product product = Product.on(node);

        product.bring(LAB.ours(), LAB.second());
        assertThat(containerd.verdict(tokenSecond.image()) + " " + containerd.verdict(blobSecond.image()))
                .isEqualTo("OK OK");
        product.bring(LAB.ours());
        assertThat(containerd.verdict(tokenSecond.image()) + " " + containerd.verdict(blobSecond.image()))
                .isEqualTo("FAIL FAIL");

        environment.put("HTTPS_PROXY", proxy.address());
        containerd = node.containerd(environment);
        String seen = "";
        for (int round = 0; round < 2; round++) {
            product.bring(LAB.ours());
            seen += containerd.verdict(ours.image()) + " ";
            product.bring(LAB.ours(), LAB.second());
            seen += containerd.verdict(ours.image()) + " " + containerd.verdict(distribution.image()) + " ";
        }
        assertThat(seen).isEqualTo("PROXY OK OK PROXY OK OK ");
        assertThat(proxy.tunnels()).isPositive();
    }

    @Test
    void mirrorDirectoryWithoutCaKeepsPublicPullsAndIsNamed() throws Exception {
        Containerd containerd = node.containerd(Product.isolated(node));
        Product product = Product.on(node);
        product.bring(LAB.ours());
        assertThat(product.lane().obstacles()).isEmpty();

        for (TlsRegistry registry : List.of(distribution, ours)) {
            node.hostDirectory(
                    registry.address(),
                    "server = \"https://%1$s\"\n[host.\"https://%1$s\"]\n".formatted(registry.address()));
        }

        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");
        assertThat(containerd.verdict(ours.image()))
                .as("its own directory hides the set")
                .isEqualTo("FAIL");
        assertThat(product.lane().obstacles())
                .anySatisfy(obstacle ->
                        assertThat(obstacle).contains(ours.address()).contains("hosts.toml"));
        assertThat(product.loaded()).isInstanceOf(Loaded.Unknown.class);
    }

    /** A thousand by {@code -Dcapstan.pulls=1000}. */
    @Test
    void noPullFailsThatShouldNotWhileTheSetChangesAllTheTime() throws Exception {
        Containerd containerd = node.containerd(Product.isolated(node));
        Product product = Product.on(node);
        product.bring(LAB.ours());
        CertificateSet one = Product.set(LAB.ours());
        CertificateSet both = Product.set(LAB.ours(), LAB.second());
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger changes = new AtomicInteger();
        FutureTask<Void> writer = new FutureTask<>(() -> {
            while (!over.get()) {
                product.runtime().show(both);
                product.runtime().show(one);
                changes.addAndGet(2);
            }
            return null;
        });
        Thread.ofPlatform().start(writer);

        Map<String, Integer> seen = new TreeMap<>();
        try {
            for (int pull = 0; pull < PULLS; pull++) {
                seen.merge(containerd.verdict((pull % 4 == 3 ? distribution : ours).image()), 1, Integer::sum);
            }
        } finally {
            over.set(true);
            writer.get();
        }

        assertThat(seen).containsExactly(Map.entry("OK", PULLS));
        assertThat(changes.get()).isGreaterThan(4);
        assertThat(product.loaded()).isInstanceOf(Loaded.Known.class);
    }
}
