package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Roots of the p11-kit families, made as their tools make them: by the same calls of {@code trust extract}, of Debian's
 * p11-kit, which is let into the root's own folders in a mount namespace of its own.
 */
class P11KitRootTest {

    /** A family: its folders, and its tool in words of the shell, to be run in the root. */
    enum Distribution {
        RHEL(
                "etc/pki/ca-trust/source",
                "usr/share/pki/ca-trust-source",
                "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                """
                cd etc/pki/ca-trust; mkdir -p extracted/pem extracted/openssl extracted/java extracted/edk2; cd extracted
                extract --format=openssl-bundle --filter=certificates --comment openssl/ca-bundle.trust.crt
                extract --format=pem-bundle --filter=ca-anchors --comment --purpose server-auth pem/tls-ca-bundle.pem
                extract --format=pem-bundle --filter=ca-anchors --comment --purpose email pem/email-ca-bundle.pem
                extract --format=pem-bundle --filter=ca-anchors --comment --purpose code-signing pem/objsign-ca-bundle.pem
                extract --format=java-cacerts --filter=ca-anchors --purpose server-auth java/cacerts
                extract --format=edk2-cacerts --filter=ca-anchors --purpose=server-auth edk2/cacerts.bin
                extract --format=pem-directory-hash --filter=ca-anchors --purpose server-auth pem/directory-hash
                ln -s ../tls-ca-bundle.pem pem/directory-hash/ca-certificates.crt
                """),
        SUSE("etc/pki/trust", "usr/share/pki/trust", "var/lib/ca-certificates/ca-bundle.pem", """
                mkdir -p var/lib/ca-certificates; cd var/lib/ca-certificates
                extract --format=java-cacerts --purpose=server-auth --filter=ca-anchors java-cacerts
                extract --format=openssl-directory --filter=ca-anchors openssl
                extract --purpose=server-auth --filter=ca-anchors --format=pem-directory-hash pem
                extract --format=pem-bundle --purpose=server-auth --filter=ca-anchors ca-bundle.tmp
                (printf '#\\n# automatically created. Do not edit!\\n#\\n'; cat ca-bundle.tmp) >ca-bundle.new
                rm -f ca-bundle.tmp; mv -f ca-bundle.new ca-bundle.pem
                """),
        ARCH(
                "etc/ca-certificates/trust-source",
                "usr/share/ca-certificates/trust-source",
                "etc/ca-certificates/extracted/tls-ca-bundle.pem",
                """
                mkdir -p etc/ca-certificates/extracted etc/ssl/certs/java; cd etc/ca-certificates/extracted
                extract --comment --format=pem-bundle --filter=ca-anchors --purpose=server-auth tls-ca-bundle.pem
                extract --comment --format=pem-bundle --filter=ca-anchors --purpose=email email-ca-bundle.pem
                extract --comment --format=pem-bundle --filter=ca-anchors --purpose=code-signing objsign-ca-bundle.pem
                extract --comment --format=openssl-bundle --filter=certificates ca-bundle.trust.crt
                extract --format=edk2-cacerts --filter=ca-anchors --purpose=server-auth edk2-cacerts.bin
                extract --format=java-cacerts --filter=ca-anchors --purpose=server-auth java-cacerts.jks
                extract --format=pem-directory-hash --filter=ca-anchors --purpose=server-auth cadir
                for f in cadir/*; do ln -fsr "$f" ../../ssl/certs; done
                find -L ../../ssl/certs -maxdepth 1 -type l -delete
                ln -fsr java-cacerts.jks ../../ssl/certs/java/cacerts
                """);

        private final String source;
        private final String vendor;
        private final String bundle;
        private final String tool;

        Distribution(String source, String vendor, String bundle, String tool) {
            this.source = source;
            this.vendor = vendor;
            this.bundle = bundle;
            this.tool = tool;
        }
    }

    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        assumeTrue(Programs.exists("trust") && Programs.isRoot(), "needs p11-kit's trust, and root for its mounts");
        root = Files.createDirectory(folder.resolve("root"));
    }

    private void ship(Distribution distribution) throws IOException {
        for (String place : List.of(distribution.source, distribution.vendor)) {
            Files.createDirectories(root.resolve(place).resolve("anchors"));
            Files.createDirectories(root.resolve(place).resolve("blocklist"));
        }
        StringBuilder mozilla = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of("/usr/share/ca-certificates/mozilla"))) {
            for (Path file : files.sorted().limit(40).toList()) {
                mozilla.append(Files.readString(file));
            }
        }
        Files.writeString(root.resolve(distribution.vendor + "/anchors/mozilla.pem"), mozilla);
    }

    /** Runs the family's tool in the root. What is staged is sorted by name for p11-kit, by way of a tmpfs. */
    private void tool(Distribution distribution) throws IOException {
        Path modules = Files.createDirectories(folder.resolve("modules"));
        Files.writeString(modules.resolve("p11-kit-trust.module"), """
                module: p11-kit-trust.so
                priority: 1
                trust-policy: yes
                x-init-reserved: paths=%s:%s
                """.formatted(
                        folder.resolve("sorted"), root.resolve(distribution.vendor)));
        Files.createDirectories(folder.resolve("sorted"));
        Path script = folder.resolve("tool.sh");
        Files.writeString(script, """
                set -e
                mount --bind modules /usr/share/p11-kit/modules
                mount -t tmpfs tmpfs sorted
                for folder in anchors blocklist; do
                    mkdir sorted/$folder
                    for file in $(ls root/%1$s/$folder | LC_ALL=C sort -r); do
                        cp root/%1$s/$folder/$file sorted/$folder/
                    done
                done
                export SOURCE_DATE_EPOCH=1700000000
                extract() { trust extract --overwrite "$@"; }
                cd root
                %2$s
                """.formatted(distribution.source, distribution.tool));
        Programs.run(List.of("unshare", "--mount", "--propagation", "private", "sh", script.toString()), folder)
                .succeeded();
    }

    @ParameterizedTest
    @EnumSource
    void theToolChangesNothingAfterUsAndUninstallLeavesNothing(Distribution distribution) throws Exception {
        ship(distribution);
        Authority administrator = Authority.make(folder, "administrator", "/CN=Same Name/O=Administrator");
        Files.writeString(
                root.resolve(distribution.source + "/anchors/a.crt"),
                administrator.certificate().pem());
        tool(distribution);
        Map<String, String> stock = snapshot();
        List<Authority> all = List.of(
                Authority.make(folder, "one", "/CN=Same Name"),
                Authority.make(folder, "two", "/CN=Same Name"),
                Authority.make(folder, "three", "/O=Other/CN=Same Name"),
                Authority.make(folder, "four", "/CN=Of Its Own"));
        TrustStore store = TrustStore.at(root);

        for (CertificateSet wanted : List.of(
                Authority.set(all.get(0)),
                Authority.set(all.toArray(Authority[]::new)),
                Authority.set(all.get(1), all.get(3)),
                Authority.set(all.get(2), all.get(3)))) {
            assertThat(store.apply(Wanted.of(wanted)).written()).isTrue();
            assertThat(store.read().damages()).isEmpty();
            assertThat(store.read().fingerprint()).isEqualTo(wanted.fingerprint());
            assertThat(store.apply(Wanted.of(wanted)).written()).isFalse();
            Map<String, String> ours = snapshot();
            tool(distribution);
            assertThat(differing(ours, snapshot())).as("%s", wanted).isEmpty();
            assertThat(store.read().damages()).isEmpty();
            assertThat(Files.readString(root.resolve("var/lib/capstan/truststore/distribution.pem")))
                    .isEqualTo(stock.get(distribution.bundle));
        }
        store.uninstall();
        assertThat(differing(stock, snapshot())).isEmpty();
        assertThat(store.family().verified()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDistrustedStaysOutWhenTheToolRuns(Distribution distribution) throws Exception {
        ship(distribution);
        tool(distribution);
        Certificate shipped = new CertificateReader(InstantSource.system())
                .readPem(Files.readAllBytes(root.resolve(distribution.bundle)), Place.of("bundle"))
                .set()
                .certificates()
                .getFirst();
        Authority ours = Authority.make(folder, "ours");
        TrustStore store = TrustStore.at(root);
        assertThat(store.apply(Wanted.of(Authority.set(ours), List.of(shipped.identity())))
                        .distrusted())
                .containsExactly(shipped.identity());
        assertThat(Files.readString(root.resolve(distribution.bundle)))
                .contains(ours.certificate().pem())
                .doesNotContain(shipped.pem());
        Map<String, String> written = snapshot();
        tool(distribution);
        assertThat(differing(written, snapshot())).isEmpty();
        assertThat(store.read().distrusted()).containsExactly(shipped.identity());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDistrustedNoMoreIsBackInTheOutputsThatHeldIt(Distribution distribution) throws Exception {
        ship(distribution);
        tool(distribution);
        Map<String, String> stock = snapshot();
        Certificate shipped =
                Authority.read(root.resolve(distribution.bundle)).certificates().getFirst();
        TrustStore store = TrustStore.at(root);
        List<String> holders = holders(store, shipped);
        assertThat(holders).contains("/" + distribution.bundle);
        store.apply(Wanted.of(Authority.set(Authority.make(folder, "ours")), List.of(shipped.identity())));
        assertThat(holders(store, shipped)).isEmpty();

        Uninstalled uninstalled = store.uninstall();

        assertThat(uninstalled.restored()).containsExactly(shipped.identity());
        holders.removeIf(path -> path.endsWith(".trust.crt"));
        assertThat(holders(store, shipped)).containsAll(holders);
        tool(distribution);
        assertThat(differing(stock, snapshot())).isEmpty();
    }

    /** The outputs that hold it. */
    private static List<String> holders(TrustStore store, Certificate certificate) throws Exception {
        for (Inventory.Item item : store.inventory().items()) {
            if (item.identity().equals(certificate.identity())) {
                return new ArrayList<>(item.outputs());
            }
        }
        return new ArrayList<>();
    }

    @Test
    void whatTheDistributionShipsTooStaysWhenItIsNotOursAnyMore() throws Exception {
        ship(Distribution.RHEL);
        tool(Distribution.RHEL);
        Map<String, String> stock = snapshot();
        CertificateSet shipped = Authority.read(root.resolve(Distribution.RHEL.bundle));
        CertificateSet both = CertificateSet.of(shipped.certificates().subList(3, 5));
        TrustStore store = TrustStore.at(root);
        store.apply(Wanted.of(both));
        assertThat(store.read().fingerprint()).isEqualTo(both.fingerprint());
        store.apply(Wanted.nothing());
        assertThat(differing(stock, snapshot())).isEmpty();
        assertThat(store.read().fingerprint()).isEqualTo(Fingerprint.EMPTY);
    }

    @Test
    void aKeystoreThatIsCutIsMadeAnewAndAnOutputThatIsNotThereIsNotMade() throws Exception {
        ship(Distribution.RHEL);
        tool(Distribution.RHEL);
        Path keystore = root.resolve("etc/pki/ca-trust/extracted/java/cacerts");
        byte[] stock = Files.readAllBytes(keystore);
        Files.write(keystore, java.util.Arrays.copyOf(stock, 5000));
        Path efi = root.resolve("etc/pki/ca-trust/extracted/edk2/cacerts.bin");
        Files.delete(efi);
        Authority ours = Authority.make(folder, "ours");
        TrustStore store = TrustStore.at(root);
        store.apply(Wanted.of(Authority.set(ours)));
        assertThat(Programs.run(List.of("keytool", "-list", "-keystore", keystore.toString(), "-storepass", "changeit"))
                        .succeeded())
                .contains("contains 41 entries", "ours");
        assertThat(efi).doesNotExist();
        assertThat(store.read().damages()).isEmpty();
    }

    @Test
    void theInventorySaysWhoPutACertificateThere() throws Exception {
        ship(Distribution.RHEL);
        Authority administrator = Authority.make(folder, "administrator");
        Files.writeString(
                root.resolve(Distribution.RHEL.source + "/anchors/a.crt"),
                administrator.certificate().pem());
        tool(Distribution.RHEL);
        Authority ours = Authority.make(folder, "ours");
        TrustStore store = TrustStore.at(root);
        store.apply(Wanted.of(Authority.set(ours)));
        Map<Identity, Inventory.Item> items = new TreeMap<>();
        store.inventory().items().forEach(item -> items.put(item.identity(), item));
        assertThat(items).hasSize(42);
        assertThat(items.get(ours.certificate().identity()).owners()).containsExactly(new Inventory.Owner.Capstan());
        assertThat(items.get(ours.certificate().identity()).outputs()).hasSize(7);
        assertThat(items.get(administrator.certificate().identity()).owners())
                .containsExactly(new Inventory.Owner.Administrator("/etc/pki/ca-trust/source/anchors/a.crt"));
        assertThat(items.get(administrator.certificate().identity()).outputs()).hasSize(7);
    }

    /** The paths that are not the same in both. */
    private static Set<String> differing(Map<String, String> one, Map<String, String> other) {
        Set<String> paths = new TreeSet<>(one.keySet());
        paths.addAll(other.keySet());
        paths.removeIf(path -> one.getOrDefault(path, "").equals(other.getOrDefault(path, "")));
        return paths;
    }

    /** Every file and link but what is nobody's but ours. */
    private Map<String, String> snapshot() throws IOException {
        Map<String, String> snapshot = new TreeMap<>();
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(path -> !path.startsWith(root.resolve("var/lib/capstan")))
                    .forEach(paths::add);
        }
        for (Path path : paths) {
            String name = root.relativize(path).toString();
            if (Files.isSymbolicLink(path)) {
                snapshot.put(name, "-> " + Files.readSymbolicLink(path));
            } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                snapshot.put(name, new String(Files.readAllBytes(path), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return snapshot;
    }
}
