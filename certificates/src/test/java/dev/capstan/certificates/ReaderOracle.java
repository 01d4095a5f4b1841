package dev.capstan.certificates;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What has to hold of any input: no exception; no second of processor time and no memory beyond the bound at any door; what the
 * JDK's parser says of a certificate, whether or not it was asked; what is written of the certificates reads as the same set, without a word about its form; the Secret takes all that a file does; and
 * a list nothing that a file would not.
 */
final class ReaderOracle {

    /**
     * The most that reading an input may allocate, in all: so much, and so much for each byte of it. What Jazzer puts into the
     * classes allocates as well, so that it sets another bound.
     */
    private static final long MOST_BYTES = Long.getLong("capstan.fuzz.bytes", 4_000_000);

    private static final long MOST_BYTES_EACH = 300;

    /** The longest that reading an input may keep a processor, in nanoseconds. */
    static final long MOST_NANOS = 1_000_000_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long nanos;
    private long allocated;

    private ReaderOracle() {}

    /**
     * What an input gave.
     *
     * @param set the certificates a file of it holds
     * @param nanos processor time of the door that needed most
     * @param allocated bytes allocated, at the door that needed most
     */
    record Judged(CertificateSet set, long nanos, long allocated) {}

    /**
     * Reads the input at every door.
     *
     * @throws AssertionError if something does not hold
     */
    static Judged judge(byte[] input) {
        ReaderOracle oracle = new ReaderOracle();
        Reading file = oracle.bounded(DoorsTest::file, input);
        CertificateSet set = file.set();
        Set<Identity> identities = identities(file);
        set.certificates().forEach(ReaderOracle::readsAsTheJdk);
        if (!set.isEmpty()) {
            byte[] written = Pki.bytes(set.pem());
            Reading again = oracle.bounded(DoorsTest::secret, written);
            holds(again.set().equals(set), "what is written of it reads as another set");
            holds(
                    again.findings().stream().allMatch(finding -> aboutCertificates(finding, file)),
                    "what is written of it is not as it should be: " + again.findings());
        }
        holds(
                identities.containsAll(identities(oracle.bounded(DoorsTest::list, input))),
                "a list takes what a file does not");
        holds(
                identities(oracle.bounded(DoorsTest::secret, input)).containsAll(identities),
                "a Secret does not take what a file does");
        oracle.bounded(ReaderOracle::sent, input);
        return new Judged(set, oracle.nanos, oracle.allocated);
    }

    /** Whether the JDK's parser takes a certificate that was taken, with the same dates, and the same is to be said of it. */
    private static void readsAsTheJdk(Certificate certificate) {
        holds(
                X509.read(certificate.der(), false) instanceof X509.Usable theirs
                        && X509.read(certificate.der(), true) instanceof X509.Usable ours
                        && ours.remarks().equals(theirs.remarks())
                        && ours.certificate()
                                .notBefore()
                                .equals(theirs.certificate().notBefore())
                        && ours.certificate()
                                .notAfter()
                                .equals(theirs.certificate().notAfter()),
                "the JDK reads a certificate in another way: " + certificate.pem());
    }

    /** The input as an entry of a list, as it is sent: text that should be base64. */
    static Reading sent(byte[] input) {
        return new CertificateReader(DoorsTest.NOW)
                .readList(List.of(new String(input, java.nio.charset.StandardCharsets.ISO_8859_1)), "list");
    }

    /** Whether a finding on what was written is one that the input had as well: on its certificates, none on their form. */
    private static boolean aboutCertificates(Finding finding, Reading first) {
        return finding.severity() != Severity.ERROR
                && (finding.message().contains("not listed")
                        || first.findings().stream().anyMatch(each -> each.code() == finding.code())
                        || first.findings().stream()
                                .anyMatch(each -> each.message().contains("not listed")));
    }

    /** Reads; where that costs too much, again: classes may have been loaded on the way, and not a third time. */
    private Reading bounded(Function<byte[], Reading> door, byte[] input) {
        for (int tries = 1; ; tries++) {
            long start = THREADS.getCurrentThreadCpuTime();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            Reading reading = door.apply(input);
            long took = THREADS.getCurrentThreadCpuTime() - start;
            long used = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (took < MOST_NANOS && used < MOST_BYTES + MOST_BYTES_EACH * input.length) {
                nanos = Math.max(nanos, took);
                allocated = Math.max(allocated, used);
                return reading;
            }
            holds(tries < 3, "it took " + took / 1_000_000 + " ms and allocated " + used + " bytes");
        }
    }

    private static Set<Identity> identities(Reading reading) {
        return reading.certificates().stream()
                .map(sourced -> sourced.certificate().identity())
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static void holds(boolean sound, String otherwise) {
        if (!sound) {
            throw new AssertionError(otherwise);
        }
    }
}
