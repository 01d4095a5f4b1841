package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.HostDirectory;
import dev.capstan.runtime.Lane;
import dev.capstan.runtime.LaneChoice;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Host directories without our set in lane Isolated, on real containerds: the proof finds exactly those whose pulls need no
 * set, and a link of ours brings the set to those that need it. Verdicts come from pulls.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class HostDirectoryProofTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ofDistribution = LAB.local(LAB.distribution(), "");
    private final TlsRegistry corporate = LAB.local(LAB.second(), "");
    private final TlsRegistry ofSet = LAB.local(LAB.ours(), "");
    private final TlsRegistry tokensOfSet = LAB.local(LAB.distribution(), ofSet.address());
    private final TlsRegistry named = LAB.registry(LAB.ours(), "joined");
    private final Node node;

    HostDirectoryProofTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @Test
    void aDirectoryIsNoObstacleExactlyWhereItsPullsNeedNoSet() throws Exception {
        node.write("/etc/corporate.crt", LAB.second().pem());
        Containerd containerd = node.containerd(Product.isolated(node));
        Product product = Product.on(node);
        product.bring(LAB.ours());
        List<TlsRegistry> all = List.of(ofDistribution, corporate, ofSet, tokensOfSet);
        all.forEach(registry -> mirror(registry, registry == corporate ? "  ca = \"/etc/corporate.crt\"\n" : ""));

        Set<HostDirectory> vouched = product.vouched();

        Set<String> pulled = all.stream()
                .filter(registry -> containerd.verdict(registry.image()).equals("OK"))
                .map(TlsRegistry::address)
                .collect(Collectors.toSet());
        assertThat(pulled).containsExactlyInAnyOrder(ofDistribution.address(), corporate.address());
        assertThat(vouched).extracting(HostDirectory::registry).containsExactlyInAnyOrderElementsOf(pulled);
        ContainerRuntime vouching = product.runtime().vouching(vouched);
        assertThat(vouching.lane().obstacles())
                .hasSize(2)
                .anySatisfy(words -> assertThat(words).contains(ofSet.address(), "the line ca ="))
                .anySatisfy(words -> assertThat(words).contains(tokensOfSet.address(), "the line ca ="));

        node.remove(Node.HOST_DIRECTORIES + "/" + ofSet.address());
        node.remove(Node.HOST_DIRECTORIES + "/" + tokensOfSet.address());
        LaneChoice lane = vouching.lane();
        assertThat(lane.lane()).isEqualTo(Lane.ISOLATED);
        assertThat(lane.obstacles()).isEmpty();
        assertThat(lane.reason()).contains("not for ", corporate.address(), ofDistribution.address());
        assertThat(containerd.verdict(named.image())).as("by the set").isEqualTo("OK");
        product.bring();
        assertThat(containerd.verdict(named.image()) + " " + containerd.verdict(ofDistribution.image()))
                .as("without it")
                .isEqualTo("FAIL OK");
    }

    @Test
    void aLinkOfOursBringsTheSetToADirectoryOfCertificatesAndTakesItAwayAgain() throws Exception {
        Containerd containerd = node.containerd(Product.isolated(node));
        Product product = Product.on(node);
        String own = Node.HOST_DIRECTORIES + "/" + named.address() + "/own.crt";
        node.write(own, LAB.second().pem());
        product.bring(LAB.ours());
        HostDirectory directory = product.runtime().hostDirectories().getFirst();
        String seen = containerd.verdict(named.image());

        product.runtime().join(directory);
        seen += " " + containerd.verdict(named.image());
        assertThat(product.lane().obstacles()).isEmpty();
        product.bring();
        seen += " " + containerd.verdict(named.image());
        product.bring(LAB.ours());
        product.runtime().leave(directory.path());
        seen += " " + containerd.verdict(named.image());

        assertThat(seen).isEqualTo("FAIL OK FAIL FAIL");
        assertThat(node.read(own)).isEqualTo(LAB.second().pem());
    }

    private void mirror(TlsRegistry registry, String ca) {
        node.hostDirectory(
                registry.address(),
                ca.strip()
                        + "\nserver = \"https://%1$s\"\n[host.\"https://%1$s\"]\n".formatted(registry.address())
                        + ca);
    }
}
