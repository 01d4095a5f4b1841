package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the distribution's own tool, its Java hook included, and real TLS clients. */
class PrivateRootTest {

    @Test
    void theDistributionAgreesAndItsClientsTrust(@TempDir Path folder) throws Exception {
        assumePossible();
        Authority authority = Authority.make(folder, "authority");
        Authority other = Authority.make(folder, "other");
        Authority renewal = Authority.make(folder, "renewal", "/O=Capstan Test/CN=other");
        authority.issueServer(PrivateRoot.HOST);
        Clients clients;
        try (TlsServer server = TlsServer.start(folder, PrivateRoot.HOST);
                PrivateRoot machine = PrivateRoot.make(folder)) {
            clients = Clients.make(folder, machine, server.port());
            TrustStore store = TrustStore.at(machine.root().path());
            Map<String, String> stock = outputs(machine);
            String stockBundle = Files.readString(machine.root().bundle());
            clients.all(false, machine, "before");

            change(machine, store, Authority.set(authority, other));
            clients.all(true, machine, "once it is there");
            assertThat(store.withoutOurs()).hasContent(stockBundle);

            change(machine, store, Authority.set(authority, renewal));
            clients.all(true, machine, "while another is rotated");

            change(machine, store, Authority.set(renewal));
            clients.all(false, machine, "once it is removed");

            change(machine, store, CertificateSet.empty());
            assertThat(StockRoot.difference(stock, outputs(machine)))
                    .as("without any of ours")
                    .isEmpty();
            assertThat(store.read().fingerprint()).isEqualTo(Fingerprint.EMPTY);
        }
        assumeTrue(clients.lacking().isEmpty(), "all held, but this machine lacks the clients " + clients.lacking());
    }

    /** The tool finds nothing to add or remove, no byte changes, and ours finds nothing to do. */
    private static void change(PrivateRoot machine, TrustStore store, CertificateSet set) throws Exception {
        assertThat(store.apply(Wanted.of(set)).written()).isTrue();
        Map<String, String> outputs = bytes(machine);
        assertThat(machine.run("update-ca-certificates").succeeded()).contains("0 added, 0 removed");
        assertThat(StockRoot.difference(outputs, bytes(machine))).isEmpty();
        assertThat(store.read().damages()).isEmpty();
        assertThat(store.apply(Wanted.of(set)).written()).isFalse();
    }

    @Test
    void whatIsDistrustedStaysOutAndUninstallLeavesWhatTheToolAloneWouldMake(@TempDir Path folder) throws Exception {
        assumePossible();
        Authority authority = Authority.make(folder, "authority");
        try (PrivateRoot machine = PrivateRoot.make(folder)) {
            StockRoot root = machine.root();
            Map<String, String> stock = outputs(machine);
            String selection = Files.readString(root.path().resolve("etc/ca-certificates.conf"));
            Certificate distrusted = Authority.read(
                            Path.of("/usr/share/ca-certificates/mozilla/" + selected(selection)))
                    .certificates()
                    .getFirst();
            Path program = root.path().resolve("opt/the program");
            Files.writeString(program, "#!/bin/sh\necho \"$@\" >> /tmp/calls\nexit 3\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            TrustStore store = TrustStore.at(root.path()).hookedBy(Path.of("/opt/the program"));

            store.apply(Wanted.of(Authority.set(authority), List.of(distrusted.identity())));
            Map<String, String> without = outputs(machine);
            for (String options : List.of("", " --fresh")) {
                assertThat(machine.run("update-ca-certificates" + options).succeeded())
                        .doesNotContain("E:");
                assertThat(Authority.read(root.bundle()).contains(distrusted.identity()))
                        .as("it stays out, update-ca-certificates" + options)
                        .isFalse();
                assertThat(StockRoot.difference(without, outputs(machine))).isEmpty();
            }
            assertThat(root.path().resolve("tmp/calls"))
                    .as("the hook ran, and its failure failed nobody")
                    .hasContent("truststore apply\ntruststore apply\n");

            store.uninstall();
            assertThat(StockRoot.difference(stock, outputs(machine))).isEmpty();
            assertThat(root.path().resolve("etc/ca-certificates.conf")).hasContent(selection);
            assertThat(root.path().resolve("var/lib/capstan/truststore")).doesNotExist();
            assertThat(machine.run("update-ca-certificates").succeeded()).contains("0 added, 0 removed");
            assertThat(StockRoot.difference(stock, outputs(machine))).isEmpty();
        }
    }

    private static void assumePossible() {
        assumeTrue(Programs.isRoot(), "needs root, for an overlay of its own");
        assumeTrue(Files.exists(Path.of("/usr/sbin/update-ca-certificates")), "needs Debian's ca-certificates");
        assumeTrue(Files.exists(Path.of("/etc/ca-certificates/update.d/jks-keystore")), "needs ca-certificates-java");
    }

    private static String selected(String selection) {
        return selection
                .lines()
                .filter(line -> line.startsWith("mozilla/"))
                .findFirst()
                .orElseThrow()
                .substring("mozilla/".length());
    }

    /** Every byte in the folder of outputs, but no times. */
    private static Map<String, String> bytes(PrivateRoot machine) throws Exception {
        return new StockRoot(machine.root().outputs()).snapshot();
    }

    /** The same with what the keystore holds: who takes a certificate out and puts it in again gives it a new date. */
    private static Map<String, String> outputs(PrivateRoot machine) throws Exception {
        Map<String, String> outputs = bytes(machine);
        outputs.put(
                "java/cacerts",
                new TreeMap<>(Readers.of(machine.root(), List.of()).java()).toString());
        return outputs;
    }
}
