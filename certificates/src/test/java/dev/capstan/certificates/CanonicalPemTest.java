package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was read is written in one form, which every program reads as the same set. */
class CanonicalPemTest {

    @Test
    void whatIsWrittenOfAnyInputReadsAsTheSameSetWithoutAWordAboutItsForm() {
        Inputs.all().forEach((name, input) -> {
            CertificateSet set = DoorsTest.file(input).set();
            if (!set.isEmpty()) {
                Reading again = DoorsTest.secret(Pki.bytes(set.pem()));
                assertThat(again.set()).as(name).isEqualTo(set);
                assertThat(again.hasErrors()).as(name).isFalse();
            }
        });
    }

    @Test
    void orderWrappingAndWordsDoNotChangeTheFingerprint() {
        Fingerprint fingerprint = read(Inputs.ONE + Inputs.TWO);
        assertThat(read(Inputs.TWO + "# text\n" + Inputs.crlf(Inputs.ONE) + Inputs.ONE))
                .isEqualTo(fingerprint);
        assertThat(read(Inputs.indented(Inputs.TWO, "  ") + Inputs.base64(Inputs.ONE)))
                .isEqualTo(read(Inputs.TWO));
        assertThat(read(Inputs.ONE)).isNotEqualTo(fingerprint);
    }

    /**
     * What OpenSSL, GnuTLS and Go make of the nasty ones themselves, and of what is written of them. The counts were looked up
     * with OpenSSL 3.0.19, GnuTLS 3.7.9 and Go 1.19; -1: the program refuses the file.
     */
    @Test
    void openSslGnuTlsAndGoLoadWhatIsWrittenOfInputsThatTheyDoNotLoad(@TempDir Path folder) throws Exception {
        OpenSsl openssl = new OpenSsl(folder);
        Go go = Go.in(folder);
        String cutBetween = Inputs.ONE + Inputs.TWO.substring(0, 200) + "\n" + Inputs.THREE;
        Map<String, byte[]> nasty = new TreeMap<>(Map.of(
                "byte order mark", Pki.bytes("\u00ef\u00bb\u00bf" + Inputs.ONE),
                "cut block between", Pki.bytes(cutBetween),
                "indented", Pki.bytes(Inputs.indented(Inputs.ONE, "    ")),
                "UTF-16", ("\ufeff" + Inputs.ONE).getBytes(java.nio.charset.StandardCharsets.UTF_16LE),
                "CR alone", Pki.bytes(Inputs.ONE.replace('\n', '\r')),
                "base64 of PEM", Pki.bytes(Inputs.base64(Inputs.ONE))));
        Map<String, List<Integer>> loaded = new TreeMap<>();
        for (Map.Entry<String, byte[]> input : nasty.entrySet()) {
            loaded.put(input.getKey(), counts(openssl, go, folder, input.getValue()));
            CertificateSet set = DoorsTest.file(input.getValue()).set();
            assertThat(counts(openssl, go, folder, Pki.bytes(set.pem())))
                    .as(input.getKey())
                    .containsOnly(set.size());
            assertThat(set.isEmpty()).isFalse();
        }
        assertThat(loaded)
                .isEqualTo(Map.of(
                        "byte order mark", List.of(1, 1, 0),
                        // One block is cut, and OpenSSL and GnuTLS lose the bundle; Go loses that one.
                        "cut block between", List.of(-1, -1, 2),
                        "indented", List.of(-1, 1, 0),
                        "UTF-16", List.of(-1, -1, 0),
                        "CR alone", List.of(-1, 1, 0),
                        "base64 of PEM", List.of(-1, -1, 0)));
    }

    @Test
    void openSslGnuTlsAndGoLoadAllCertificatesOfTheTableOutOfOneFile(@TempDir Path folder) throws Exception {
        CertificateSet all = Inputs.all().values().stream()
                .map(input -> DoorsTest.file(input).set())
                .reduce(CertificateSet.empty(), CertificateSet::union);

        assertThat(all.size()).isGreaterThan(40);
        assertThat(counts(new OpenSsl(folder), Go.in(folder), folder, Pki.bytes(all.pem())))
                .containsOnly(all.size());
    }

    /** How many certificates OpenSSL, GnuTLS and Go find in a file. */
    private static List<Integer> counts(OpenSsl openssl, Go go, Path folder, byte[] content) throws Exception {
        Files.write(folder.resolve("in.pem"), content);
        return List.of(
                count(() -> openssl.text("storeutl", "-noout", "-certs", "in.pem")
                        .replaceAll("(?s).*Total found: (\\d+).*", "$1")),
                count(() -> {
                    Process process = new ProcessBuilder("certtool", "--certificate-info", "--infile", "in.pem")
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .start();
                    String text = new String(
                            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                    return process.waitFor() == 0
                            ? String.valueOf(text.split("X.509 Certificate Information", -1).length - 1)
                            : "-1";
                }),
                (int) go.blocks(List.of(content)).getFirst().stream()
                        .filter(Go.Block::parses)
                        .count());
    }

    private interface Program {
        String count() throws Exception;
    }

    private static int count(Program program) throws Exception {
        try {
            return Integer.parseInt(program.count());
        } catch (IllegalStateException refused) {
            return -1;
        }
    }

    private static Fingerprint read(String text) {
        return DoorsTest.file(Pki.bytes(text)).set().fingerprint();
    }
}
