package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whose roots judge the other hosts of a pull: the token server, the host that blobs are redirected to, and an HTTPS proxy.
 * All three are judged by what was chosen for the first host, the image's registry, never by a host directory of their own.
 * A = our CA, B = a second private one, P = the distribution's. The same on all three ages.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class SecondHostTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry a = LAB.registry(LAB.ours(), "a");
    private final TlsRegistry b = LAB.registry(LAB.second(), "b");
    private final TlsRegistry p = LAB.registry(LAB.distribution(), "p");
    private final TlsRegistry tokenA = LAB.registry(LAB.ours(), "token-a", a.address(), "");
    private final TlsRegistry tokenB = LAB.registry(LAB.ours(), "token-b", b.address(), "");
    private final TlsRegistry tokenP = LAB.registry(LAB.ours(), "token-p", p.address(), "");
    private final TlsRegistry blobB = LAB.registry(LAB.ours(), "blob-b", "", b.address());
    private final TlsRegistry blobP = LAB.registry(LAB.ours(), "blob-p", "", p.address());
    private final TlsRegistry publicWithBlobA =
            LAB.registry(LAB.distribution(), "public-blob-a", a.address(), a.address());
    private final ConnectProxy proxyA = LAB.proxy(LAB.ours(), "proxy-a");
    private final ConnectProxy proxyB = LAB.proxy(LAB.second(), "proxy-b");
    private final ConnectProxy proxyP = LAB.proxy(LAB.distribution(), "proxy-p");
    private final Node node;

    SecondHostTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @ParameterizedTest(name = "{0}: token server and redirected blobs follow _default, added and removed")
    @EnumSource(names = {"STOCK", "NONE", "COPY"})
    void throughDefault(Roots roots) {
        node.configure();
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);
        assertThat(containerd.verdict(p.image())).isEqualTo("OK");

        node.trust(LAB.ours(), LAB.second());
        assertThat(flows(containerd)).isEqualTo("token A->A OK, A->B OK, A->P OK; blob A->B OK, A->P OK, P->A OK");

        node.trust(LAB.ours());
        assertThat(flows(containerd)).isEqualTo("token A->A OK, A->B FAIL, A->P OK; blob A->B FAIL, A->P OK, P->A OK");
    }

    private String flows(Containerd containerd) {
        return "token A->A %s, A->B %s, A->P %s; blob A->B %s, A->P %s, P->A %s"
                .formatted(
                        containerd.verdict(tokenA.image()),
                        containerd.verdict(tokenB.image()),
                        containerd.verdict(tokenP.image()),
                        containerd.verdict(blobB.image()),
                        containerd.verdict(blobP.image()),
                        containerd.verdict(publicWithBlobA.image()));
    }

    @ParameterizedTest(name = "HTTPS_PROXY behind {1}, {0}: {2} with its CA, {3} when B is removed")
    @CsvSource({
        "STOCK, A, OK OK, OK OK",
        "STOCK, B, OK OK, OK OK",
        "STOCK, P, OK OK, OK OK",
        "NONE, A, OK OK, OK OK",
        "NONE, B, OK OK, PROXY PROXY",
        "COPY, A, OK OK, OK OK",
        "COPY, B, OK OK, PROXY PROXY",
        "COPY, P, OK OK, OK OK",
    })
    void proxy(Roots roots, String behind, String expected, String withoutB) {
        ConnectProxy proxy = behind.equals("A") ? proxyA : behind.equals("B") ? proxyB : proxyP;
        node.configure();
        node.defaultIsTheBundle();
        node.trust(LAB.ours(), LAB.second());
        Containerd containerd = node.containerd(roots, Map.of("HTTPS_PROXY", proxy.address()));

        assertThat(containerd.verdict(a.image()) + " " + containerd.verdict(p.image()))
                .isEqualTo(expected);
        assertThat(proxy.tunnels()).isPositive();
        node.trust(LAB.ours());
        assertThat(containerd.verdict(a.image()) + " " + containerd.verdict(p.image()))
                .isEqualTo(withoutB);
    }

    @ParameterizedTest(name = "a directory of its own with {1}, {0}: {2}")
    @CsvSource({
        "STOCK, A alone and tokens behind B, FAIL",
        "NONE, A alone and tokens behind B, FAIL",
        "COPY, A alone and tokens behind B, FAIL",
        "STOCK, A and B and blobs behind P, OK",
        "NONE, A and B and blobs behind P, FAIL",
        "COPY, A and B and blobs behind P, OK",
        "STOCK, the bundle and tokens behind B, OK",
        "NONE, the bundle and tokens behind B, OK",
        "COPY, the bundle and tokens behind B, OK",
    })
    void ownDirectory(Roots roots, String form, String expected) {
        node.configure();
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);
        assertThat(containerd.verdict(p.image())).isEqualTo("OK");
        node.trust(LAB.ours(), LAB.second());
        TlsRegistry registry = form.contains("blobs") ? blobP : tokenB;
        String file = Node.HOST_DIRECTORIES + "/" + registry.address() + "/ca.crt";
        if (form.startsWith("the bundle")) {
            node.link(file, Node.BUNDLE);
        } else {
            node.write(
                    file,
                    form.startsWith("A alone")
                            ? LAB.ours().pem()
                            : LAB.ours().pem() + LAB.second().pem());
        }

        assertThat(containerd.verdict(registry.image())).isEqualTo(expected);
    }
}
