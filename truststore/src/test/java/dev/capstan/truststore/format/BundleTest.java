package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {

    private static final P11KitBundle SUSE = new P11KitBundle(Purpose.SERVER_AUTHENTICATION, false);
    private static final P11KitBundle RHEL = new P11KitBundle(Purpose.SERVER_AUTHENTICATION, true);

    @TempDir
    Path folder;

    private Certificate a;
    private Certificate b;
    private Certificate c;

    @BeforeEach
    void makeAuthorities() {
        a = Tools.authority(folder, "/CN=A");
        b = Tools.authority(folder, "/CN=B");
        c = Tools.authority(folder, "/CN=C");
    }

    private static String edited(StoreFormat format, String now, Edit edit) throws UneditableException {
        return new String(format.edit(now.getBytes(UTF_8), edit), UTF_8);
    }

    @Test
    void newOnesStandWhereTheyAreToldTo() throws Exception {
        String now = a.pem() + b.pem();
        Set<Identity> first = Set.of(a.identity());
        Set<Identity> last = Set.of(b.identity());
        List<Certificate> add = List.of(c);
        assertThat(edited(SUSE, now, Edit.of(Set.of(), add, Edit.FIRST))).isEqualTo(c.pem() + a.pem() + b.pem());
        assertThat(edited(SUSE, now, Edit.of(Set.of(), add, Edit.LAST))).isEqualTo(a.pem() + b.pem() + c.pem());
        assertThat(edited(SUSE, now, Edit.of(Set.of(), add, new Edit.Place.Behind(first))))
                .isEqualTo(a.pem() + c.pem() + b.pem());
        assertThat(edited(SUSE, now, Edit.of(Set.of(), add, new Edit.Place.Before(last))))
                .isEqualTo(a.pem() + c.pem() + b.pem());
        assertThat(edited(SUSE, now, Edit.of(Set.of(a.identity()), add, Edit.LAST)))
                .isEqualTo(b.pem() + c.pem());
    }

    @Test
    void whatIsThereTwiceIsThereOnceWhereItIsOursAndStaysTwiceWhereItIsForeign() throws Exception {
        String now = a.pem() + b.pem() + a.pem() + b.pem();
        assertThat(edited(SUSE, now, Edit.of(Set.of(), List.of(a), Edit.LAST))).isEqualTo(a.pem() + b.pem() + b.pem());
    }

    @Test
    void distrustWinsOverWhatIsAdded() throws Exception {
        Edit edit = new Edit(Set.of(), List.of(a), List.of(a, b), Edit.LAST);
        assertThat(edited(SUSE, a.pem(), edit)).isEqualTo(b.pem());
        assertThat(edited(RHEL, "", edit)).isEqualTo("# B\n" + b.pem());
    }

    @Test
    void nothingGoesBehindABlockThatIsCut() throws Exception {
        String cut = "-----BEGIN CERTIFICATE-----\nMIIB\n";
        assertThat(edited(SUSE, a.pem() + cut, Edit.of(Set.of(), List.of(b), Edit.LAST)))
                .isEqualTo(a.pem() + b.pem() + cut);
        assertThat(SUSE.read((a.pem() + cut).getBytes(UTF_8)).damages())
                .containsExactly(
                        new Held.Damage(1 + (int) a.pem().lines().count(), "the block is cut: it has no END line."));
    }

    @Test
    void foreignTextStaysEveryByteOfIt() throws Exception {
        String header = "\u00ef\u00bb\u00bf# automatically created\r\n#\n";
        String between = "\n some text \n-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
        String end = "no line end";
        String now = header + a.pem() + between + b.pem().replace("\n", "\r\n") + end;
        String with = edited(SUSE, now, Edit.of(Set.of(), List.of(c), Edit.LAST));
        assertThat(with).isEqualTo(now + "\n" + c.pem());
        assertThat(edited(SUSE, now, Edit.of(Set.of(a.identity()), List.of(), Edit.LAST)))
                .isEqualTo(header + between + b.pem().replace("\n", "\r\n") + end);
        assertThat(edited(SUSE, now, Edit.of(Set.of(), List.of(c), Edit.FIRST)))
                .isEqualTo(header + c.pem() + now.substring(header.length()));
    }

    @Test
    void aCommentGoesWithItsBlockAndOtherTextDoesNot() throws Exception {
        String now = "# A\n" + a.pem() + "\n# B\n" + b.pem() + "\n# two\n# lines\n" + c.pem();
        assertThat(edited(RHEL, now, Edit.of(Set.of(a.identity()), List.of(), Edit.FIRST)))
                .isEqualTo("# B\n" + b.pem() + "\n# two\n# lines\n" + c.pem());
        assertThat(edited(RHEL, now, Edit.of(Set.of(c.identity()), List.of(), Edit.FIRST)))
                .isEqualTo("# A\n" + a.pem() + "\n# B\n" + b.pem() + "\n# two\n# lines\n");
    }

    @Test
    void aSubjectPutsNoLinesOfItsOwnIntoABundle() throws Exception {
        Path config = folder.resolve("evil.cnf");
        Files.writeString(config, """
                [req]
                distinguished_name=name
                prompt=no
                utf8=yes
                string_mask=utf8only
                [name]
                CN=x\\n-----BEGIN CERTIFICATE-----\\ny
                """);
        Certificate evil = Tools.authority(
                folder,
                "/CN=unused",
                "-config",
                config.toString(),
                "-subj",
                "/CN=x\n" + "-----BEGIN CERTIFICATE-----\ny");
        String bundle = edited(RHEL, "", Edit.of(Set.of(), List.of(evil, a), Edit.FIRST));
        assertThat(bundle).startsWith("# x -----BEGIN CERTIFICATE----- y\n-----BEGIN CERTIFICATE-----\nMII");
        assertThat(RHEL.read(bundle.getBytes(UTF_8)).identities()).containsExactly(evil.identity(), a.identity());
    }

    @Test
    void opensslReadsTheTrustedBundleAndRefusesWhatIsRejected() throws Exception {
        byte[] bundle = new TrustedBundle().edit(new byte[0], new Edit(Set.of(), List.of(b), List.of(a), Edit.FIRST));
        Path file = folder.resolve("ca-bundle.trust.crt");
        Files.write(file, bundle);
        String shown = Tools.run(folder, "openssl", "storeutl", "-noout", "-text", "-certs", file.toString());
        assertThat(shown).contains("Total found: 2", "Alias: A", "Alias: B", "TLS Web Server Authentication");
        Path server = folder.resolve("a.pem");
        Files.writeString(server, a.pem());
        assertThat(Tools.run(
                        folder,
                        "openssl",
                        "verify",
                        "-purpose",
                        "sslserver",
                        "-no-CApath",
                        "-CAfile",
                        file.toString(),
                        server.toString()))
                .contains("OK");
    }

    @Test
    void aHashFolderHasNoGapAndKeepsWhatIsForeign() {
        HashFolder format = HashFolder.pem(certificate -> "00000000");
        SortedMap<String, Node> folderNow = new TreeMap<>();
        folderNow.put("README", new Node.File("foreign".getBytes(UTF_8)));
        folderNow.put("00000000.0", new Node.Link("nowhere.pem"));
        SortedMap<String, Node> with = format.edit(folderNow, Edit.of(Set.of(), List.of(a, b), Edit.FIRST));
        assertThat(with)
                .containsEntry("00000000.0", new Node.Link("A.pem"))
                .containsEntry("00000000.1", new Node.Link("B.pem"))
                .containsEntry("00000000.2", new Node.Link("nowhere.pem"))
                .containsEntry("README", new Node.File("foreign".getBytes(UTF_8)));
        assertThat(format.read(with).damages()).hasSize(1);
        assertThat(format.read(with).identities()).containsExactlyInAnyOrder(a.identity(), b.identity());
        assertThat(format.edit(with, Edit.of(Set.of(a.identity(), b.identity()), List.of(), Edit.FIRST)))
                .isEqualTo(folderNow);
    }
}
