package dev.capstan.runtime;

import static dev.capstan.runtime.FakeNode.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.certificates.CertificateSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our set where the runtime reads it at every pull. */
class ShownSetTest {

    private static final String FILE = FakeNode.CERTS + "/_default/capstan.crt";

    private FakeNode node;
    private ContainerRuntime runtime;

    @BeforeEach
    void node(@TempDir Path folder) throws IOException {
        node = new FakeNode(folder);
        runtime = node.runtime();
        node.isolated();
    }

    @Test
    void sameSetIsNotWrittenAgain() throws Exception {
        assertThat(runtime.show(node.one)).isTrue();
        Object before = Files.getAttribute(node.at(FILE), "unix:ino");

        assertThat(runtime.show(node.one)).isFalse();

        assertThat(Files.getAttribute(node.at(FILE), "unix:ino")).isEqualTo(before);
    }

    @Test
    void emptySetIsNoFileNeverAnEmptyOne() throws Exception {
        runtime.show(node.one);

        assertThat(runtime.show(CertificateSet.empty())).isTrue();
        assertThat(runtime.show(CertificateSet.empty())).isFalse();

        assertThat(node.at(FakeNode.CERTS + "/_default")).isEmptyDirectory();
    }

    @Test
    void leftTemporaryFileOfAKilledWriterHarmsNothing() throws Exception {
        node.write(FILE + ".capstan-new", "-----BEGIN CERT");
        assertThat(runtime.loaded(List.of(), NOTHING)).isInstanceOf(Loaded.Known.class);

        runtime.show(node.one);

        assertThat(node.at(FakeNode.CERTS + "/_default"))
                .isDirectoryNotContaining(path -> path.toString().endsWith("new"));
        assertThat(node.at(FILE)).hasContent(node.one.pem());
    }

    @Test
    void foreignFilesInDefaultAreNotTouched() throws Exception {
        Path foreign = node.write(FakeNode.CERTS + "/_default/corporate.crt", node.two.pem());
        runtime.show(node.one);
        runtime.show(CertificateSet.empty());

        assertThat(foreign).hasContent(node.two.pem());
    }

    @Test
    void symbolicLinkInTheWayIsRefusedNotFollowed(@TempDir Path elsewhere) throws Exception {
        Files.delete(node.at(FakeNode.CERTS + "/_default"));
        Files.createSymbolicLink(node.at(FakeNode.CERTS + "/_default"), elsewhere);

        assertThatThrownBy(() -> runtime.show(node.one))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void whereItWasShownItIsKeptCurrentThoughTheConfigurationNamesAnotherRoot() throws Exception {
        String first = "/srv/first/_default/capstan.crt";
        node.containerdSays(FakeNode.dump(2, "/srv/first"));
        runtime.show(node.one);
        assertThat(node.at(FILE)).doesNotExist();

        node.containerdSays(FakeNode.dump(2, "/srv/second"));
        runtime.show(node.two);
        assertThat(node.at(first)).hasContent(node.two.pem());
        assertThat(node.at("/srv/second/_default/capstan.crt")).hasContent(node.two.pem());

        node.containerdSays(FakeNode.NO_ROOT);
        assertThat(node.runtime().show(CertificateSet.empty())).isTrue();
        assertThat(node.at(first)).doesNotExist();
        assertThat(node.at("/srv/second/_default/capstan.crt")).doesNotExist();

        assertThat(node.runtime().show(node.one)).isFalse();
    }
}
