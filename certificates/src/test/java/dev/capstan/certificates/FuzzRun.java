package dev.capstan.certificates;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads mutated inputs, on all processors, in a process of its own whose heap is the bound on memory: {@code FuzzRun INPUTS SEED
 * FILE}. Ends with 0 if the {@link ReaderOracle} had nothing to say, and has then written to the file the DER of accepted
 * certificates from all over the run, one behind the other; with 1 if it had, and each input that broke something is printed, in
 * base64; with 2 if one did not end.
 *
 * <p>Inputs are made in units of {@value #UNIT}, each from a seed of its own, so that the same seed gives the same inputs on any
 * number of processors.
 */
final class FuzzRun {

    private static final int UNIT = 1_000;
    /** So many accepted certificates are kept for others to judge: those that a mutation made, not the seeds' own. */
    private static final int MOST_KEPT = 20_000;

    private static final int MOST_FAILURES = 20;

    private final long inputs;
    private final long seed;
    private final List<byte[]> seeds;
    private final Set<Identity> unchanged;
    private final AtomicLong nextUnit = new AtomicLong();
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicInteger failures = new AtomicInteger();
    private final Map<Long, Map<Identity, Certificate>> kept = new ConcurrentHashMap<>();
    private Most slowest = new Most("", 0);
    private Most largest = new Most("", 0);

    private record Most(String input, long much) {}

    /** A thread that reads, and what it reads. */
    private static final class Worker extends Thread {

        private volatile @Nullable String input;
        private volatile byte[] bytes = new byte[0];
        private volatile long since;

        private Worker(Runnable work) {
            super(work);
        }
    }

    private FuzzRun(long inputs, long seed, List<byte[]> seeds) {
        this.inputs = inputs;
        this.seed = seed;
        this.seeds = seeds;
        unchanged = seeds.stream()
                .flatMap(input -> DoorsTest.file(input).set().certificates().stream())
                .map(Certificate::identity)
                .collect(Collectors.toUnmodifiableSet());
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        // What a key store is made of is chance, the only bytes of the table that are others every time.
        List<byte[]> seeds = Inputs.all().entrySet().stream()
                .filter(input ->
                        input.getValue().length < 20_000 && !input.getKey().equals("PKCS#12"))
                .map(Map.Entry::getValue)
                .toList();
        FuzzRun run = new FuzzRun(Long.parseLong(arguments[0]), Long.parseLong(arguments[1]), seeds);
        int code = run.run();
        run.write(Path.of(arguments[2]));
        System.exit(code);
    }

    private int run() throws InterruptedException {
        long start = System.nanoTime();
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Worker worker = new Worker(this::work);
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
        long told = start;
        for (Worker worker : workers) {
            while (!worker.join(java.time.Duration.ofMillis(200))) {
                watch(workers);
                if (System.nanoTime() - told > 60_000_000_000L) {
                    told = System.nanoTime();
                    System.out.println(report(told - start));
                }
            }
        }
        System.out.println(report(System.nanoTime() - start));
        return failures.get() > 0 ? 1 : 0;
    }

    /** Ends the process if a thread has been at one input for too long. */
    private static void watch(List<Worker> workers) {
        for (Worker worker : workers) {
            String input = worker.input;
            byte[] bytes = worker.bytes;
            long time = ManagementFactory.getThreadMXBean().getThreadCpuTime(worker.threadId()) - worker.since;
            // A input is read at five doors.
            if (time > 5 * ReaderOracle.MOST_NANOS && input != null && input.equals(worker.input)) {
                System.out.println(
                        input + " does not end: " + Base64.getEncoder().encodeToString(bytes));
                for (StackTraceElement each : worker.getStackTrace()) {
                    System.out.println("    " + each);
                }
                System.exit(2);
            }
        }
    }

    private void work() {
        long units = (inputs + UNIT - 1) / UNIT;
        for (long unit = nextUnit.getAndIncrement(); unit < units; unit = nextUnit.getAndIncrement()) {
            Mutations mutations = new Mutations(seed * 1_000_003 + unit, seeds);
            Map<Identity, Certificate> own = new LinkedHashMap<>();
            long share = Math.max(2, MOST_KEPT / units);
            for (long i = unit * UNIT; i < Math.min(inputs, (unit + 1) * UNIT) && failures.get() < MOST_FAILURES; i++) {
                for (Certificate each : judged("input " + i, mutations.next()).certificates()) {
                    if (own.size() < share && !unchanged.contains(each.identity())) {
                        own.put(each.identity(), each);
                    }
                }
            }
            kept.put(unit, own);
        }
    }

    private CertificateSet judged(String name, byte[] input) {
        Worker worker = (Worker) Thread.currentThread();
        worker.bytes = input;
        worker.since = ThreadTime.nanos();
        worker.input = name;
        try {
            ReaderOracle.Judged judged = ReaderOracle.judge(input);
            read.incrementAndGet();
            accepted.addAndGet(judged.set().isEmpty() ? 0 : 1);
            most(new Most(name, judged.nanos()), new Most(name, judged.allocated()));
            return judged.set();
        } catch (AssertionError | RuntimeException | StackOverflowError | OutOfMemoryError failed) {
            failures.incrementAndGet();
            synchronized (this) {
                System.out.println(
                        name + " of seed " + seed + ": " + Base64.getEncoder().encodeToString(input));
                failed.printStackTrace(System.out);
            }
            return CertificateSet.empty();
        }
    }

    private synchronized void most(Most time, Most memory) {
        slowest = time.much() > slowest.much() ? time : slowest;
        largest = memory.much() > largest.much() ? memory : largest;
    }

    private synchronized String report(long nanos) {
        return String.format(
                "%,d inputs in %,d s, %,d a second on %d processors; %,d accepted; slowest %s: %.1f ms; most memory %s: %,d"
                        + " bytes; heap of %,d MiB; %d failed",
                read.get(),
                nanos / 1_000_000_000,
                read.get() * 1_000 / Math.max(1, nanos / 1_000_000),
                Runtime.getRuntime().availableProcessors(),
                accepted.get(),
                slowest.input(),
                slowest.much() / 1e6,
                largest.input(),
                largest.much(),
                Runtime.getRuntime().maxMemory() >> 20,
                failures.get());
    }

    private void write(Path file) throws IOException {
        Map<Identity, Certificate> all = new LinkedHashMap<>();
        new TreeMap<>(kept).values().forEach(all::putAll);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Certificate certificate : all.values()) {
                out.write(certificate.der());
            }
        }
    }
}
