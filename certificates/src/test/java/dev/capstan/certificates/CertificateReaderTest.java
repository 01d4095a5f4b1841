package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every input of the table is made with real keys; what is expected of it is written by hand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateReaderTest {

    private static final InstantSource NOW = InstantSource.system();
    private static final InstantSource LATER = InstantSource.offset(NOW, Duration.ofDays(365 * 30));
    private static final InstantSource EARLIER = InstantSource.fixed(Instant.parse("2001-01-01T00:00:00Z"));

    /** Lines of a P-256 CA certificate here: BEGIN, some of base64, END. Counted, not assumed. */
    private int lines;

    private OpenSsl openssl;
    private String one;
    private String two;
    private String key;
    private final Map<String, String> keys = new LinkedHashMap<>();

    @BeforeAll
    void makeCertificates(@TempDir Path folder) {
        openssl = new OpenSsl(folder);
        one = openssl.ca("one");
        two = openssl.ca("two");
        lines = Math.toIntExact(one.lines().count());
        key = openssl.file("one.key");
        keys.put("PKCS#8", key);
        keys.put("EC", openssl.text("ec", "-in", "one.key"));
        keys.put("RSA", openssl.text("genrsa", "-traditional", "2048"));
        keys.put("encrypted PKCS#8", openssl.text("pkcs8", "-topk8", "-in", "one.key", "-passout", "pass:secret"));
        keys.put(
                "encrypted EC with headers",
                openssl.text("ec", "-in", "one.key", "-aes128", "-passout", "pass:secret"));
        openssl.run(
                "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024", "-out", "dsa.par");
        openssl.run("genpkey", "-paramfile", "dsa.par", "-out", "dsa.key");
        keys.put("DSA", openssl.text("dsa", "-in", "dsa.key"));
        keys.put("OpenSSH", key.replace("PRIVATE KEY", "OPENSSH PRIVATE KEY"));
        keys.put("SSH2", key.replace("-----BEGIN PRIVATE KEY-----", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"));
        keys.put("PGP", key.replace("PRIVATE KEY", "PGP PRIVATE KEY BLOCK"));
        keys.put("PuTTY", "PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\nPrivate-Lines: 1\n" + body(key));
        whatIsReadAsItIs();
        whatIsNoPem();
        whatIsBroken();
        whatIsOfAnotherKind();
        whatIsNoCa();
        whatHoldsAPrivateKey();
    }

    /** One row: the entry's bytes, the subjects' CN that must come out, and the findings as {@code code:line}. */
    private record Row(String name, String entry, InstantSource clock, List<String> names, List<String> findings) {}

    private final List<Row> rows = new ArrayList<>();

    private void row(String name, String entry, String names, String... findings) {
        row(name, entry.getBytes(ISO_8859_1), NOW, names, findings);
    }

    private void row(String name, byte[] entry, InstantSource clock, String names, String... findings) {
        rows.add(new Row(
                name,
                new String(entry, ISO_8859_1),
                clock,
                names.isEmpty() ? List.of() : List.of(names.split(" ")),
                List.of(findings)));
    }

    private void whatIsReadAsItIs() {
        row("one certificate", one, "one");
        row("two certificates", one + two, "one two");
        row("no line feed at the end", one.stripTrailing(), "one");
        row("CRLF", crlf(one), "one");
        row("CRLF, two certificates, no end of line at the end", crlf(one + two).stripTrailing(), "one two");
        row("LF and CRLF mixed", one + crlf(two), "one two");
        row("blank lines before, between and after", "\n\n" + one + "\n\r\n" + two + "\n\n", "one two");
        row("text around blocks", "# our CA\n" + one + "the next: -- dashes --\n" + two + "end", "one two");
        row("openssl x509 -text before the block", openssl.text("x509", "-text", "-in", "one.crt"), "one");
        row("white space at the ends of lines", one.replace("\n", " \t\n"), "one");
        row("indented base64, BEGIN and END not", one.replace("\nM", "\n   M"), "one");
        row("blank lines inside the block", one.replace("-----\nM", "-----\n\n \nM"), "one");
        row("base64 on one line", "-----BEGIN CERTIFICATE-----\n" + body(one) + "\n-----END CERTIFICATE-----", "one");
        row("base64 in lines of 76", wrapped(one, 76), "one");
        row("base64 one character a line", wrapped(one, 1), "one");
        row("the word BEGIN in text", "BEGIN of the list of CAs\n" + one + "END of it\n", "one");
        row("a byte order mark before text", "\u00ef\u00bb\u00bf# our CA\n" + one, "one");
        row("text in UTF-8", "# Zürich\n".getBytes(java.nio.charset.StandardCharsets.UTF_8), one, "one");
        row("the same twice", one + one, "one", "duplicate:" + (lines + 1));
        row(
                "the same thrice",
                one + two + one + one,
                "one two",
                "duplicate:" + (2 * lines + 1),
                "duplicate:" + (3 * lines + 1));
        row("the same in another wrapping", one + wrapped(one, 76), "one", "duplicate:" + (lines + 1));
    }

    private void row(String name, byte[] before, String entry, String names, String... findings) {
        row(name, concatenated(before, entry.getBytes(ISO_8859_1)), NOW, names, findings);
    }

    private void whatIsNoPem() {
        row("nothing", "", "", "no-certificate:0");
        row("white space", " \n\t\r\n", "", "no-certificate:0");
        row("some words", "the CA of our company", "", "no-certificate:0");
        row("a placeholder", "{base64EncodedCertStringHere}", "", "no-certificate:0");
        row("DER", der(one), NOW, "", "not-text:0");
        row("UTF-16, little endian", ("\ufeff" + one).getBytes(UTF_16LE), NOW, "", "not-text:0");
        row("UTF-16, big endian", ("\ufeff" + one).getBytes(UTF_16BE), NOW, "", "not-text:0");
        row("zero bytes", new byte[100], NOW, "", "not-text:0");
        row("base64 of PEM", base64(one), "", "encoded-twice:0");
        row("base64 of PEM, wrapped", base64(one).replaceAll("(.{76})", "$1\n"), "", "encoded-twice:0");
        row("base64 of text and PEM", base64("# CA\n" + one), "", "encoded-twice:0");
        row("base64 of DER without BEGIN and END", body(one), "", "no-certificate:0");
        row("base64 of base64 of PEM", base64(base64(one)), "", "no-certificate:0");
        row("too large", "x".repeat(CertificateReader.LARGEST_ENTRY + 1), "", "too-large:0");
        row("as large as may be", one + "\n".repeat(CertificateReader.LARGEST_ENTRY - one.length()), "one");
    }

    private void whatIsBroken() {
        String cut = one.substring(0, one.indexOf("-----END"));
        row("cut before END", cut, "", "malformed-pem:1");
        row("cut in the middle, one after it", cut + two, "two", "malformed-pem:1");
        row("cut at the end of the entry, one before it", two + cut, "two", "malformed-pem:" + (lines + 1));
        row("END missing its dashes", cut + "-----END CERTIFICATE", "", "malformed-pem:" + lines);
        row("only a BEGIN line", "-----BEGIN CERTIFICATE-----", "", "malformed-pem:1");
        row("only an END line", "-----END CERTIFICATE-----", "", "malformed-pem:1");
        row("BEGIN missing", one.substring(one.indexOf('\n') + 1) + two, "two", "malformed-pem:" + (lines - 1));
        row(
                "nested",
                "-----BEGIN CERTIFICATE-----\n" + one + "-----END CERTIFICATE-----\n" + two,
                "one two",
                "malformed-pem:1",
                "malformed-pem:" + (lines + 2));
        row(
                "an empty block",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" + one,
                "one",
                "malformed-pem:1");
        row("headers", one.replace("-----\nM", "-----\nFriendly-Name: x\n\nM") + two, "two", "malformed-pem:2");
        row("indented BEGIN and END", one.replaceAll("(?m)^", "    ") + two, "two", "malformed-pem:1");
        row("indented BEGIN alone", " " + one + two, "two", "malformed-pem:1");
        row("indented END alone", one.replace("-----END", " -----END") + two, "two", "malformed-pem:" + lines);
        row("a tab before BEGIN", "\n\t" + one, "", "malformed-pem:2");
        row("a byte order mark before BEGIN", "\u00ef\u00bb\u00bf" + one + two, "two", "malformed-pem:1");
        row("line breaks as backslash n", one.replace("\n", "\\n"), "", "malformed-pem:1");
        row("line breaks as spaces", one.replace("\n", " "), "", "malformed-pem:1");
        row("line breaks gone", one.replace("\n", ""), "", "malformed-pem:1");
        row("line ends in CR alone", one.replace("\n", "\r"), "", "malformed-pem:1");
        row("four dashes", one.replace("-----BEGIN", "----BEGIN") + two, "two", "malformed-pem:1");
        row("four dashes at the end", one.replace("TE-----\nM", "TE----\nM") + two, "two", "malformed-pem:1");
        row("six dashes", one.replace("-----BEGIN", "------BEGIN") + two, "two", "malformed-pem:1");
        row("lower case", one.replace("BEGIN CERTIFICATE", "begin certificate") + two, "two", "malformed-pem:1");
        row("text after BEGIN on its line", one.replace("TE-----\nM", "TE----- our CA\nM"), "", "malformed-pem:1");
        row(
                "two blocks run together",
                one.stripTrailing() + two + openssl.file("one.crt"),
                "one",
                "malformed-pem:" + lines);
        row("a character that is not base64", one.replace("\nM", "\n*M"), "", "malformed-pem:2");
        row("base64url", replaceInBody(one, 40, "-_"), "", "malformed-pem:2");
        row("a line of the base64 lost", withoutLine(one, 2), "", "not-x509:1");
        row("a character of the base64 lost", replaceInBody(one, 40, ""), "", "malformed-pem:1");
        row("padding in the middle", replaceInBody(one, 40, "=="), "", "malformed-pem:1");
        row("BEGIN and END of two kinds", one.replace("END CERT", "END TRUSTED CERT") + two, "two", "malformed-pem:1");
        row(
                "one bad between two good",
                one + withoutLine(two, 3) + openssl.ca("three"),
                "one three",
                "not-x509:" + (lines + 1));
    }

    private void whatIsOfAnotherKind() {
        String trusted = openssl.text("x509", "-in", "one.crt", "-trustout");
        row("TRUSTED CERTIFICATE", trusted + two, "two", "other-block:1");
        row("X509 CERTIFICATE", one.replace(" CERT", " X509 CERT"), "", "other-block:1");
        row(
                "a request",
                openssl.text("req", "-new", "-key", "one.key", "-subj", "/CN=x", "-config", "/dev/null"),
                "",
                "other-block:1");
        row("PKCS#7", openssl.text("crl2pkcs7", "-nocrl", "-certfile", "one.crt"), "", "other-block:1");
        row("a public key", openssl.text("pkey", "-in", "one.key", "-pubout") + one, "one", "other-block:1");
        row("parameters of a curve", openssl.text("ecparam", "-name", "prime256v1") + one, "one", "other-block:1");
        row("a kind nobody knows", one.replace("CERTIFICATE", "SECRET SAUCE"), "", "other-block:1");
        row(
                "a request under the label of a certificate",
                openssl.text("req", "-new", "-key", "one.key", "-subj", "/CN=x", "-config", "/dev/null")
                        .replace("CERTIFICATE REQUEST", "CERTIFICATE"),
                "",
                "not-x509:1");
        row("bytes after the certificate", pem(concatenated(der(one), new byte[] {0})) + two, "two", "not-x509:1");
        row("two certificates in one block", pem(concatenated(der(one), der(two))), "", "not-x509:1");
        row("DER cut", pem(Arrays.copyOf(der(one), 200)) + two, "two", "not-x509:1");
        row("DER of indefinite length", pem(indefinite(der(one))), "", "not-x509:1");
        row(
                "random bytes",
                pem(new Random(1)
                        .ints(300)
                        .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::write, (a, b) -> {})
                        .toByteArray()),
                "",
                "not-x509:1");
        row(
                "a subject that is not in the encoding it claims",
                pem(badUtf8(der(openssl.ca("utf8", "-subj", "/CN=Zxrich")))) + one,
                "one",
                "not-x509:1");
    }

    private void whatIsNoCa() {
        row(
                "a server's certificate",
                openssl.issued("server", "one", "5", "subjectAltName=DNS:x.test", "basicConstraints=CA:FALSE"),
                "",
                "not-a-ca:1");
        row("a server's certificate before its CA", openssl.file("server.crt") + one, "one", "not-a-ca:1");
        row(
                "a self-signed server certificate",
                openssl.selfSigned("self", "-addext", "subjectAltName=DNS:x.test"),
                "",
                "not-a-ca:1");
        row(
                "version 3 without BasicConstraints",
                openssl.issued("bare", "one", "5", "keyUsage=keyCertSign"),
                "",
                "not-a-ca:1");
        row(
                "keyUsage without keyCertSign",
                openssl.selfSigned(
                        "usage",
                        "-addext",
                        "basicConstraints=critical,CA:TRUE",
                        "-addext",
                        "keyUsage=digitalSignature"),
                "",
                "not-a-ca:1");
        row("a CA without keyUsage", openssl.selfSigned("nousage", "-addext", "basicConstraints=CA:TRUE"), "nousage");
        row(
                "an intermediate CA",
                openssl.issued(
                        "middle", "one", "5", "basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=keyCertSign"),
                "middle");
        row("version 1, self-signed", versionOne("old"), "old");
        row("version 1, issued by another", openssl.issued("oldleaf", "one", "5"), "", "not-a-ca:1");
        row("no subject", openssl.ca("nobody", "-subj", "/"), "", "not-a-ca:1");
        row("RSA", selfSignedWith("rsa", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"), "rsa");
        row("Ed25519", selfSignedWith("edwards", "-algorithm", "ed25519"), "edwards");
        row("expired", one.getBytes(ISO_8859_1), LATER, "one", "expired:1");
        row("expired twice", (one + two).getBytes(ISO_8859_1), LATER, "one two", "expired:1", "expired:" + (lines + 1));
        row("not yet valid", one.getBytes(ISO_8859_1), EARLIER, "one", "not-yet-valid:1");
    }

    private void whatHoldsAPrivateKey() {
        keys.forEach((kind, text) -> row("a private key, " + kind, text, "", "private-key:1"));
        row("a private key before a CA", key + one, "", "private-key:1");
        row("a private key after two CAs", one + two + key, "", "private-key:" + (2 * lines + 1));
        row("a private key after nonsense", "-----BEGIN CERTIFICATE-----\n" + key, "", "private-key:2");
        row("a private key, CRLF", crlf(key), "", "private-key:1");
        row("a private key, indented", key.replaceAll("(?m)^", "  ") + one, "", "private-key:1");
        row("a private key, one line", key.replace("\n", "\\n"), "", "private-key:1");
        row("a private key, lower case", key.replace("PRIVATE KEY", "private key"), "", "private-key:1");
        row("a private key after a byte order mark", "\u00ef\u00bb\u00bf" + key, "", "private-key:1");
        row("a private key in UTF-16", ("\ufeff" + key).getBytes(UTF_16LE), NOW, "", "private-key:1");
        row("a private key, cut", one + key.substring(0, key.length() / 2), "", "private-key:" + (lines + 1));
        row(
                "a private key under the label of a certificate",
                one + key.replace("PRIVATE KEY", "CERTIFICATE"),
                "",
                "private-key:" + (lines + 1));
        row(
                "an encrypted one under that label",
                keys.get("encrypted PKCS#8").replace("ENCRYPTED PRIVATE KEY", "CERTIFICATE"),
                "",
                "private-key:1");
        row("a private key in DER", der(key), NOW, "", "private-key:0");
        row("base64 of a private key in PEM", base64(key), "", "private-key:0");
        row("base64 of a private key in DER", body(key), "", "private-key:0");
        row(
                "PKCS#12",
                openssl.run("pkcs12", "-export", "-in", "one.crt", "-inkey", "one.key", "-passout", "pass:secret"),
                NOW,
                "",
                "private-key:0");
    }

    @TestFactory
    Stream<DynamicTest> everyInputIsReadAsWrittenByHand() {
        assertThat(rows).hasSizeGreaterThanOrEqualTo(100);
        assertThat(rows.stream().map(Row::name)).doesNotHaveDuplicates();
        return rows.stream()
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    Reading reading = new CertificateReader(row.clock())
                            .readPem(row.entry().getBytes(ISO_8859_1), Place.of("cas.pem"));
                    assertThat(reading.findings())
                            .extracting(CertificateReaderTest::brief)
                            .containsExactlyElementsOf(row.findings());
                    assertThat(reading.certificates())
                            .extracting(sourced -> commonName(sourced.certificate()))
                            .containsExactlyElementsOf(row.names());
                    assertThat(reading.findings()).allSatisfy(finding -> {
                        assertThat(finding.message()).endsWith(".").hasSizeBetween(15, 400);
                        assertThat(finding.fix()).hasSizeBetween(15, 400);
                    });
                }));
    }

    @Test
    void whatIsWrittenReadsAsTheSameSet() {
        for (Row row : rows) {
            CertificateSet set = new CertificateReader(row.clock())
                    .readPem(row.entry().getBytes(ISO_8859_1), Place.of("x"))
                    .set();
            CertificateSet again = new CertificateReader(row.clock())
                    .readPem(set.pem().getBytes(ISO_8859_1), Place.of("y"))
                    .set();
            assertThat(again).as(row.name()).isEqualTo(set);
        }
    }

    @Test
    void keysOfASecretAreEntriesOfTheirOwn() {
        Map<String, byte[]> data = Map.of(
                "b.crt", two.getBytes(ISO_8859_1),
                "a.crt", one.getBytes(ISO_8859_1),
                "c.crt", (one + key).getBytes(ISO_8859_1),
                "d", new byte[0],
                "e.crt", (two + one).getBytes(ISO_8859_1));
        Reading reading = new CertificateReader(NOW).readSecret(data, "secret kube-system/custom-ca-trust-secret");
        assertThat(reading.certificates())
                .extracting(sourced -> commonName(sourced.certificate()))
                .containsExactly("one", "two");
        assertThat(reading.findings())
                .extracting(finding -> finding.place().entry() + " " + brief(finding))
                .containsExactly(
                        "c.crt private-key:" + (lines + 1),
                        "d no-certificate:0",
                        "e.crt duplicate:1",
                        "e.crt duplicate:" + (lines + 1));
        assertThat(reading.findings().getFirst())
                .asString()
                .startsWith("error private-key at secret kube-system/custom-ca-trust-secret, key c.crt, line "
                        + (lines + 1) + ": ");
        assertThat(new CertificateReader(NOW).readSecret(Map.of(), "secret").findings())
                .isEmpty();
    }

    @Test
    void orderAndWrappingDoNotChangeTheFingerprint() {
        Fingerprint fingerprint = read(one + two).set().fingerprint();
        assertThat(read(two + "\n# text\n" + crlf(one) + one).set().fingerprint())
                .isEqualTo(fingerprint);
        assertThat(read(one).set().fingerprint()).isNotEqualTo(fingerprint);
    }

    @Test
    void noPartOfAPrivateKeyIsInWhatIsSaid() {
        List<String> said = new ArrayList<>();
        List<String> secrets = new ArrayList<>();
        keys.values().forEach(text -> secrets.addAll(windows(text)));
        for (Row row : rows) {
            Reading reading = new CertificateReader(row.clock())
                    .readSecret(Map.of("key", row.entry().getBytes(ISO_8859_1)), "secret");
            said.add(reading + " " + reading.findings() + " " + reading.set() + " " + reading.certificates());
        }
        String everything = String.join("\n", said);
        assertThat(secrets)
                .hasSizeGreaterThan(50)
                .allSatisfy(window -> assertThat(everything.contains(window)).isFalse());
    }

    /** Every stretch of 12 base64 characters of a key, as PEM has it. */
    private static List<String> windows(String pem) {
        String body = body(pem);
        List<String> windows = new ArrayList<>();
        for (int i = 0; i + 12 <= body.length(); i += 12) {
            windows.add(body.substring(i, i + 12));
        }
        return windows;
    }

    @Test
    void certificatesOfTheSystemReadAsOpensslReadsThem() throws Exception {
        byte[] bundle = java.nio.file.Files.readAllBytes(Path.of("/etc/ssl/certs/ca-certificates.crt"));
        Reading reading = new CertificateReader(NOW).readPem(bundle, Place.of("bundle"));
        assertThat(reading.findings())
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .isEmpty();
        List<String> expected = new ArrayList<>();
        // Six of them, spread over the bundle; each costs a process.
        List<Reading.Sourced> certificates = reading.certificates();
        List<String> actual = new ArrayList<>();
        for (int i = 0; i < certificates.size(); i += Math.max(1, certificates.size() / 6)) {
            Certificate certificate = certificates.get(i).certificate();
            expected.add(new String(
                            openssl.run(
                                    certificate.pem().getBytes(ISO_8859_1),
                                    "x509",
                                    "-noout",
                                    "-fingerprint",
                                    "-sha256"),
                            ISO_8859_1)
                    .replaceAll(".*=|:|\\s", "")
                    .toLowerCase(java.util.Locale.ROOT));
            actual.add(certificate.identity().hex());
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void hostileInputCostsNoMoreThanItsLength() {
        int size = CertificateReader.LARGEST_ENTRY;
        Map<String, String> hostile = new LinkedHashMap<>();
        hostile.put("BEGIN lines", "-----BEGIN CERTIFICATE-----\n".repeat(size / 28));
        hostile.put("empty blocks", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".repeat(size / 54));
        hostile.put("PRIVATE KEY without dashes", "PRIVATE KEY\n".repeat(size / 12));
        hostile.put("dashes", "-".repeat(size));
        hostile.put("BEGINs on one line", "-----BEGIN ".repeat(size / 11));
        hostile.put(
                "one long line in a block",
                "-----BEGIN CERTIFICATE-----\n" + "A".repeat(size - 60) + "\n-----END CERTIFICATE-----\n");
        hostile.put("the same certificate again and again", one.repeat(size / one.length()));
        hostile.put("deep DER", pem(deep(50_000)));
        hostile.put("deep DER where a name is", pem(deepName()));
        hostile.forEach((name, text) -> {
            long start = cpuNanos();
            Reading reading = read(text);
            assertThat(Duration.ofNanos(cpuNanos() - start)).as(name).isLessThan(Duration.ofSeconds(10));
            assertThat(reading.findings().size()).as(name).isBetween(1, 301);
        });
        Reading many = read(hostile.get("empty blocks"));
        assertThat(many.findings()).hasSize(101);
        assertThat(many.findings().getLast().message())
                .startsWith((size / 54 - 100) + " more findings of severity error");
    }

    /** This thread's own time, so that other work on the machine does not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @Test
    void noByteOfACertificateTurnedAroundMakesTheReaderThrow() {
        byte[] der = der(one);
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = der.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Reading reading = read(pem(bad) + two);
            // A certificate turned into the shape of a key takes the whole entry with it.
            if (reading.findings().stream().noneMatch(finding -> finding.code() == FindingCode.PRIVATE_KEY)) {
                assertThat(reading.certificates())
                        .extracting(sourced -> commonName(sourced.certificate()))
                        .contains("two");
            }
        }
    }

    private static Reading read(String text) {
        return new CertificateReader(NOW).readPem(text.getBytes(ISO_8859_1), Place.of("test"));
    }

    private static String brief(Finding finding) {
        return finding.code().word() + ":" + finding.place().line();
    }

    private static String commonName(Certificate certificate) {
        return certificate.subject().replaceAll("(^|.*,)CN=([^,]*).*", "$2");
    }

    private static String crlf(String text) {
        return text.replace("\n", "\r\n");
    }

    private static String body(String pem) {
        return pem.lines()
                .filter(line -> !line.contains("-") && !line.contains(":"))
                .reduce("", String::concat);
    }

    private static byte[] der(String pem) {
        return Base64.getDecoder().decode(body(pem));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(ISO_8859_1));
    }

    private static String pem(byte[] der) {
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getEncoder().encodeToString(der)
                + "\n-----END CERTIFICATE-----\n";
    }

    private static String wrapped(String pem, int width) {
        return "-----BEGIN CERTIFICATE-----\n" + body(pem).replaceAll("(.{" + width + "})", "$1\n")
                + "\n-----END CERTIFICATE-----\n";
    }

    private static String withoutLine(String pem, int line) {
        List<String> lines = new ArrayList<>(pem.lines().toList());
        lines.remove(line);
        return String.join("\n", lines) + "\n";
    }

    /** Puts other characters in the place of one, in the base64. */
    private static String replaceInBody(String pem, int index, String by) {
        int start = pem.indexOf("-----\n") + 6 + index;
        return pem.substring(0, start) + by + pem.substring(start + 1);
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The same certificate with its outermost length left open, as BER allows and DER does not. */
    private static byte[] indefinite(byte[] der) {
        byte[] open = concatenated(new byte[] {0x30, (byte) 0x80}, Arrays.copyOfRange(der, 4, der.length));
        return concatenated(open, new byte[2]);
    }

    /** Puts the first byte of a two-byte character before one that is not its second. */
    private static byte[] badUtf8(byte[] der) {
        for (int i = 0; i + 1 < der.length; i++) {
            if (der[i] == 'Z' && der[i + 1] == 'x') {
                der[i] = (byte) 0xc3;
            }
        }
        return der;
    }

    private static byte[] deep(int levels) {
        byte[] inner = new byte[] {0x05, 0x00};
        ByteArrayOutputStream heads = new ByteArrayOutputStream();
        List<byte[]> outside = new ArrayList<>();
        int length = inner.length;
        for (int i = 0; i < levels; i++) {
            byte[] head = header(length);
            outside.add(head);
            length += head.length;
        }
        outside.reversed().forEach(heads::writeBytes);
        heads.writeBytes(inner);
        return heads.toByteArray();
    }

    private static byte[] header(int length) {
        return length < 0x80
                ? new byte[] {0x30, (byte) length}
                : length < 0x100
                        ? new byte[] {0x30, (byte) 0x81, (byte) length}
                        : length < 0x10000
                                ? new byte[] {0x30, (byte) 0x82, (byte) (length >> 8), (byte) length}
                                : new byte[] {
                                    0x30, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length
                                };
    }

    /** A certificate whose every field is a deep nest. */
    private static byte[] deepName() {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        for (int i = 0; i < 6; i++) {
            fields.writeBytes(deep(2_000));
        }
        byte[] tbs = concatenated(header(fields.size()), fields.toByteArray());
        byte[] rest = concatenated(deep(10), deep(10));
        byte[] all = concatenated(tbs, rest);
        return concatenated(header(all.length), all);
    }

    private String versionOne(String name) {
        openssl.run(
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-config",
                "/dev/null",
                "-keyout",
                name + ".key",
                "-out",
                name + ".csr",
                "-subj",
                "/CN=" + name);
        return openssl.text("x509", "-req", "-in", name + ".csr", "-signkey", name + ".key", "-days", "5");
    }

    private String selfSignedWith(String name, String... algorithm) {
        List<String> arguments = new ArrayList<>(List.of("genpkey", "-out", name + ".key"));
        arguments.addAll(List.of(algorithm));
        openssl.run(arguments.toArray(String[]::new));
        return openssl.text(
                "req",
                "-x509",
                "-key",
                name + ".key",
                "-config",
                "/dev/null",
                "-subj",
                "/CN=" + name,
                "-addext",
                "basicConstraints=critical,CA:TRUE");
    }

    @Test
    void aListIsReadEntryByEntryAsGoReadsBase64() {
        String encoded = ListEntry.encode(one);
        String wrapped = java.util.Base64.getMimeEncoder().encodeToString(two.getBytes(ISO_8859_1));
        Reading reading = new CertificateReader(NOW)
                .readList(
                        List.of(
                                encoded,
                                wrapped,
                                "values",
                                encoded.replace("=", "") + "==",
                                " " + encoded,
                                one,
                                key,
                                ListEntry.encode(key),
                                ListEntry.encode(encoded),
                                ""),
                        "list");
        assertThat(reading.certificates())
                .extracting(sourced -> sourced.place().entry())
                .containsExactly("0", "1");
        assertThat(reading.findings())
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .extracting(finding ->
                        finding.place().entry() + " " + finding.code().word())
                .containsExactly(
                        "2 not-base64",
                        "3 not-base64",
                        "4 not-base64",
                        "5 not-base64",
                        "6 private-key",
                        "7 private-key",
                        "8 encoded-twice",
                        "9 no-certificate");
        assertThat(reading.findings().toString()).doesNotContain(body(key).substring(0, 20));
    }
}
