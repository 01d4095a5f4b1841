package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Certificate;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes of ours while the distribution's own tool runs, which has no lock: plain and from scratch, its Java hook
 * included. Within a second of its end the store is right, whether our hook is run by the tool, or an agent that saw it
 * end calls for it, or both. {@code -Dcapstan.foreign.rounds=100} is the long run.
 */
class TrustStoreForeignRunTest {

    private static final int ROUNDS = Integer.getInteger("capstan.foreign.rounds", 4);
    private static final long SEED = Long.getLong("capstan.seed", System.nanoTime());
    private static final Path PROGRAM = Path.of("/usr/local/bin/capstan-of-the-test");
    private static final Path CLASSES = Path.of("/usr/local/lib/capstan-of-the-test");

    @Test
    void rightSoonAfterTheEndOfTheDistributionsTool(@TempDir Path folder) throws Exception {
        assumePossible();
        Random random = new Random(SEED);
        List<Contender> contenders = Contender.make(folder);
        long worst = 0;
        try (PrivateRoot machine = PrivateRoot.make(folder)) {
            StockRoot root = machine.root();
            install(machine);
            List<Certificate> stock = root.stock();
            Readers readers = Readers.of(root, Contender.all(contenders, stock));
            Passage.of(stock, List.of(), List.of()).isOver(readers, "before");
            StoreProgram.carryOut(contenders.getFirst().order(root.path()).replace("apply", "hook") + " " + PROGRAM);

            long took = TimeUnit.SECONDS.toNanos(2);
            for (int round = 0; round < ROUNDS; round++) {
                Contender wanted = contenders.get(random.nextInt(contenders.size()));
                boolean fresh = round % 2 == 1;
                boolean agent = round / 2 % 2 == 1;
                String when = "seed " + SEED + ", round " + round + " to " + wanted.name() + (fresh ? ", --fresh" : "");
                long begun = System.nanoTime();
                Process tool = machine.start("update-ca-certificates" + (fresh ? " --fresh" : ""));
                TimeUnit.NANOSECONDS.sleep(random.nextLong(took));
                String answer = StoreProgram.carryOut(wanted.order(root.path()));
                assertThat(tool.waitFor(5, TimeUnit.MINUTES)).as(when).isTrue();
                long ended = System.nanoTime();
                took = ended - begun;
                if (agent) {
                    StoreProgram.carryOut("reapply " + root.path());
                }
                long later = untilRight(wanted.arrival(stock), readers, ended, when + ": " + answer);
                worst = Math.max(worst, later);
                assertThat(machine.run("update-ca-certificates").succeeded())
                        .as(when)
                        .contains("0 added, 0 removed");
                wanted.arrival(stock).isOver(readers, when + ", and a run of the tool alone");
            }
        }
        System.out.println(ROUNDS + " rounds against a running update-ca-certificates, all right within "
                + TimeUnit.NANOSECONDS.toMillis(worst) + " ms of its end; seed " + SEED);
    }

    /** Two runs of the tool at once write one file, and leave a bundle with a few of the certificates, or many twice. */
    @Test
    void rightSoonAfterTheEndOfTwoRunsAtOnce(@TempDir Path folder) throws Exception {
        assumePossible();
        Random random = new Random(SEED);
        List<Contender> contenders = Contender.make(folder);
        try (PrivateRoot machine = PrivateRoot.make(folder)) {
            StockRoot root = machine.root();
            install(machine);
            List<Certificate> stock = root.stock();
            Readers readers = Readers.of(root, Contender.all(contenders, stock));
            Contender wanted = contenders.getFirst();
            StoreProgram.carryOut(wanted.order(root.path()).replace("apply", "hook") + " " + PROGRAM);
            for (int round = 0; round < ROUNDS; round++) {
                Process one = machine.start("update-ca-certificates");
                TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
                Process other = machine.start("update-ca-certificates" + (round % 4 == 3 ? " --fresh" : ""));
                assertThat(one.waitFor(5, TimeUnit.MINUTES)).isTrue();
                assertThat(other.waitFor(5, TimeUnit.MINUTES)).isTrue();
                long ended = System.nanoTime();
                if (one.exitValue() != 0 || other.exitValue() != 0 || round % 2 == 1) {
                    // A run that finds its file taken away fails before it calls a hook; the agent has seen it end.
                    StoreProgram.carryOut("reapply " + root.path());
                }
                untilRight(wanted.arrival(stock), readers, ended, "seed " + SEED + ", round " + round);
            }
        }
    }

    private static void assumePossible() {
        assumeTrue(Programs.isRoot(), "needs root, for an overlay of its own");
        assumeTrue(Files.exists(Path.of("/usr/sbin/update-ca-certificates")), "needs Debian's ca-certificates");
    }

    /** Nanoseconds from the end of the tool to a store that is right for every reader; fails after 30 seconds. */
    private static long untilRight(Passage arrival, Readers readers, long ended, String when) throws IOException {
        while (true) {
            long looked = System.nanoTime() - ended;
            try {
                arrival.isOver(readers, when);
                return looked;
            } catch (AssertionError notYet) {
                if (looked > TimeUnit.SECONDS.toNanos(30)) {
                    throw notYet;
                }
            }
        }
    }

    /**
     * The program of the hook: this test's, which reads {@code truststore apply} as a call to apply again. Its classes are
     * brought into the root, which does not see every folder of this machine.
     */
    private static void install(PrivateRoot machine) throws IOException {
        List<String> command = new ArrayList<>(Programs.java(StoreProgram.class, "reapply", "/"));
        int classPath = command.indexOf("-cp") + 1;
        command.set(classPath, bring(machine, command.get(classPath)));
        Path program = inside(machine, PROGRAM);
        Files.createDirectories(program.getParent());
        Files.writeString(program, """
                #!/bin/sh
                [ "$*" = "truststore apply" ] || exit 2
                exec %s
                """.formatted(String.join(" ", command)));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        machine.run(PROGRAM + " truststore apply").succeeded();
    }

    /** Copies a class path into the root, and tells it as it is there. */
    private static String bring(PrivateRoot machine, String classPath) throws IOException {
        Files.createDirectories(inside(machine, CLASSES));
        List<String> brought = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            if (Files.exists(Path.of(entry))) {
                Path there =
                        CLASSES.resolve(brought.size() + "-" + Path.of(entry).getFileName());
                Programs.run(List.of("cp", "-r", entry, inside(machine, there).toString()))
                        .succeeded();
                brought.add(there.toString());
            }
        }
        return String.join(File.pathSeparator, brought);
    }

    private static Path inside(PrivateRoot machine, Path path) {
        return machine.root().path().resolve(path.toString().substring(1));
    }
}
