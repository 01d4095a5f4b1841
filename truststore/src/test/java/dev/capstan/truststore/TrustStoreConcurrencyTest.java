package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers of ours at the same time, and readers all the while. */
class TrustStoreConcurrencyTest {

    @Test
    void writersTakeTurnsAndReadersNeverMissWhatStays(@TempDir Path folder) throws Exception {
        DebianRoot root = DebianRoot.make(folder.resolve("root"));
        Authority kept = Authority.make(folder, "kept");
        CertificateSet first =
                Authority.set(kept, Authority.make(folder, "first"), Authority.make(folder, "a", "/CN=Same"));
        CertificateSet second =
                Authority.set(kept, Authority.make(folder, "second"), Authority.make(folder, "b", "/CN=Same"));
        Path firstFile = Files.writeString(folder.resolve("first.pem"), first.pem());
        Path secondFile = Files.writeString(folder.resolve("second.pem"), second.pem());
        TrustStore.at(root.path()).apply(Wanted.of(Authority.set(kept)));

        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> reader = threads.submit((Callable<Void>) () -> {
                while (!done.get()) {
                    List<Identity> bundle = root.inBundle();
                    assertThat(bundle)
                            .doesNotHaveDuplicates()
                            .contains(kept.certificate().identity());
                    assertThat(root.byHash(kept.certificate()))
                            .contains(kept.certificate().identity());
                    looks.incrementAndGet();
                }
                return null;
            });
            List<Future<?>> writers = new ArrayList<>();
            for (List<Path> order : List.of(List.of(firstFile, secondFile), List.of(secondFile, firstFile))) {
                writers.add(threads.submit(() -> Programs.run(Programs.java(
                                StoreProgram.class, alternating(root, order, 30).toArray(String[]::new)))
                        .succeeded()));
            }
            writers.add(threads.submit((Callable<Void>) () -> {
                for (int i = 0; i < 30; i++) {
                    TrustStore.at(root.path()).apply(Wanted.of(i % 2 == 0 ? first : second));
                    assertThat(TrustStore.at(root.path()).read().damages()).isEmpty();
                }
                return null;
            }));
            try {
                for (Future<?> writer : writers) {
                    writer.get();
                }
            } finally {
                done.set(true);
            }
            reader.get();
        }
        assertThat(looks.get()).isPositive();
        Contents contents = TrustStore.at(root.path()).read();
        assertThat(contents.damages()).isEmpty();
        assertThat(contents.fingerprint()).isIn(first.fingerprint(), second.fingerprint());
        assertThat(root.inBundle()).hasSize(DebianRoot.DISTRIBUTION + 3);
    }

    private static List<String> alternating(DebianRoot root, List<Path> files, int times) {
        List<String> arguments = new ArrayList<>(List.of(root.path().toString()));
        for (int i = 0; i < times; i++) {
            arguments.add(files.get(i % files.size()).toString());
        }
        return arguments;
    }
}
