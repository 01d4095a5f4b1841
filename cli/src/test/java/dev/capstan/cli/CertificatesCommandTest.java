package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on files of certificates: what they say, and what they make. */
class CertificatesCommandTest {

    @TempDir
    private static Path folder;

    private static String a = "";
    private static String b = "";
    private static String server = "";
    private static String key = "";
    private static int lines;

    @BeforeAll
    static void make() throws Exception {
        a = Certificates.ca(folder, "a");
        b = Certificates.ca(folder, "b");
        server = Certificates.server(folder, "server");
        key = Certificates.key(folder, "a");
        lines = Math.toIntExact(a.lines().count());
    }

    private static String file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static Run run(String... arguments) {
        var all = new ArrayList<>(List.of("certificates"));
        all.addAll(List.of(arguments));
        return Run.of(folder, all.toArray(String[]::new));
    }

    private static JsonNode only(JsonNode inputs) {
        assertThat(inputs.size()).isEqualTo(1);
        return inputs.get(0);
    }

    @Test
    void lintSaysNothingOfAGoodFileAndEndsWithZero() throws Exception {
        var run = run("lint", "--expires-within", "5", file("good.pem", a + "\n" + b));

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("1 input, 2 certificates: 0 errors, 0 warnings, 0 notes.");
    }

    @Test
    void lintNamesEveryErrorWithFileLineCodeAndFixAndGoesOnWithTheNextFile() throws Exception {
        var bad = file("bad.pem", a + "\nhello\n\n" + server);
        var missing = folder.resolve("missing.pem").toString();
        var good = file("other.pem", b);

        var run = run("lint", "--expires-within", "5", bad, missing, folder.toString(), good);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .containsSubsequence(
                        bad + ", line " + (lines + 2) + ": error: ",
                        "[no-certificate]",
                        bad + ", line " + (lines + 4) + ": error: ",
                        "[not-a-ca]",
                        missing + ": error: it cannot be read: there is no such file. [unreadable]",
                        "it is a folder. [unreadable]",
                        "4 inputs, 2 certificates: 4 errors, 0 warnings, 0 notes.");
    }

    @Test
    void strictEndsWithOneOnWarnings() throws Exception {
        var indented = file("indented.pem", a.replaceAll("(?m)^", "  "));

        assertThat(run("lint", indented).code()).isZero();
        assertThat(run("lint", "--strict", indented).code()).isEqualTo(1);
        // The test's certificates are valid for 90 days.
        assertThat(run("lint", "--strict", "--expires-within", "80", file("a.pem", a))
                        .code())
                .isZero();
        assertThat(run("lint", "--strict", "--expires-within", "100", file("a100.pem", a))
                        .out())
                .contains("[expires-soon]");
    }

    @Test
    void jsonAndSarifSayTheSame() throws Exception {
        var bad = file("two words.pem", a + "\n" + server.replaceFirst("\nM", "\n*"));

        var json = Json.parse(
                run("lint", "--expires-within", "5", "-o", "json", bad).out());
        var finding = only(only(json.get("inputs")).get("findings"));
        assertThat(finding.get("code").asText()).isEqualTo("malformed-pem");
        assertThat(finding.get("line").asInt()).isEqualTo(lines + 3);
        assertThat(finding.get("page").asText()).isEqualTo("docs/findings/malformed-pem.md");
        assertThat(json.get("errors").asInt()).isEqualTo(1);
        var sarif = Json.parse(
                run("lint", "--expires-within", "5", "-o", "sarif", bad).out());
        assertThat(sarif.get("version").asText()).isEqualTo("2.1.0");
        var result = only(sarif.at("/runs/0/results"));
        assertThat(result.get("ruleId").asText()).isEqualTo("malformed-pem");
        assertThat(result.get("level").asText()).isEqualTo("error");
        assertThat(result.at("/locations/0/physicalLocation/artifactLocation/uri")
                        .asText())
                .endsWith("two%20words.pem");
        assertThat(result.at("/locations/0/physicalLocation/region/startLine").asInt())
                .isEqualTo(lines + 3);
        assertThat(sarif.at("/runs/0/tool/driver/rules").findValuesAsText("id"))
                .contains("malformed-pem", "private-key");
    }

