package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated inputs at every door. The oracle: no exception, no second, no memory beyond the bound; what is written of the
 * certificates reads as the same set; a list takes nothing that a file would not; and what was accepted OpenSSL and Go load,
 * with the same identities, since one certificate that OpenSSL refuses makes it lose a whole bundle.
 *
 * <p>{@code -Dcapstan.fuzz=N} inputs, 5,000 where nothing is said; {@code -Dcapstan.fuzz.seed=N} starts elsewhere.
 */
class FuzzTest {

    private static final int INPUTS = Integer.getInteger("capstan.fuzz", 5_000);
    private static final long SEED = Long.getLong("capstan.fuzz.seed", 20261122L);
    private static final int BATCH = 500;
    private static final int MOST_JUDGED = 10_000;

    @TempDir
    private Path folder;

    @Test
    void noInputBreaksTheReaderAndWhatItAcceptsOthersLoad() throws IOException {
        List<byte[]> seeds = Inputs.all().values().stream()
                .filter(input -> input.length < 20_000)
                .toList();
        Mutations mutations = new Mutations(SEED, seeds);
        Map<Identity, Certificate> accepted = new LinkedHashMap<>();
        for (int i = 0; i < INPUTS; i++) {
            byte[] input = mutations.next();
            if (input.length > 60_000) {
                continue;
            }
            try {
                Reading file = bounded(input);
                CertificateSet set = file.set();
                assertThat(DoorsTest.secret(Pki.bytes(set.pem())).set()).isEqualTo(set);
                Set<Identity> identities = identities(file);
                assertThat(identities).containsAll(identities(DoorsTest.list(input)));
                assertThat(identities(DoorsTest.secret(input))).containsAll(identities);
                if (accepted.size() < MOST_JUDGED) {
                    set.certificates().forEach(certificate -> accepted.put(certificate.identity(), certificate));
                }
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError(
                        "input " + i + ": " + Base64.getEncoder().encodeToString(input), failed);
            }
        }
        assertThat(accepted).hasSizeGreaterThan(INPUTS / 100);
        judged(new ArrayList<>(accepted.values()));
    }

    private static Reading bounded(byte[] input) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long start = thread.getCurrentThreadCpuTime();
        long allocated = thread.getCurrentThreadAllocatedBytes();
        Reading reading = DoorsTest.file(input);
        assertThat(thread.getCurrentThreadCpuTime() - start).isLessThan(1_000_000_000L);
        assertThat(thread.getCurrentThreadAllocatedBytes() - allocated).isLessThan(64_000_000L + 400L * input.length);
        return reading;
    }

    private static Set<Identity> identities(Reading reading) {
        return reading.set().certificates().stream()
                .map(Certificate::identity)
                .collect(Collectors.toCollection(HashSet::new));
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
