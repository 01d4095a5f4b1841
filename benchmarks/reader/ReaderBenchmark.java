package dev.capstan.benchmarks;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Parse, check and fingerprint of the files in the folder that {@code bundles} names. They are the same bundle in variants, all of
 * whose certificates differ in a byte of the signature, and more than the JDK keeps parsed (750): what is measured is reading.
 */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReaderBenchmark {

    private final List<byte[]> bundles = new ArrayList<>();
    private int next;

    @Setup
    public void read() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("bundles")))) {
            for (Path file : files.sorted().toList()) {
                bundles.add(Files.readAllBytes(file));
            }
        }
    }

    private Fingerprint fingerprint(byte[] bundle) {
        return new CertificateReader(InstantSource.system())
                .readPem(bundle, Place.of("bundle"))
                .set()
                .fingerprint();
    }

    /** In a JVM that has done it for seconds, as a server's. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Fork(3)
    @Warmup(iterations = 5, time = 2)
    @Measurement(iterations = 5, time = 2)
    public Fingerprint warm() {
        next = (next + 1) % bundles.size();
        return fingerprint(bundles.get(next));
    }

    /** The same bytes again, as an agent reads its Secret; the JDK remembers what it parsed. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Fork(3)
    @Warmup(iterations = 5, time = 2)
    @Measurement(iterations = 5, time = 2)
    public Fingerprint again() {
        return fingerprint(bundles.getFirst());
    }

    /** For the first time in a JVM. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Fork(15)
    @Warmup(iterations = 0)
    @Measurement(iterations = 1)
    public Fingerprint cold() {
        return fingerprint(bundles.getFirst());
    }
}
