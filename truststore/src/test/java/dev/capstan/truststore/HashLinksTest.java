package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chains of hash links beside what is foreign in them. */
class HashLinksTest {

    private static Authority one;
    private static Authority two;
    private static Authority three;

    /** Two CAs of one subject, as after a renewal with a new key: one hash, two numbers. */
    private static Authority renewed;

    private static Authority renewal;

    private DebianRoot root;
    private TrustStore store;

    @BeforeAll
    static void makeAuthorities(@TempDir Path folder) {
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
        three = Authority.make(folder, "three");
        renewed = Authority.make(folder, "renewed", "/CN=Renewed");
        renewal = Authority.make(folder, "renewal", "/CN=Renewed");
    }

    @BeforeEach
    void makeRoot(@TempDir Path folder) throws Exception {
        root = DebianRoot.make(folder.resolve("root"));
        store = TrustStore.at(root.path());
    }

    private void assertHolds(Authority... authorities) throws Exception {
        root.assertHolds(List.of(one, two, three, renewed, renewal), authorities);
    }

    @Test
    void certificatesOfOneSubjectGetNumbersWithoutGap() throws Exception {
        root.addLocal("zz-corporate.crt", renewed);
        store.apply(Wanted.of(Authority.set(renewal)));
        assertThat(Files.readSymbolicLink(root.hashLink(renewed, 0))).hasToString("zz-corporate.pem");
        assertThat(root.byHash(renewal.certificate())).hasSize(2);
        store.apply(Wanted.nothing());
        assertThat(Files.readSymbolicLink(root.hashLink(renewed, 0))).hasToString("zz-corporate.pem");
        assertThat(Files.exists(root.hashLink(renewed, 1))).isFalse();
    }

    @Test
    void foreignCertificateBehindOursMovesUpWhenOursGoes() throws Exception {
        store.apply(Wanted.of(Authority.set(renewal)));
        root.addLocal("zz-corporate.crt", renewed);
        assertThat(Files.readSymbolicLink(root.hashLink(renewed, 1))).hasToString("zz-corporate.pem");
        store.apply(Wanted.nothing());
        assertThat(root.byHash(renewed.certificate()))
                .containsExactly(renewed.certificate().identity());
        assertThat(store.read().intact()).isTrue();
    }

    @Test
    void hashFileThatIsNoLinkIsKept() throws Exception {
        store.apply(Wanted.of(Authority.set(renewal)));
        Files.writeString(root.hashLink(renewed, 1), renewed.certificate().pem());
        store.apply(Wanted.nothing());
        assertThat(root.byHash(renewed.certificate()))
                .containsExactly(renewed.certificate().identity());
        assertThat(Files.isRegularFile(root.hashLink(renewed, 0))).isTrue();
        assertThat(Files.exists(root.hashLink(renewed, 1))).isFalse();
    }

    @Test
    void linkThatLeadsNowhereDoesNotHideOurs() throws Exception {
        Files.createSymbolicLink(root.hashLink(one, 0), Path.of("gone.pem"));
        store.apply(Wanted.of(Authority.set(one)));
        assertHolds(one);
    }

    @Test
    void sameCertificateGetsItsHashLinkBackWhenOursHadTaken() throws Exception {
        store.apply(Wanted.of(Authority.set(two)));
        root.addLocal("zz.crt", two);
        // The tool links each certificate once: it found ours first.
        Files.delete(root.hashLink(two, 1));
        store.apply(Wanted.nothing());
        assertThat(Files.readSymbolicLink(root.hashLink(two, 0))).hasToString("zz.pem");
        assertThat(root.byHash(two.certificate()))
                .containsExactly(two.certificate().identity());
    }
}
