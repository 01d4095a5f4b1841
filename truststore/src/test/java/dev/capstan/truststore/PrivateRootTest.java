package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the distribution's own tool, its Java hook included, and real TLS clients. */
class PrivateRootTest {

    @Test
    void theDistributionAgreesAndItsClientsTrust(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot(), "needs root, for an overlay of its own");
        assumeTrue(Files.exists(Path.of("/usr/sbin/update-ca-certificates")), "needs Debian's ca-certificates");
        Authority authority = Authority.make(folder, "authority");
        Authority other = Authority.make(folder, "other");
        Authority renewal = Authority.make(folder, "renewal", "/O=Capstan Test/CN=other");
        authority.issueServer(PrivateRoot.HOST);
        Clients clients;
        try (TlsServer server = TlsServer.start(folder, PrivateRoot.HOST);
                PrivateRoot machine = PrivateRoot.make(folder)) {
            clients = Clients.make(folder, machine, server.port());
            TrustStore store = TrustStore.at(machine.root().path());
            Map<String, String> stock = outputs(machine.root());
            clients.all(false, machine, "before");

            change(machine, store, Authority.set(authority, other));
            clients.all(true, machine, "once it is there");

            change(machine, store, Authority.set(authority, renewal));
            clients.all(true, machine, "while another is rotated");

            change(machine, store, Authority.set(renewal));
            clients.all(false, machine, "once it is removed");

            change(machine, store, CertificateSet.empty());
            assertThat(StockRoot.difference(stock, outputs(machine.root())))
                    .as("without any of ours")
                    .isEmpty();
            assertThat(store.read().fingerprint()).isEqualTo(Fingerprint.EMPTY);
        }
        assumeTrue(clients.lacking().isEmpty(), "all held, but this machine lacks the clients " + clients.lacking());
    }

    /** The tool finds nothing to add or remove, no byte changes, and ours finds nothing to do. */
    private static void change(PrivateRoot machine, TrustStore store, CertificateSet set) throws Exception {
        assertThat(store.apply(Wanted.of(set)).written()).isTrue();
        Map<String, String> outputs = outputs(machine.root());
        assertThat(machine.run("update-ca-certificates").succeeded()).contains("0 added, 0 removed");
        assertThat(StockRoot.difference(outputs, outputs(machine.root()))).isEmpty();
        assertThat(store.read().damages()).isEmpty();
        assertThat(store.apply(Wanted.of(set)).written()).isFalse();
    }

    /** Everything in the folder of outputs, but no times. */
    private static Map<String, String> outputs(StockRoot root) throws Exception {
        return new StockRoot(root.outputs()).snapshot();
    }
}