    @Test
    void manifestsAreReadWithTheirKeysAndTheDocumentsLines() throws Exception {
        var encoded = Base64.getEncoder().encodeToString(b.getBytes(StandardCharsets.UTF_8));
        var manifest = file("secret.yaml", """
                apiVersion: v1
                kind: Secret
                metadata:
                  name: custom-ca-trust-secret
                data:
                  b.crt: %s
                  bad.crt: |
                    {base64EncodedCertStringHere}
                stringData:
                  a.crt: |
                %s
                  server.crt: |
                %s
                  b.crt: x
                ---
                {"kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"k.crt": %s}}
                """.formatted(
                        encoded, a.indent(4).stripTrailing(), server.indent(4).stripTrailing(), Json.quoted(a)));

        var findings = only(Json.parse(run("lint", "-o", "json", manifest).out())
                        .get("inputs"))
                .get("findings");

        var brief = new ArrayList<String>();
        findings.forEach(each -> brief.add(each.get("entry").asText() + " "
                + each.get("code").asText() + " " + each.get("line").asInt()));
        var serverLine = 12 + lines;
        var lastLine = serverLine + Math.toIntExact(server.lines().count());
        assertThat(brief)
                .contains(
                        "custom-ca-trust-secret/bad.crt not-base64 7",
                        "custom-ca-trust-secret/server.crt not-a-ca " + serverLine,
                        "custom-ca-trust-secret/b.crt key-collision " + lastLine,
                        "m/k.crt duplicate " + (lastLine + 2));
    }

