package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan truststore} on a small Debian root, with no control plane and no CAPSTAN_HOME. */
class TrustStoreCommandTest {

    @TempDir
    private static Path temporary;

    private static String shipped = "";
    private static String a = "";
    private static String b = "";

    @TempDir
    private Path root;

    @BeforeAll
    static void make() throws Exception {
        shipped = Certificates.ca(temporary, "shipped");
        a = Certificates.ca(temporary, "a");
        b = Certificates.ca(temporary, "b");
    }

    /** As debootstrap leaves it and update-ca-certificates would make it, with one root of the distribution's. */
    @BeforeEach
    void makeRoot() throws Exception {
        write("etc/debian_version", "12.0\n");
        write("etc/ca-certificates.conf", "mozilla/shipped.crt\n");
        write("usr/sbin/update-ca-certificates", "#!/bin/sh\n");
        write("usr/share/ca-certificates/mozilla/shipped.crt", shipped);
        Files.createDirectories(root.resolve("usr/local/share/ca-certificates"));
        Files.createDirectories(root.resolve("etc/ca-certificates/update.d"));
        write("etc/ssl/certs/ca-certificates.crt", shipped);
        link("etc/ssl/certs/shipped.pem", "/usr/share/ca-certificates/mozilla/shipped.crt");
        link("etc/ssl/certs/" + hash() + ".0", "shipped.pem");
    }

    private static String hash() throws Exception {
        var process = new ProcessBuilder(
                        "openssl", "x509", "-noout", "-subject_hash", "-in", temporary.resolve("shipped.crt") + "")
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }

    private void write(String path, String text) throws Exception {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }

    private void link(String path, String target) throws Exception {
        Files.createSymbolicLink(root.resolve(path), Path.of(target));
    }

    private static Path file(String name, String text) throws Exception {
        return Files.writeString(Files.createTempDirectory(temporary, "given").resolve(name), text);
    }

    private Run run(String command, Object... more) {
        var arguments = new ArrayList<>(List.of("truststore", command, "--root", root.toString()));
        Arrays.stream(more).map(Object::toString).forEach(arguments::add);
        return Run.run(Map.of(), false, "", arguments.toArray(String[]::new));
    }

    private JsonNode json(String command, int code, Object... more) throws Exception {
        var run = run(
                command,
                Stream.concat(Arrays.stream(more), Stream.of("-o", "json")).toArray());
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        return new ObjectMapper().readTree(run.out());
    }

    private static String sha256(String pem) throws Exception {
        var der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    }

    private String bundle() throws Exception {
        return Files.readString(root.resolve("etc/ssl/certs/ca-certificates.crt"));
    }

    /** Every file and link of the root with its content. */
    private Map<String, String> snapshot() throws Exception {
        var files = new TreeMap<String, String>();
        try (var all = Files.walk(root)) {
            for (var file : all.toList()) {
                if (Files.isSymbolicLink(file)) {
                    files.put(root.relativize(file).toString(), "-> " + Files.readSymbolicLink(file));
                } else if (Files.isRegularFile(file)) {
                    files.put(root.relativize(file).toString(), Files.readString(file));
                }
            }
        }
        return files;
    }

