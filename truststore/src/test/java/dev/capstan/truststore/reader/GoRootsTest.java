package dev.capstan.truststore.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.truststore.Authority;
import dev.capstan.truststore.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of a root Go reads: we say what a Go program that runs in the root says. */
class GoRootsTest {

    private static Authority one;
    private static Authority two;
    private static Authority three;
    private static Path probe;

    @TempDir
    private static Path folder;

    @TempDir
    private Path root;

    @BeforeAll
    static void make() {
        assumeTrue(RealClients.goCommand().isPresent(), "needs go: Debian package golang-go");
        assumeTrue(Programs.isRoot(), "needs root, to run a program in a root");
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
        three = Authority.make(folder, "three");
        probe = RealClients.goProbe(folder);
    }

    private void put(String path, Authority... authorities) throws Exception {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), Authority.set(authorities).pem());
    }

    private void link(String path, String target) throws Exception {
        Files.createDirectories(root.resolve(path).getParent());
        Files.createSymbolicLink(root.resolve(path), Path.of(target));
    }

    private void assertTrusted(Authority... expected) throws Exception {
        View view = ClientViews.of(root).views().stream()
                .filter(one -> one.client() == Client.GO)
                .findFirst()
                .orElseThrow();
        assertThat(view.trusted().keySet())
                .as("%s", view)
                .isEqualTo(RealClients.go(probe, root, List.of(one, two, three)))
                .containsExactlyInAnyOrderElementsOf(List.of(expected).stream()
                        .map(authority -> authority.certificate().identity())
                        .toList());
    }

    @Test
    void theFirstFileOfItsListIsReadAndNoLaterOne() throws Exception {
        put("etc/pki/tls/certs/ca-bundle.crt", one);
        put("etc/ssl/ca-bundle.pem", two);
        put("etc/ssl/cert.pem", three);

        assertTrusted(one);
    }

    @Test
    void anEmptyFirstFileHidesGoodLaterOnes() throws Exception {
        put("etc/ssl/certs/ca-certificates.crt");
        put("etc/ssl/cert.pem", one);

        assertTrusted();
    }

    @Test
    void aFirstFileThatLeadsNowhereHidesNone() throws Exception {
        link("etc/ssl/certs/ca-certificates.crt", "/nowhere");
        put("etc/ssl/cert.pem", one);

        assertTrusted(one);
    }

    @Test
    void everyFileOfItsFoldersCountsWhateverItsName() throws Exception {
        put("etc/ssl/certs/ca-certificates.crt");
        put("etc/ssl/certs/.hidden", one);
        put("etc/ssl/certs/ca-certificates.crt.new", two);
        put("etc/pki/tls/certs/old.bak", three);

        assertTrusted(one, two, three);
    }

    @Test
    void foldersInItsFoldersDoNotCount() throws Exception {
        put("etc/ssl/certs/ca-certificates.crt", one);
        put("etc/ssl/certs/.capstan/two", two);

        assertTrusted(one);
    }

    @Test
    void linksOutOfTheFolderAreFollowedFromTheRootOn() throws Exception {
        put("usr/share/two.crt", two);
        put("etc/ssl/certs/below/three", three);
        link("etc/ssl/certs/two.pem", "/usr/share/two.crt");
        link("etc/ssl/certs/three.pem", "below/three");

        assertTrusted(two, three);
    }

    @Test
    void aFolderThatIsALinkIsReadAsWhatItLeadsTo() throws Exception {
        put("var/lib/ca-certificates/pem/one.pem", one);
        link("etc/ssl/certs", "../../var/lib/ca-certificates/pem");

        assertTrusted(one);
    }
}