    @Test
    void aKubeconfigGivesItsCaAndItsClientKeyIsNotLookedAt() throws Exception {
        var config = file("config", """
                apiVersion: v1
                kind: Config
                clusters:
                - name: prod
                  cluster:
                    certificate-authority-data: %s
                users:
                - name: admin
                  user:
                    client-key-data: %s
                """.formatted(
                        Base64.getEncoder().encodeToString(a.getBytes(StandardCharsets.UTF_8)),
                        Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8))));

        var run = run("show", config);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("CN=a", "key prod, line 6");
    }

    @Test
    void aPrivateKeyIsAnErrorAndShownByNoCommand() throws Exception {
        var both = file("both.pem", a + key);
        for (var command : List.of("lint", "show", "diff", "convert")) {
            var run = switch (command) {
                case "diff" -> run(command, both, both, "--debug");
                case "convert" -> run(command, "--to", "secret", "--leave-out-errors", both, "--debug");
                default -> run(command, both, "--debug");
            };
            assertThat(run.out() + run.err())
                    .contains("private-key")
                    .doesNotContain(key.lines().toList().get(1));
            assertThat(run.out()).doesNotContain("CN=a", "BEGIN CERTIFICATE");
        }
    }

    @Test
    void showPutsWhatACaIssuedBelowIt() throws Exception {
        var middle = Certificates.issued(folder, "middle", "a");
        var run = run("show", file("chain.pem", middle + "\n" + a));

        assertThat(run.out())
                .containsSubsequence(
                        "CN=a\n", "SHA-256", "key      EC P-256", "use      CA", "└─ CN=middle\n", "issuer   CN=a");
        var json =
                Json.parse(run("show", "-o", "json", folder.resolve("chain.pem").toString())
                        .out());
        assertThat(json.at("/certificates/1/depth").asInt()).isEqualTo(1);
    }

    @Test
    void showGoesByWhoSignedAndNotByNamesAlone() throws Exception {
        var others = Files.createDirectories(folder.resolve("namesakes"));
        var namesake = Certificates.ca(others, "a");
        var middle = Certificates.issued(folder, "below", "a");

        var without = run("show", file("namesake.pem", namesake + "\n" + middle));
        assertThat(without.out())
                .contains("CN=below\n   issuer   CN=a (not here)")
                .doesNotContain("└─");
        assertThat(without.err()).contains("[without-issuer]", "has its name, and did not sign this one");
        var with = run("show", file("both-namesakes.pem", namesake + "\n" + middle + "\n" + a));
        assertThat(with.err()).doesNotContain("without-issuer");
        var sha256 = Json.parse(
                        run("show", "-o", "json", file("a-alone.pem", a)).out())
                .at("/certificates/0/sha256")
                .asText();
        var shown = Json.parse(
                run("show", "-o", "json", folder.resolve("both-namesakes.pem").toString())
                        .out());
        assertThat(shown.at("/certificates/2/issuedBy/0").asText()).isEqualTo(sha256);
        assertThat(shown.at("/certificates/1/sha256").asText()).isEqualTo(sha256);
        assertThat(shown.at("/certificates/0/sameAuthority")).isEmpty();
    }

    @Test
    void aCrossSignedCaStandsBelowBothThatCertifyItAndWhatItIssuedBelowItsRoot() throws Exception {
        var cross = Certificates.crossSigned(folder, "a", "b");
        var middle = Certificates.issued(folder, "under", "a");

        var run = run("show", file("cross.pem", cross + "\n" + middle + "\n" + a + "\n" + b));

        assertThat(run.err()).contains("[cross-signed]").doesNotContain("without-issuer");
        assertThat(run.out())
                .containsSubsequence(
                        "CN=a\n   issuer   CN=a\n",
                        "   same CA  ",
                        ", certified by CN=b\n",
                        "└─ CN=under\n      issuer   CN=a\n",
                        "CN=b\n   issuer   CN=b\n",
                        "└─ CN=a\n      issuer   CN=b\n",
                        "      same CA  ",
                        ", certified by CN=a\n");
    }

    @Test
    void limitsAreThoseOfWhatTheFileIs() throws Exception {
        var eleven = new StringBuilder();
        for (var number = 0; number < 11; number++) {
            eleven.append(Certificates.ca(folder, "limit" + number)).append('\n');
        }
        var many = file("eleven.pem", eleven.toString());

        assertThat(run("lint", many).out()).contains("there are 11 different certificates", "[over-limit]");
        var arm = run("convert", "--to", "arm", many);
        assertThat(arm.err()).contains("what was made: there are 11 different certificates", "[over-limit]");
        assertThat(run("lint", file("eleven.json", arm.out())).out()).contains("[over-limit]");
        var secret = run("convert", "--to", "secret", many);
        assertThat(secret.err()).doesNotContain("over-limit");
        assertThat(run("lint", file("eleven.yaml", secret.out())).out())
                .contains("11 certificates", "0 warnings")
                .doesNotContain("over-limit");
    }

    @Test
    void aManifestTooLargeForKubectlOrForASecretIsSaidSo() throws Exception {
        var words = "# " + "x".repeat(250_000) + "\n" + a;
        assertThat(run("lint", file("large.yaml", manifest("Secret", "large", "a.crt", words)))
                        .out())
                .contains("[over-size]", "kubectl apply leaves a copy", "--server-side");
        var larger = "# " + "x".repeat(1_050_000) + "\n" + a;
        assertThat(run("lint", file("larger.yaml", manifest("Secret", "larger", "a.crt", larger)))
                        .out())
                .contains("[over-size]", "a Secret takes 1048576");
    }

    @Test
    void keysOfSeveralObjectsDoNotCollideAndThoseThatAksConfusesAreNoted() throws Exception {
        var manifest = file(
                "objects.yaml",
                manifest("Secret", "m", "ca.crt", a) + "---\n" + manifest("ConfigMap", "m", "ca.crt", b) + "---\n"
                        + manifest("Secret", "n", "my-ca.crt", server)
                        + "  ca.crt: " + Json.quoted(b) + "\n  ca.pem: " + Json.quoted(a) + "\n");

        var run = run("lint", manifest);

        assertThat(run.out())
                .doesNotContain("key-collision")
                .contains("1 input, 2 certificates")
                .contains("key n/my-ca.crt", "its name and that of key ca.crt are one", "[similar-keys]")
                .contains("key n/ca.pem");
        var twice = file(
                "twice.yaml", manifest("Secret", "m", "ca.crt", a) + "---\n" + manifest("Secret", "m", "ca.crt", b));
        assertThat(run("lint", twice).out()).contains("[key-collision]");
    }

    private static String manifest(String kind, String name, String key, String text) {
        return """
                kind: %s
                metadata:
                  name: %s
                %s:
                  %s: %s
                """.formatted(kind, name, kind.equals("Secret") ? "stringData" : "data", key, Json.quoted(text));
    }

    @Test
    void diffComparesCertificatesAndNotBytes() throws Exception {
        var one = file("one.pem", a + b);
        var same = file("same.pem", b.replace("\n", "\r\n") + "\n\n" + a.replaceAll("(?m)^", "  "));
        var other = file("next.pem", b + "\n" + Certificates.renewed(folder, "a"));

        assertThat(run("diff", one, same).code()).isZero();
        var run = run("diff", one, other);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("(renewed)", "(a renewal)", "1 added, 1 removed, 1 in both.");
        assertThat(Json.parse(run("diff", "-o", "json", one, other).out())
                        .get("same")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void whatIsConvertedReadsAsTheSameCertificates() throws Exception {
        var encoded =
                file("twice", Base64.getMimeEncoder().encodeToString((a + "\n" + b).getBytes(StandardCharsets.UTF_8)));
        for (var form : List.of("file", "secret", "arm", "bundle")) {
            var converted = run("convert", "--to", form, encoded);
            assertThat(converted.code()).as(converted.err()).isZero();
            var made = file("made." + form, converted.out());
            assertThat(run("diff", encoded, made).code()).as(form).isZero();
            assertThat(run("lint", "--strict", "--expires-within", "0", made).out())
                    .as(form)
                    .contains("0 errors, 0 warnings");
        }
        assertThat(run("convert", "--to", "file", encoded).out()).isEqualTo(a + "\n" + b);
        var refused = run("convert", "--to", "file", file("bad2.pem", a + "\n" + server));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(run(
                                "convert",
                                "--to",
                                "file",
                                "--leave-out-errors",
                                folder.resolve("bad2.pem").toString())
                        .out())
                .isEqualTo(a);
    }

    @Test
    void standardInputIsReadAndAnEndlessOneNoFurtherThanIsOfUse() throws Exception {
        var before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(a.getBytes(StandardCharsets.UTF_8)));
            assertThat(run("lint", "-").out()).contains("1 input, 1 certificate");
            try (var zeros = Files.newInputStream(Path.of("/dev/zero"))) {
                System.setIn(zeros);
                assertThat(run("lint", "-").out()).contains("[too-large]");
            }
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aThousandFilesAreReadInTheirOrder() throws Exception {
        var many = Files.createDirectories(folder.resolve("many"));
        var arguments = new ArrayList<>(List.of("lint"));
        for (var number = 0; number < 1000; number++) {
            var text = number % 100 == 7 ? server : a + "\n" + b;
            arguments.add(
                    Files.writeString(many.resolve("f" + number + ".pem"), text).toString());
        }

        var run = run(arguments.toArray(String[]::new));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("1000 inputs, 1980 certificates: 10 errors");
        assertThat(run.out()
                        .lines()
                        .filter(line -> line.contains("[not-a-ca]"))
                        .map(line -> line.replaceAll(".*/f(\\d+).*", "$1")))
                .containsExactly("7", "107", "207", "307", "407", "507", "607", "707", "807", "907");
    }
}