    @Test
    void planShowsWhatApplyWouldDoAndDoesNothing() throws Exception {
        var before = snapshot();

        var run = run("plan", "--certificates", file("cas", a));

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out())
                .contains(
                        "Debian",
                        "update-ca-certificates",
                        "+ CN=a  SHA-256 " + sha256(a),
                        "create   /usr/local/share/ca-certificates/capstan-" + sha256(a) + ".crt, " + a.length()
                                + " bytes",
                        "replace  /etc/ssl/certs/ca-certificates.crt, " + (shipped + a).length() + " bytes");
        assertThat(snapshot()).isEqualTo(before);
        var json = json("plan", 3, "--certificates", file("cas", a));
        assertThat(json.at("/changes").asBoolean()).isTrue();
        assertThat(json.at("/added/0/sha256").asText()).isEqualTo(sha256(a));
        assertThat(json.at("/paths")).isNotEmpty();
    }

    @Test
    void applyAddsRepeatsReplacesAndTakesAway() throws Exception {
        var untouched = snapshot();
        assertThat(run("apply", "--certificates", file("cas", a)).code()).isZero();
        assertThat(bundle()).isEqualTo(shipped + a);
        assertThat(run("plan", "--certificates", file("cas", a)).code()).isZero();

        var again = run("apply", "--certificates", file("again", "\n" + a));
        assertThat(again.out()).contains("Nothing to do");

        var replaced = json("apply", 0, "--certificates", file("other", b));
        assertThat(bundle()).isEqualTo(shipped + b);
        assertThat(replaced.at("/added/0/subject").asText()).isEqualTo("CN=b");
        assertThat(replaced.at("/removed/0/subject").asText()).isEqualTo("CN=a");
        assertThat(replaced.at("/written").asBoolean()).isTrue();

        var empty = run("apply", "--certificates", file("none", ""));
        assertThat(empty.code()).isZero();
        assertThat(empty.err()).contains("is empty");
        assertThat(bundle()).isEqualTo(shipped);

        assertThat(run("uninstall").code()).isZero();
        assertThat(snapshot()).isEqualTo(untouched);
    }

    @Test
    void applyWithoutAFileIsWhatWasLastAskedForAgainAndQuietWhereNothingIsToDo() throws Exception {
        assertThat(run("apply").out()).contains("Nothing was ever asked of it");
        assertThat(run("apply", "--quiet")).isEqualTo(new Run(0, "", "", List.of()));
        run("apply", "--certificates", file("cas", a));
        assertThat(run("apply", "--quiet")).isEqualTo(new Run(0, "", "", List.of()));
        write("etc/ssl/certs/ca-certificates.crt", shipped);

        var mended = run("apply", "--quiet");

        assertThat(mended.code()).isZero();
        assertThat(mended.out()).contains("Done: 1 certificate of Capstan's");
        assertThat(bundle()).isEqualTo(shipped + a);
    }

    @Test
    void moreThanTenCertificatesAreTaken() throws Exception {
        var many = new StringBuilder();
        for (var number = 0; number < 12; number++) {
            many.append(Certificates.ca(temporary, "many" + number));
        }

        var run = run("apply", "--certificates", file("cas", many.toString()));

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("without a blank line between them");
        assertThat(run.out()).contains("12 certificates of Capstan's");
    }

    @Test
    void whatIsWrongInAFileIsSaidTogetherWithFileAndLineAndNothingIsChanged() throws Exception {
        var before = snapshot();
        var server = Certificates.server(temporary, "s");
        var bad = file("bad.pem", a + "\nhello\n\n" + server + "\n" + b.substring(0, b.length() / 2) + "\n");

        var run = run("apply", "--certificates", bad);

        var lines = a.lines().count();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("ERROR: " + bad + " cannot be used:")
                .containsSubsequence(
                        bad + ", line " + (lines + 2) + ": ",
                        bad + ", line " + (lines + 4) + ": ",
                        "[not-a-ca]",
                        "[malformed-pem]",
                        "Nothing was changed.");
        assertThat(snapshot()).isEqualTo(before);
        assertThat(run("apply", "--certificates", temporary.resolve("nope")).code())
                .isEqualTo(2);
        assertThat(run("apply", "--certificates", temporary.resolve("nope")).err())
                .contains("nope does not exist.");
    }

    @Test
    void aPrivateKeyIsRefusedAndShownNowhere() throws Exception {
        var key = Certificates.key(temporary, "a");

        var run = run("apply", "--certificates", file("cas", a + key), "--debug");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("[private-key]")
                .doesNotContain(key.lines().toList().get(1));
    }

    @Test
    void aDistrustedCertificateLeavesTheStoreAndComesBackWithAnEmptyFile() throws Exception {
        var colons = sha256(shipped).toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
        for (var text : List.of(sha256(shipped), "# why\nsha256 Fingerprint=" + colons + " # here\n", shipped)) {
            var run = run("apply", "--distrust", file("distrust", text), "--certificates", file("cas", a));

            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out()).contains("1 distrusted");
            assertThat(bundle()).isEqualTo(a);
            assertThat(run("show").out()).contains("distrust  " + sha256(shipped));
            assertThat(run("apply", "--distrust", file("none", "")).code()).isZero();
            assertThat(bundle()).as("the certificates stay as last asked for").isEqualTo(shipped + a);
        }
    }

    @Test
    void distrustWinsOverTheCertificatesAndThatIsSaid() throws Exception {
        var run = run("apply", "--certificates", file("cas", a + "\n" + b), "--distrust", file("distrust", sha256(a)));

        assertThat(run.err()).contains("CN=a", "is asked for and distrusted: it is left out");
        assertThat(bundle()).isEqualTo(shipped + b);
    }

    @Test
    void whatIsWrongInAFileOfTheDistrustedIsSaidTogether() throws Exception {
        var bad = file(
                "distrust",
                "zz\n" + sha256(a).substring(0, 40) + "\n\n" + sha256(a) + "\n" + b.substring(0, b.length() / 2));

        var run = run("plan", "--distrust", bad);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .containsSubsequence(
                        bad + ", line 1: this is neither a certificate nor an identity",
                        bad + ", line 2: this is a SHA-1 fingerprint",
                        bad + ", line 5: ")
                .doesNotContain("line 4");
    }

    @Test
    void showSaysWhoPutEachThere() throws Exception {
        run("apply", "--certificates", file("cas", a));
        var hand = Certificates.ca(temporary, "hand");
        write("etc/ssl/certs/ca-certificates.crt", bundle() + hand);

        var text = run("show").out().lines().toList();
        assertThat(text).anyMatch(line -> line.contains("CN=a") && line.contains("Capstan") && line.contains("all"));
        assertThat(text).anyMatch(line -> line.contains("CN=shipped") && line.contains("distribution"));
        assertThat(text)
                .anyMatch(line -> line.contains("CN=hand")
                        && line.contains("by hand")
                        && line.contains("/etc/ssl/certs/ca-certificates.crt"));
        var json = json("show", 0);
        assertThat(json.at("/certificates")).hasSize(3);
        assertThat(json.at("/certificates")).allSatisfy(one -> {
            assertThat(one.at("/sha256").asText()).hasSize(64);
            assertThat(one.at("/notAfter").asText()).contains("T");
            assertThat(one.at("/who/0/kind").asText()).isNotEmpty();
            assertThat(one.at("/outputs")).isNotEmpty();
        });
    }

    @Test
    void verifyAgreesOnAnIntactStoreAndNamesEveryClient() throws Exception {
        run("apply", "--certificates", file("cas", a));

        var run = run("verify");

        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("OpenSSL bundle", "OpenSSL hash directory", "GnuTLS", "Go", "Java", "All agree.");
        var json = json("verify", 0);
        assertThat(json.at("/agrees").asBoolean()).isTrue();
        assertThat(json.at("/clients")).hasSize(5);
    }

    @Test
    void verifyNamesWhoDoesNotSeeACertificateAndWhatToDo() throws Exception {
        run("apply", "--certificates", file("cas", a));
        write("etc/ssl/certs/ca-certificates.crt", shipped);
        write("etc/ssl/certs/old.bak", b);

        var run = run("verify");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out())
                .contains(
                        "CN=a  SHA-256 " + sha256(a),
                        "missed by  OpenSSL bundle: /etc/ssl/certs/ca-certificates.crt: it is not there",
                        "CN=b  SHA-256 " + sha256(b),
                        "seen by    Go: /etc/ssl/certs/old.bak",
                        "do: Go trusts every file of this folder, whatever its name: remove /etc/ssl/certs/old.bak");
        var json = json("verify", 3);
        assertThat(json.at("/disagreements").findValuesAsText("sha256")).contains(sha256(a), sha256(b));
        assertThat(json.at("/disagreements"))
                .allSatisfy(one -> assertThat(one.at("/remedy").asText()).isNotEmpty());
    }

    @Test
    void aDisagreementAboutWhatIsNotCapstansIsEnough() throws Exception {
        run("apply", "--certificates", file("cas", a));
        write("etc/ssl/certs/old.bak", b);

        var json = json("verify", 3);

        assertThat(json.at("/damages")).isEmpty();
        assertThat(json.at("/disagreements")).hasSize(1);
    }

    @Test
    void verifyHoldsWhatWasAskedForAgainstWhatClientsTrust() throws Exception {
        run("apply", "--certificates", file("cas", a), "--distrust", file("distrust", sha256(b)));
        run("apply", "--certificates", file("cas", a + "\n"));
        write("usr/local/share/ca-certificates/b.crt", b);
        write("etc/ssl/certs/ca-certificates.crt", bundle() + b);

        var run = run("verify");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("CN=b", "distrusted, and yet trusted by OpenSSL bundle, GnuTLS, Go");
    }

    @Test
    void aRootOfNoKnownFamilyIsRefusedInWords() throws Exception {
        var run = Run.run(Map.of(), false, "", "truststore", "show", "--root", temporary.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("ERROR: ")
                .contains(temporary.toString())
                .doesNotContain("\tat ");
        assertThat(Run.run(Map.of(), false, "", "truststore", "show", "--root", temporary + "/nope")
                        .code())
                .isEqualTo(2);
    }

    /** How {@code kubectl exec} into the agent's container finds the node. */
    @Test
    void withoutTheOptionTheRootIsTheOneOfTheEnvironment() throws Exception {
        var run = Run.run(Map.of("CAPSTAN_ROOT", temporary.toString()), false, "", "truststore", "show");

        assertThat(run.err()).startsWith("ERROR: ").contains(temporary.toString());
        assertThat(Run.run(Map.of("CAPSTAN_ROOT", "/nope"), false, "", "node", "prepare", "--plan")
                        .err())
                .contains("/nope");
        assertThat(Run.run(
                                Map.of("CAPSTAN_ROOT", "/nope"),
                                false,
                                "",
                                "truststore",
                                "show",
                                "--root",
                                temporary.toString())
                        .err())
                .contains(temporary.toString());
    }
}
