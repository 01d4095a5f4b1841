package dev.capstan.cli.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * What has to hold of any document that may hold certificates as values: no exception, no second, no memory beyond the bound, a
 * bounded number of findings, and what is written of the certificates reads as the same set. Jazzer ({@code script/fuzz Manifest})
 * and {@link ManifestFuzzTest} look for one of which it does not.
 */
final class ManifestFuzz {

    /** A CA of an Ed25519 key. */
    static final String CA = """
            -----BEGIN CERTIFICATE-----
            MIIBIjCB1aADAgECAghAAAAAAAGuZjAFBgMrZXAwJTEVMBMGA1UECgwMQ2Fwc3Rh
            biBUZXN0MQwwCgYDVQQDDANvbmUwHhcNMjAwMTAxMDAwMDAwWhcNNDkwMTAxMDAw
            MDAwWjAlMRUwEwYDVQQKDAxDYXBzdGFuIFRlc3QxDDAKBgNVBAMMA29uZTAqMAUG
            AytlcAMhAIBvritEzeGy9b7/RjpkqKhl6S+UPGyzmuhttHO8hdMaoyMwITAPBgNV
            HRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAFBgMrZXADQQD+FxGU5ofFoohf
            jTs1rvdgZyr7oA0shyBgoLhwbd7gJdyTa9Fh324Soe4bLviF5UMMCrjTm4BBXHoD
            fsze3ssC
            -----END CERTIFICATE-----
            """;

    private static final String CODED = Base64.getEncoder().encodeToString(CA.getBytes(UTF_8));

    /** One of each kind of document. */
    static final List<String> DOCUMENTS = List.of(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n  a.crt: " + CODED + "\n  b.crt: e30=\n",
            "kind: Secret\nstringData:\n  a.crt: |\n" + CA.indent(4) + "  \"b.crt\": 'x'\n",
            "kind: ConfigMap\nmetadata: {name: c}\ndata:\n  ca.crt: >\n" + CA.indent(4) + "binaryData: {b: " + CODED
                    + "}\n",
            "kind: Secret\ndata: &d {a: " + CODED + "}\n---\nkind: ConfigMap\nbinaryData: {b: " + CODED + "}\n...\n",
            "kind: List\nitems:\n- &one\n  kind: Secret\n  data: {a: " + CODED + "}\n- *one\n",
            "apiVersion: v1\nkind: Config\nclusters:\n- name: prod\n  cluster:\n    certificate-authority-data: "
                    + CODED + "\nusers:\n- name: admin\n  user: {client-key-data: e30=}\n",
            "{\"kind\": \"Secret\", \"data\": {\"a\": \"" + CODED + "\", \"a\": \"" + CODED + "\"}}",
            "{\"location\": \"local\", \"properties\": {\"securityProfile\": {\"customCATrustCertificates\": [\""
                    + CODED + "\", \"e30=\"]}}}",
            "securityProfile:\n  customCaTrustCertificates:\n  - " + CODED + "\n");

    private static final List<String> PIECES = List.of(
            "\n",
            "\r\n",
            "  ",
            "\t",
            ": ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "&a ",
            "*a",
            "*one",
            "|\n",
            ">-\n",
            "'",
            "\"",
            "\\n",
            "---\n",
            "...\n",
            "#",
            "!!binary ",
            "<<: ",
            "? ",
            "%YAML 1.1\n",
            "kind: List\n",
            "kind: Secret\n",
            "items:\n",
            "data:\n",
            "\u0000",
            "\ufeff",
            "\u2028",
            "=",
            "A");

    private static final InstantSource NOW = InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z"));
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MOST_BYTES = Long.getLong("capstan.fuzz.bytes", 8_000_000);
    private static final long MOST_BYTES_EACH = 500;

    private ManifestFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        judge(input);
    }

    /** Writes the documents into a folder, for Jazzer to start from: {@code ManifestFuzz Manifest FOLDER}. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        for (String document : DOCUMENTS) {
            Files.writeString(folder.resolve("document-" + DOCUMENTS.indexOf(document)), document);
        }
    }

    /** A document with some bytes, pieces and lines of it changed. */
    static byte[] mutated(Random random) {
        String text = DOCUMENTS.get(random.nextInt(DOCUMENTS.size()));
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(12));
            List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
            int line = random.nextInt(lines.size());
            text = switch (random.nextInt(6)) {
                case 0 -> text.substring(0, at) + (char) random.nextInt(256) + text.substring(end);
                case 1, 2 -> text.substring(0, at) + PIECES.get(random.nextInt(PIECES.size())) + text.substring(at);
                case 3 -> text.substring(0, at) + text.substring(end);
                case 4 -> {
                    lines.add(random.nextInt(lines.size()), lines.get(line));
                    yield String.join("\n", lines);
                }
                default -> {
                    lines.set(
                            line,
                            " ".repeat(random.nextInt(4)) + lines.get(line).strip());
                    yield String.join("\n", lines);
                }
            };
        }
        return random.nextInt(8) == 0 ? text.getBytes(ISO_8859_1) : text.getBytes(UTF_8);
    }

    /**
     * Reads the document.
     *
     * @throws AssertionError if something does not hold
     */
    static Optional<Reading> judge(byte[] input) {
        CertificateReader reader = new CertificateReader(NOW);
        for (int tries = 1; ; tries++) {
            long start = THREADS.getCurrentThreadCpuTime();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            Optional<Reading> reading = Manifest.read(reader, input, "document");
            long took = (THREADS.getCurrentThreadCpuTime() - start) / 1_000_000;
            long used = THREADS.getCurrentThreadAllocatedBytes() - before;
            long seconds = 1L + input.length / 500_000;
            // Where it is too much, again: classes may have been loaded on the way, and are not a third time.
            if (took < 1_000 * seconds && used < MOST_BYTES + MOST_BYTES_EACH * input.length) {
                reading.ifPresent(ManifestFuzz::holds);
                return reading;
            }
            holds(tries < 3, "it took " + took + " ms and allocated " + used + " bytes");
        }
    }

    private static void holds(Reading reading) {
        Reading again = new CertificateReader(NOW).readPem(reading.set().pem().getBytes(UTF_8), Place.of("written"));
        holds(reading.certificates().isEmpty() || again.set().equals(reading.set()), "what is written reads otherwise");
        holds(reading.findings().size() < 4_000, reading.findings().size() + " findings");
    }

    private static void holds(boolean sound, String otherwise) {
        if (!sound) {
            throw new AssertionError(otherwise);
        }
    }
}
