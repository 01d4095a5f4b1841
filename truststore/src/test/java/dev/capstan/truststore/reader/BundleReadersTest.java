package dev.capstan.truststore.reader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Authority;
import dev.capstan.truststore.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Bundles of every make, read by us and by the real client: both find the same, or both refuse the file. */
class BundleReadersTest {

    private static Authority one;
    private static Authority two;
    private static Authority three;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makeAuthorities() throws Exception {
        one = Authority.make(folder, "one");
        two = Authority.make(folder, "two");
        three = Authority.make(folder, "three");
        one.issueServer("server");
        Programs.run(List.of("openssl", "x509", "-in", "two.crt", "-trustout", "-out", "two.trusted"), folder)
                .succeeded();
    }

    private static Map<String, String> bundles() {
        String a = one.certificate().pem();
        String b = two.certificate().pem();
        String c = three.certificate().pem();
        String leaf = read("server.crt");
        String key = read("one.key");
        String trusted = read("two.trusted");
        String cut = b.substring(0, b.length() / 2);
        Map<String, String> bundles = new LinkedHashMap<>();
        bundles.put("plain", a + b + c);
        bundles.put("empty", "");
        bundles.put("text alone", "nothing here\n");
        bundles.put("text between", "# one\n" + a + "\n# two\nSubject: CN=two\n" + b + "the end\n" + c);
        bundles.put("CRLF", (a + b + c).replace("\n", "\r\n"));
        bundles.put("CR", (a + b + c).replace("\n", "\r"));
        bundles.put("no last line end", (a + b + c).strip());
        bundles.put("byte order mark", "\u00ef\u00bb\u00bf" + a + b + c);
        bundles.put("byte order mark in the middle", a + "\u00ef\u00bb\u00bf" + b + c);
        bundles.put("indented", a + b.replaceAll("(?m)^", "  ") + c);
        bundles.put("white space at line ends", a + b.replace("\n", " \t\n") + c);
        bundles.put("cut in the middle", a + cut + "\n" + c);
        bundles.put("cut without a line end", a + cut + c);
        bundles.put("cut at the end", a + c + cut);
        bundles.put("no base64", a + b.replaceFirst("\n....", "\n!!!!") + c);
        bundles.put("a digit less", a + b.replaceFirst("\n.", "\n") + c);
        bundles.put("a digit changed in the header of the DER", a + b.replaceFirst("\nM", "\nZ") + c);
        bundles.put("blank line inside", a + b.replaceFirst("(CERTIFICATE-----\n[^\n]*\n)", "$1\n") + c);
        bundles.put("blank line behind BEGIN", a + b.replaceFirst("(CERTIFICATE-----\n)", "$1\n") + c);
        bundles.put("header inside", a + b.replaceFirst("(CERTIFICATE-----\n)", "$1Name: value\n\n") + c);
        bundles.put("one long line", a + oneLine(b) + c);
        bundles.put("empty block", a + "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" + c);
        bundles.put("other end", a + b.replace("END CERTIFICATE", "END X509 CRL") + c);
        bundles.put("old label", a + b.replace("CERTIFICATE", "X509 CERTIFICATE") + c);
        bundles.put("old label alone", b.replace("CERTIFICATE", "X509 CERTIFICATE"));
        bundles.put("small label", a + b.replace("CERTIFICATE", "certificate") + c);
        bundles.put("trusted certificate", a + trusted + c);
        bundles.put("private key between", a + key + c);
        bundles.put("broken private key between", a + key.replaceFirst("\n....", "\n!!!!") + c);
        bundles.put("text of another block", a + "-----BEGIN SOMETHING-----\naGVsbG8=\n-----END SOMETHING-----\n" + c);
        bundles.put(
                "no certificate in a block",
                a + "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n" + c);
        bundles.put("a server's certificate", a + leaf + c);
        bundles.put("six dashes", a + "-" + b + c);
        bundles.put("END and BEGIN on one line", (a + b).replace("-----\n-----BEGIN", "----------BEGIN") + c);
        return bundles;
    }

    private static String oneLine(String pem) {
        String der = Base64.getEncoder().encodeToString(two.certificate().der());
        assertThat(pem).contains(der.substring(0, 10));
        return "-----BEGIN CERTIFICATE-----\n" + der + "\n-----END CERTIFICATE-----\n";
    }

    private static String read(String name) {
        try {
            return Files.readString(folder.resolve(name), ISO_8859_1);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static View view(Path root, Client client) throws Exception {
        return ClientViews.of(root).views().stream()
                .filter(view -> view.client() == client)
                .findFirst()
                .orElseThrow();
    }

    /** A root with this bundle and nothing else. */
    private static Path root(String name, String bundle) throws Exception {
        Path root = folder.resolve("root of " + name);
        Files.createDirectories(root.resolve("etc/ssl/certs"));
        Files.writeString(root.resolve("etc/ssl/certs/ca-certificates.crt"), bundle, ISO_8859_1);
        return root;
    }

    private static Path bundle(Path root) {
        return root.resolve("etc/ssl/certs/ca-certificates.crt");
    }

    @TestFactory
    List<DynamicTest> opensslTakesWhatWeSayItTakes() {
        return bundles().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    Path root = root("openssl " + entry.getKey(), entry.getValue());
                    Optional<RealClients.Taken> real = RealClients.openssl(bundle(root));
                    View view = view(root, Client.OPENSSL_BUNDLE);

                    assertThat(view.trusted())
                            .as("%s", view)
                            .hasSize(real.map(RealClients.Taken::count).orElse(0));
                    assertThat(view.trusted().keySet())
                            .containsAll(
                                    real.map(RealClients.Taken::authorities).orElse(new TreeSet<>()));
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> gnutlsTakesWhatWeSayItTakes() {
        assumeTrue(Programs.exists("gnutls-cli"), "needs gnutls-cli: Debian package gnutls-bin");
        return bundles().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    Path root = root("gnutls " + entry.getKey(), entry.getValue());
                    View view = view(root, Client.GNUTLS);

                    assertThat(view.trusted()).as("%s", view).hasSize(RealClients.gnutls(bundle(root)));
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> goTakesWhatWeSayItTakes() {
        assumeTrue(RealClients.goCommand().isPresent(), "needs go: Debian package golang-go");
        assumeTrue(Programs.isRoot(), "needs root, to run a program in a root");
        Path probe = RealClients.goProbe(folder);
        return bundles().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    Path root = root("go " + entry.getKey(), entry.getValue());
                    Set<Identity> ours = view(root, Client.GO).trusted().keySet();
                    Set<Identity> real = RealClients.go(probe, root, List.of(one, two, three));

                    assertThat(ours.stream().filter(identity -> !identity.equals(server())))
                            .containsExactlyElementsOf(real);
                }))
                .toList();
    }

    private static Identity server() {
        String pem = read("server.crt");
        return Identity.ofDer(Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", "")));
    }
}
