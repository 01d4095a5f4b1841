package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated inputs at every door, judged by the {@link ReaderOracle} in a process with a small heap; and what was accepted OpenSSL
 * and Go load, with the same identities, since one certificate that OpenSSL refuses makes it lose a whole bundle.
 *
 * <p>{@code -Dcapstan.fuzz=N} inputs, 5,000 where nothing is said; {@code -Dcapstan.fuzz.seed=N} starts elsewhere.
 */
class FuzzTest {

    private static final long INPUTS = Long.getLong("capstan.fuzz", 5_000);
    private static final long SEED = Long.getLong("capstan.fuzz.seed", 20261122L);
    private static final int BATCH = 500;
    private static final int MOST_JUDGED = 10_000;

    @TempDir
    private Path folder;

    @Test
    void noInputBreaksTheReaderAndWhatItAcceptsOthersLoad() throws IOException, InterruptedException {
        Path accepted = folder.resolve("accepted");
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FuzzRun.class.getName(),
                        String.valueOf(INPUTS),
                        String.valueOf(SEED),
                        accepted.toString())
                .redirectErrorStream(true)
                .start();
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines = run.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                System.out.println(line);
            }
        }
        assertThat(run.waitFor()).as(said.toString()).isZero();
        List<Certificate> certificates = certificates(accepted);
        assertThat(certificates).hasSizeGreaterThan((int) Math.min(MOST_JUDGED - 1, INPUTS / 100));
        judged(certificates.subList(0, Math.min(MOST_JUDGED, certificates.size())));
    }

    private static List<Certificate> certificates(Path file) throws IOException {
        List<Certificate> certificates = new ArrayList<>();
        byte[] bytes = Files.readAllBytes(file);
        for (DerElement element : Der.elements(bytes)) {
            certificates.addAll(DoorsTest.file(element.encoded()).set().certificates());
        }
        return certificates;
    }

    private void judged(List<Certificate> accepted) throws IOException {
        OpenSsl openssl = new OpenSsl(folder);
        Go go = Go.in(folder);
        Set<String> refused = new TreeSet<>();
        for (int from = 0; from < accepted.size(); from += BATCH) {
            List<Certificate> batch = accepted.subList(from, Math.min(accepted.size(), from + BATCH));
            CertificateSet set = CertificateSet.of(batch);
            assertThat(go.blocks(List.of(Pki.bytes(set.pem()))).getFirst().stream()
                            .map(Go.Block::sha256))
                    .containsExactlyElementsOf(set.certificates().stream()
                            .map(each -> each.identity().hex())
                            .toList());
            judged(openssl, batch, refused);
        }
        assertThat(refused).as("accepted here and not loaded by OpenSSL").isEmpty();
    }

    /** Loads the certificates with OpenSSL, which gives up at the first it does not like; halves them to find which. */
    private void judged(OpenSsl openssl, List<Certificate> batch, Set<String> refused) throws IOException {
        CertificateSet set = CertificateSet.of(batch);
        Files.writeString(folder.resolve("batch.pem"), set.pem());
        try {
            byte[] container = openssl.run("crl2pkcs7", "-nocrl", "-certfile", "batch.pem", "-outform", "DER");
            Set<String> theirs = Pkcs7.certificates(DerElement.first(container)).stream()
                    .map(der -> Identity.ofDer(der).hex())
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> ours = set.certificates().stream()
                    .map(each -> each.identity().hex())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(ours).as("identities that OpenSSL sees otherwise").isSubsetOf(theirs);
        } catch (IllegalStateException failed) {
            if (batch.size() == 1) {
                refused.add(batch.getFirst() + " " + failed.getMessage() + "\n"
                        + batch.getFirst().pem());
                return;
            }
            int half = batch.size() / 2;
            judged(openssl, batch.subList(0, half), refused);
            judged(openssl, batch.subList(half, batch.size()), refused);
        }
    }
}
