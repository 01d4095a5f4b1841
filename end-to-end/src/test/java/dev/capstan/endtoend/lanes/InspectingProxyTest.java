package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * containerd behind a proxy that inspects TLS: every certificate it sees, of public registries too, was made by the proxy's CA.
 * That CA in the set is all it needs, in lane Isolated, and its removal counts at the next pull.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class InspectingProxyTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry registry = LAB.registry(LAB.distribution(), "public");
    private final Node node;

    InspectingProxyTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @ParameterizedTest(name = "{0}: fails before, works after, fails after removal, in one process")
    @EnumSource(InspectingProxy.class)
    void pulls(InspectingProxy kind) throws Exception {
        kind.require();
        InspectingProxy.Running proxy = kind.start(node, LAB, LAB.distribution());
        Map<String, String> environment = new TreeMap<>(Product.isolated(node));
        environment.put("HTTPS_PROXY", proxy.address());
        Containerd containerd = node.containerd(environment);
        Product product = Product.on(node);
        String process = Proc.identity(containerd.pid());
        int before = registry.requests();

        product.bring();
        assertThat(containerd.verdict(registry.image())).isEqualTo("FAIL");
        product.bring(proxy.authority());
        assertThat(containerd.verdict(registry.image())).isEqualTo("OK");
        assertThat(registry.requests()).as("it was the proxy that asked").isGreaterThan(before);
        product.bring();
        assertThat(containerd.verdict(registry.image())).isEqualTo("FAIL");
        product.bring(LAB.ours(), proxy.authority());
        assertThat(containerd.verdict(registry.image())).isEqualTo("OK");
        assertThat(Proc.identity(containerd.pid())).isEqualTo(process);
    }
}
