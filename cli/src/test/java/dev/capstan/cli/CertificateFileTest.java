package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of certificates: what is understood and said, and what is refused before anything is sent. */
class CertificateFileTest {

    private static final String AKS =
            "ERROR: failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64 decoding\n";
    private static final String ONE = "/subscriptions/" + FakeApi.SUBSCRIPTION
            + "/resourceGroups/dev/providers/Microsoft.ContainerService/managedClusters/one";

    @TempDir
    private static Path temporary;

    private static String a = "";
    private static String b = "";

    @BeforeAll
    static void make() throws Exception {
        a = Certificates.ca(temporary, "a");
        b = Certificates.ca(temporary, "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CRLF",
                "CR",
                "a byte order mark",
                "indented",
                "white space at the end of lines",
                "blank lines that hold white space",
                "several certificates without a blank line",
                "no line end after the last line",
                "blank lines inside a certificate",
                "text around a certificate",
                "UTF-16"
            })
    void whatCanBeUnderstoodIsSaidOnceAndSentAsCanonicalPem(String what) throws Exception {
        var text = a + "\n" + b;
        var written = switch (what) {
            case "CRLF" -> text.replace("\n", "\r\n");
            case "CR" -> text.replace("\n", "\r");
            case "a byte order mark" -> "\ufeff" + text;
            case "indented" -> text.replaceAll("(?m)^(?=[^\n])", "    ").strip() + "\n";
            case "white space at the end of lines" -> text.replaceAll("(?m)(?<=[^\n])$", " \t");
            case "blank lines that hold white space" -> a + "   \n" + b;
            case "several certificates without a blank line" -> a + b;
            case "no line end after the last line" -> text.strip();
            case "blank lines inside a certificate" -> text.replaceFirst("(-----BEGIN[^\n]*\n[^\n]*\n)", "$1\n");
            case "text around a certificate" -> a + "and this\n\n" + b;
            default -> "\ufeff" + text;
        };
        var file = Files.write(
                temporary.resolve(what.replace(' ', '-')),
                written.getBytes(what.equals("UTF-16") ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8));

        try (var api = FakeApi.start(temporary.resolve("home-" + file.getFileName()))) {
            var run = update(api, file);

            assertThat(run.code()).as(run.err()).isZero();
            assertThat(sent(api)).containsExactly(a, b);
            assertThat(run.err().lines().filter(line -> line.contains(file.toString())))
                    .anyMatch(line -> line.contains(what) && line.startsWith("WARNING: "))
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one line", "lines of 76", "of DER", "two, a blank between", "two, a comma between"})
    void certificatesCanBeGivenThemselves(String how) throws Exception {
        var one = base64(a.getBytes(StandardCharsets.UTF_8));
        var two = base64(b.getBytes(StandardCharsets.UTF_8));
        var der = Base64.getMimeDecoder()
                .decode(a.replaceAll("-----[A-Z ]+-----", "").strip());
        var value = switch (how) {
            case "one line" -> one;
            case "lines of 76" ->
                Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(a.getBytes(StandardCharsets.UTF_8));
            case "of DER" -> base64(der);
            case "two, a blank between" -> one + " " + two;
            case "two, a comma between" -> one + ", " + two;
            default -> throw new IllegalArgumentException(how);
        };
        try (var api = FakeApi.start(temporary.resolve("home-given-" + how.hashCode()))) {
            var run = update(api, value);

            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.err()).doesNotContain("WARNING");
            assertThat(sent(api))
                    .containsExactly(value.length() > 1.5 * one.length() ? new String[] {a, b} : new String[] {a});
        }
    }

    @Test
    void whatIsGivenAndIsNoCertificateIsRefusedAndNeverRepeated() throws Exception {
        var key = base64(Certificates.key(temporary, "a").getBytes(StandardCharsets.UTF_8));
        for (var value : List.of(key, key + "!", base64(new byte[300]))) {
            try (var api = FakeApi.start(temporary.resolve("home-no-" + value.hashCode()))) {
                var run = update(api, value);

                assertThat(run.code()).isEqualTo(1);
                assertThat(run.err()).doesNotContain(key.substring(40, 60));
                assertThat(api.asked()).isEmpty();
            }
        }
    }

    @Test
    void pemTextThatIsTakenForAnOptionIsNotRepeatedEither() throws Exception {
        var key = Certificates.key(temporary, "a");
        try (var api = FakeApi.start(temporary.resolve("home-option"))) {
            var run = Run.of(api.home(), "aks", "update", "-g", "dev", "-n", "one", "--ca-certs", key);

            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err())
                    .contains("--ca-certs \"$(base64 FILE)\"")
                    .doesNotContain(key.lines().skip(1).findFirst().orElseThrow());
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void everythingThatIsNoCertificateIsRefusedAtOnceAndNothingSent() throws Exception {
        var cut = b.substring(0, b.length() / 2);
        var file = Files.writeString(
                temporary.resolve("bad"), a + "\nhello\n\n" + Certificates.server(temporary, "s") + "\n" + cut + "\n");
        try (var api = FakeApi.start(temporary.resolve("home-bad"))) {
            var run = update(api, file);

            var lines = a.lines().count();
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err())
                    .startsWith(AKS)
                    .containsSubsequence(
                            file + ", line " + (lines + 2) + ": the entry has no -----BEGIN CERTIFICATE----- line.",
                            file + ", line " + (lines + 4) + ": ",
                            "[not-a-ca]",
                            "the block is cut",
                            "Nothing was sent.");
            assertThat(api.asked()).isEmpty();
        }
    }

    @Test
    void whatAksWouldDecodeIsRefusedWithoutItsSentence() throws Exception {
        var file = Files.writeString(temporary.resolve("server"), Certificates.server(temporary, "t"));
        try (var api = FakeApi.start(temporary.resolve("home-server"))) {
            assertThat(update(api, file).err())
                    .doesNotContain("failed to decode one of")
                    .contains("[not-a-ca]");
        }
    }

    @Test
    void aPrivateKeyIsRefusedAndNeverEchoed() throws Exception {
        var key = Certificates.key(temporary, "a");
        var encoded = Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
        for (var text : List.of(a + "\n" + key, key, a + "\n" + encoded + "\n", a.strip() + "\n  " + key)) {
            var file = Files.writeString(temporary.resolve("key"), text);
            try (var api = FakeApi.start(temporary.resolve("home-key"))) {
                var run = Run.of(
                        api.home(),
                        "aks",
                        "update",
                        "-g",
                        "dev",
                        "-n",
                        "one",
                        "--debug",
                        "--ca-certs",
                        file.toString());

                assertThat(run.code()).isEqualTo(1);
                assertThat(run.err()).contains("private key", "[private-key]");
                for (var line : (key + encoded).lines().toList()) {
                    assertThat(run.err() + run.out()).doesNotContain(line.startsWith("--") ? "BEGIN PRIVATE" : line);
                }
                assertThat(api.asked()).isEmpty();
            }
        }
    }

    @Test
    void base64OfPemAndBinaryCertificatesAreUnderstoodThoughAzSendsThemInVain() throws Exception {
        var der = Base64.getMimeDecoder().decode(a.replaceAll("-----.*-----", ""));
        for (var content : List.of(
                Base64.getMimeEncoder(76, new byte[] {'\n'}).encode(a.getBytes(StandardCharsets.UTF_8)),
                Base64.getEncoder().encode(der),
                der)) {
            var file = Files.write(temporary.resolve("encoded"), content);
            try (var api = FakeApi.start(temporary.resolve("home-encoded"))) {
                var run = update(api, file);

                assertThat(run.code()).as(run.err()).isZero();
                assertThat(run.err()).contains("understood, and mended");
                assertThat(sent(api)).containsExactly(a);
            }
        }
    }

    @Test
    void elevenAreTooManyInAzsWordsAndTheSameTwiceIsOne() throws Exception {
        var eleven = new StringBuilder();
        for (var number = 0; number < 11; number++) {
            eleven.append(Certificates.ca(temporary, "n" + number)).append('\n');
        }
        try (var api = FakeApi.start(temporary.resolve("home-many"))) {
            assertThat(update(api, Files.writeString(temporary.resolve("many"), eleven))
                            .err())
                    .startsWith("ERROR: Only up to 10 new-line separated CAs can be passed, got 11 instead.\n");
            var twice = update(api, Files.writeString(temporary.resolve("twice"), a + "\n" + b + "\n" + a));
            assertThat(twice.code()).as(twice.err()).isZero();
            assertThat(twice.err()).contains("the same certificate");
            assertThat(sent(api)).containsExactly(a, b);
        }
    }

    @Test
    void whatIsNoFileOrNoTextIsRefusedInAzsWords() throws Exception {
        try (var api = FakeApi.start(temporary.resolve("home-none"))) {
            assertThat(update(api, temporary.resolve("nope")).err())
                    .contains("nope is not valid file, or not accessible.");
            assertThat(update(api, temporary).err()).contains("is not valid file, or not accessible.");
            var binary = Files.write(temporary.resolve("binary"), new byte[] {(byte) 0xfe, (byte) 0xed, 0, 0, 0, 2});
            assertThat(update(api, binary).err())
                    .contains("Failed to decode file " + binary + " - unknown decoding", "[not-text]");
            assertThat(api.asked()).isEmpty();
        }
    }

    private static Run update(FakeApi api, Path file) {
        return update(api, file.toString());
    }

    private static Run update(FakeApi api, String value) {
        api.on("GET " + ONE, 200, "{\"properties\":{}}").on("PUT " + ONE, 200, "{}");
        return Run.of(api.home(), "aks", "update", "-g", "dev", "-n", "one", "--no-wait", "--ca-certs", value);
    }

    private static List<String> sent(FakeApi api) {
        var body = api.asked().stream()
                .filter(asked -> asked.method().equals("PUT"))
                .map(FakeApi.Asked::body)
                .toList()
                .getLast();
        var entries = body.at("/properties/securityProfile/customCATrustCertificates");
        return StreamSupport.stream(entries.spliterator(), false)
                .map(JsonNode::asText)
                .map(entry -> new String(Base64.getDecoder().decode(entry), StandardCharsets.UTF_8))
                .toList();
    }
}
