package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is distrusted leaves every output, whoever ships it, and comes back when it is trusted again. */
class DistrustTest {

    private static Authority one;
    private static Authority two;

    private DebianRoot root;
    private TrustStore store;
    private Certificate shipped;

    @BeforeAll
    static void makeAuthorities(@TempDir Path folder) {
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
    }

    @BeforeEach
    void makeRoot(@TempDir Path folder) throws Exception {
        root = DebianRoot.make(folder.resolve("root"));
        store = TrustStore.at(root.path());
        try (var files = Files.list(root.path().resolve("usr/share/ca-certificates/mozilla"))) {
            shipped = Authority.read(files.sorted().skip(2).findFirst().orElseThrow())
                    .certificates()
                    .getFirst();
        }
    }

    @Test
    void whatTheDistributionShipsLeavesEveryOutputAndComesBack() throws Exception {
        Map<String, String> before = root.store();
        Wanted wanted = Wanted.of(Authority.set(one), List.of(shipped.identity()));
        Applied applied = store.apply(wanted);
        assertThat(applied.distrusted()).containsExactly(shipped.identity());
        assertThat(applied.fingerprint()).isEqualTo(wanted.fingerprint());
        assertThat(applied.fingerprint())
                .isEqualTo(Fingerprint.of(
                        wanted.certificates().certificates().stream()
                                .map(Certificate::identity)
                                .toList(),
                        List.of(shipped.identity())))
                .isNotEqualTo(wanted.certificates().fingerprint());
        assertThat(root.inBundle()).hasSize(DebianRoot.DISTRIBUTION).doesNotContain(shipped.identity());
        assertThat(root.byHash(shipped)).isEmpty();
        try (var links = Files.list(root.outputs())) {
            assertThat(links.filter(Files::isRegularFile).filter(file -> holds(file, shipped)))
                    .as("Go trusts every file of the folder")
                    .isEmpty();
        }
        assertThat(Files.readString(root.path().resolve("etc/ca-certificates.conf")))
                .containsOnlyOnce("\n!mozilla/");
        assertThat(store.read().distrusted()).containsExactly(shipped.identity());
        assertThat(store.read().fingerprint()).isEqualTo(wanted.fingerprint());
        assertThat(store.apply(wanted).written()).isFalse();
        assertThat(Files.readString(store.withoutOurs()))
                .doesNotContain(shipped.pem(), one.certificate().pem());

        store.apply(Wanted.nothing());
        assertThat(root.store()).isEqualTo(before);
    }

    private static boolean holds(Path file, Certificate certificate) {
        return !file.toString().endsWith(".crt") && Authority.read(file).contains(certificate.identity());
    }

    @Test
    void winsOverTheSetAndOverAnAdministratorsAnchor() throws Exception {
        root.addLocal("corporate.crt", two);
        Identity distrusted = two.certificate().identity();
        store.apply(Wanted.of(Authority.set(one, two), List.of(distrusted)));
        assertThat(root.inBundle()).contains(one.certificate().identity()).doesNotContain(distrusted);
        assertThat(root.byHash(two.certificate())).isEmpty();
        assertThat(root.pemLink(two)).doesNotExist();
        assertThat(root.outputs().resolve("corporate.pem")).doesNotExist();
        assertThat(root.anchors().resolve("corporate.crt")).as("it is not ours").exists();
        store.apply(Wanted.of(Authority.set(one)));
        assertThat(root.inBundle()).contains(distrusted);
        assertThat(root.byHash(two.certificate())).hasSize(1);
    }

    @Test
    void aLineThatAnAdministratorDeselectedIsLeftToHim() throws Exception {
        Path selection = root.path().resolve("etc/ca-certificates.conf");
        String name = Files.readAllLines(selection).get(1);
        Files.writeString(selection, Files.readString(selection).replace(name + "\n", "!" + name + "\n"));
        String before = Files.readString(selection);
        Identity deselected = Authority.read(root.path().resolve("usr/share/ca-certificates/" + name))
                .certificates()
                .getFirst()
                .identity();
        store.apply(Wanted.of(Authority.set(one), List.of(deselected, shipped.identity())));
        store.uninstall();
        assertThat(selection).hasContent(before.stripTrailing());
    }

