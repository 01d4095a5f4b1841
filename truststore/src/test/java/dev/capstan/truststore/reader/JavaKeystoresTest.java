package dev.capstan.truststore.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Authority;
import dev.capstan.truststore.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keystores made by keytool: we find in them what Java's own TLS trusts by them. */
class JavaKeystoresTest {

    private static Authority one;
    private static Authority two;

    @TempDir
    private static Path folder;

    @TempDir
    private Path root;

    @BeforeAll
    static void makeAuthorities() {
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
    }

    private Path keystore() throws Exception {
        return Files.createDirectories(root.resolve("etc/ssl/certs/java")).resolve("cacerts");
    }

    private void add(String type, String password, Authority authority, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-importcert",
                "-noprompt",
                "-storetype",
                type,
                "-storepass",
                password,
                "-keystore",
                keystore().toString(),
                "-alias",
                "debian:" + authority.name() + ".pem",
                "-file",
                folder.resolve(authority.name() + ".crt").toString()));
        command.addAll(1, List.of(more));
        Programs.run(command).succeeded();
    }

    /** Our view; Java trusts exactly what is in it. */
    private View view() throws Exception {
        View view = ClientViews.of(root).views().stream()
                .filter(one -> one.client() == Client.JAVA)
                .findFirst()
                .orElseThrow();
        Optional<SortedSet<Identity>> real = RealClients.java(keystore());
        assertThat(view.trusted().keySet()).as("%s", view).isEqualTo(real.orElse(new TreeSet<>()));
        assertThat(view instanceof View.Failing).isEqualTo(real.isEmpty());
        return view;
    }

    @Test
    void aJksIsRead() throws Exception {
        add("JKS", "changeit", one);
        add("JKS", "changeit", two);

        assertThat(view().trusted())
                .hasSize(2)
                .containsEntry(one.certificate().identity(), "/etc/ssl/certs/java/cacerts, alias debian:one.pem");
    }

    @Test
    void aPkcs12WithoutEncryptionIsRead() throws Exception {
        add("PKCS12", "changeit", one, "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE");

        assertThat(view().trusted()).hasSize(1);
    }

    @Test
    void whatIsEncryptedIsNotSeenByTlsClientsThatHaveNoPassword() throws Exception {
        add("PKCS12", "changeit", one);

        assertThat(view().trusted()).isEmpty();
    }

    @Test
    void anotherPasswordIsSaid() throws Exception {
        add("JKS", "another", one);

        View.Trusting view = (View.Trusting) view();
        assertThat(view.certificates()).hasSize(1);
        assertThat(view.faults()).singleElement().asString().contains("keytool cannot load it", "changeit");
    }

    @Test
    void aCutOneIsWorthNothing() throws Exception {
        add("JKS", "changeit", one);
        add("JKS", "changeit", two);
        byte[] bytes = Files.readAllBytes(keystore());
        Files.write(keystore(), Arrays.copyOf(bytes, bytes.length / 2));

        assertThat(view()).isInstanceOf(View.Failing.class).asString().contains("cannot be loaded", "no TLS works");
    }

    @Test
    void whereThereIsNoneNothingIsMissed() throws Exception {
        assertThat(ClientViews.of(root).views())
                .anyMatch(view -> view instanceof View.Absent && view.client() == Client.JAVA);
    }
}