    @Test
    void uninstallLeavesNothingOfOurs() throws Exception {
        Map<String, String> before = root.store();
        Path hooks = Files.createDirectories(root.path().resolve("etc/ca-certificates/update.d"));
        store = store.hookedBy(Path.of("/usr/bin/capstan"));
        store.apply(Wanted.of(Authority.set(one, two), List.of(shipped.identity())));
        assertThat(hooks.resolve("zz-capstan"))
                .isExecutable()
                .content()
                .contains("'/usr/bin/capstan' truststore apply");
        Plan plan = store.plan(Wanted.nothing());
        assertThat(plan.removed()).hasSize(2);

        Uninstalled uninstalled = store.uninstall();
        assertThat(uninstalled.removed()).hasSize(2);
        assertThat(uninstalled.restored()).containsExactly(shipped.identity());
        Files.delete(hooks);
        Files.delete(hooks.getParent());
        assertThat(root.store()).isEqualTo(before);
        assertThat(root.path().resolve("var/lib/capstan/truststore")).doesNotExist();
        assertThat(store.reapply().written()).isFalse();
        assertThat(store.read().intact()).isTrue();
    }

    @Test
    void aPlanIsWhatAnApplyDoesAndWritesNothing() throws Exception {
        Map<String, String> before = root.snapshot();
        Wanted wanted = Wanted.of(Authority.set(one), List.of(shipped.identity()));
        Plan plan = store.plan(wanted);
        assertThat(root.snapshot()).isEqualTo(before);
        assertThat(plan.added()).containsExactly(one.certificate());
        assertThat(plan.distrusted()).containsExactly(shipped.identity());
        assertThat(plan.changes())
                .anySatisfy(change -> assertThat(change).isInstanceOfSatisfying(Plan.Replaced.class, replaced -> {
                    assertThat(replaced.path()).isEqualTo("/etc/ssl/certs/ca-certificates.crt");
                    assertThat(replaced.bytes()).isPositive();
                }))
                .anySatisfy(change -> assertThat(change).isInstanceOf(Plan.Created.class))
                .anySatisfy(change -> assertThat(change).isInstanceOf(Plan.Removed.class));
        store.apply(wanted);
        assertThat(store.plan(wanted).isEmpty()).isTrue();
        for (Plan.PathChange change : plan.changes()) {
            Path path = root.path().resolve(change.path().substring(1));
            if (change instanceof Plan.Removed) {
                assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                        .as(change.path())
                        .isFalse();
            } else {
                assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                        .as(change.path())
                        .isTrue();
            }
        }
    }

    @Test
    void theInventorySaysWhoPutWhatThere() throws Exception {
        root.addLocal("corporate.crt", two);
        store.apply(Wanted.of(Authority.set(one)));
        Inventory inventory = store.inventory();
        assertThat(inventory.items()).hasSize(DebianRoot.DISTRIBUTION + 2);
        assertThat(inventory.items()).allSatisfy(item -> {
            assertThat(item.outputs()).containsExactly("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs");
            assertThat(item.notAfter()).isPresent();
        });
        assertThat(owner(inventory, one)).containsExactly(new Inventory.Owner.Capstan());
        assertThat(owner(inventory, two))
                .containsExactly(new Inventory.Owner.Administrator("/usr/local/share/ca-certificates/corporate.crt"));
        assertThat(inventory.items().stream()
                        .flatMap(item -> item.owners().stream())
                        .filter(Inventory.Owner.Distribution.class::isInstance))
                .hasSize(DebianRoot.DISTRIBUTION);
    }

    private static List<Inventory.Owner> owner(Inventory inventory, Authority authority) {
        return inventory.items().stream()
                .filter(item -> item.identity().equals(authority.certificate().identity()))
                .findFirst()
                .orElseThrow()
                .owners();
    }
}
