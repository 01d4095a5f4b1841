package dev.capstan.agent.proof;

import dev.capstan.agent.disk.DurableFile;
import dev.capstan.runtime.HostDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Host directories that do not read our set and need not: a proof found that each of their servers, with its token server,
 * verifies without it. They are what {@code ContainerRuntime.vouching} is told.
 *
 * <p>A directory is proven as it is: its servers, the content of the certificate files that it names, the roots without our
 * set, the runtime's proxy. Where any of it changes, what was found counts no more, and a round is made within the spread.
 * Without a change all are proven again at each renewal ({@link ProofSchedule}). What was proven stays so while its servers do
 * not answer, also after a restart of the agent: it is kept on the disk. What is refuted counts from then on no more.
 *
 * <p>For one thread, the loop's; a round has its own and hands over what it found.
 */
public final class HostDirectoryProofs implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");

    private final Path file;
    private final DirectoryProver prover;
    private final Consumer<Round> ended;
    private final ProofSchedule schedule;

    /** By key: those whose last definite outcome is {@code Proven}. */
    private final Set<String> proven = new TreeSet<>();

    /** By key: what the last round found of those that are not proven, in words. */
    private final Map<String, String> words = new HashMap<>();

    private List<Subject> subjects = List.of();
    private int spread = ProofSchedule.SMALL_SPREAD_SECONDS;
    private @Nullable Thread running;

    /**
     * A directory as it was when it was looked at.
     *
     * @param key tells it from any other state of it, and of what it is proven with
     * @param roots file with the trust store's certificates without our set
     * @param proxies the runtime's proxy variables; they may hold a password
     */
    record Subject(HostDirectory directory, String key, Path roots, Map<String, String> proxies) {

        /** Without the proxies. */
        @Override
        public String toString() {
            return directory.path() + " " + key;
        }
    }

    /**
     * A round that has ended.
     *
     * @param subjects what was asked
     * @param found what was found of each, by key; nothing where the round was broken off
     */
    public record Round(List<Subject> subjects, Map<String, DirectoryProver.Found> found) {}

    /**
     * Proofs of nothing yet; what an earlier life of the agent found counts on.
     *
     * @param folder the agent's own
     * @param ended called at the end of each round, on the round's thread
     * @param chance draws from 0 up to 1
     */
    public HostDirectoryProofs(Path folder, Prover prover, Consumer<Round> ended, DoubleSupplier chance) {
        this.file = folder.resolve("host-directories");
        this.prover = new DirectoryProver(prover);
        this.ended = ended;
        this.schedule = new ProofSchedule(chance);
        try {
            proven.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException none) {
            return;
        } catch (IOException | UncheckedIOException unreadable) {
            LOG.log(Level.WARNING, file + " cannot be read, so host directories are proven anew: " + unreadable);
        }
    }

    /** What an earlier life of the agent found, for who makes no proofs. */
    public static HostDirectoryProofs remembered(Path folder) {
        return new HostDirectoryProofs(folder, (request, limit) -> List.of(), round -> {}, () -> 0);
    }

    /** Within how many seconds of a change its round begins, from now on; absent for a small cluster. */
    public void spread(@Nullable Integer seconds) {
        spread = seconds == null ? ProofSchedule.SMALL_SPREAD_SECONDS : seconds;
    }

    /**
     * Takes the directories that do not read our set, as they are now.
     *
     * @param roots file with the trust store's certificates without our set
     * @param proxies the runtime's proxy variables
     */
    public void about(List<HostDirectory> hiding, Path roots, Map<String, String> proxies) {
        List<Subject> now = new ArrayList<>();
        for (HostDirectory directory : hiding) {
            if (!directory.unshown().isEmpty()) {
                now.add(new Subject(directory, key(directory, roots, proxies), roots, proxies));
            }
        }
        if (now.equals(subjects)) {
            return;
        }
        subjects = List.copyOf(now);
        close();
        if (subjects.isEmpty()) {
            schedule.rest();
        } else {
            schedule.changed(System.nanoTime(), spread);
        }
    }

    /** Those that are known to need no set of ours. */
    public Set<HostDirectory> vouched() {
        return subjects.stream()
                .filter(subject -> proven.contains(subject.key()))
                .map(Subject::directory)
                .collect(Collectors.toSet());
    }

    /** Whether there is one of which nothing was found yet. */
    public boolean isUndecided() {
        return subjects.stream()
                .anyMatch(subject -> !proven.contains(subject.key()) && !words.containsKey(subject.key()));
    }

    /** What became of the proofs of those that are in the way; empty where none is. */
    public String words() {
        return subjects.stream()
                .filter(subject -> !proven.contains(subject.key()))
                .map(subject -> subject.directory().registry() + ": "
                        + words.getOrDefault(
                                subject.key(), "whether its servers verify without the set is being proven"))
                .collect(Collectors.joining("; "));
    }

    /** When {@link #begin} has something to do; {@link Long#MAX_VALUE} where it never has. */
    public long due() {
        return running == null ? schedule.due() : ProofSchedule.NEVER;
    }

    /** Begins the round that is due, if one is. */
    public void begin() {
        if (due() == ProofSchedule.NEVER || System.nanoTime() < due()) {
            return;
        }
        List<Subject> asked = subjects;
        running = Thread.ofPlatform()
                .name("proof-directories")
                .daemon()
                .start(() -> ended.accept(new Round(asked, prover.prove(asked))));
    }

    /**
     * Takes the end of a round.
     *
     * @return whether the runtime is to be measured again
     */
    public boolean take(Round round) {
        running = null;
        if (!round.subjects().equals(subjects)) {
            // What there is now has its time already.
            return false;
        }
        Set<String> provenBefore = Set.copyOf(proven);
        Map<String, String> wordsBefore = Map.copyOf(words);
        proven.retainAll(subjects.stream().map(Subject::key).toList());
        words.keySet().retainAll(subjects.stream().map(Subject::key).toList());
        boolean all = true;
        for (Subject subject : subjects) {
            all &= take(subject, round.found().getOrDefault(subject.key(), DirectoryProver.Found.NOTHING));
        }
        schedule.ended(System.nanoTime(), true, all);
        if (!proven.equals(provenBefore)) {
            keep();
        }
        return !proven.equals(provenBefore) || !words.equals(wordsBefore);
    }

    private boolean take(Subject subject, DirectoryProver.Found found) {
        String key = subject.key();
        switch (found.outcome()) {
            case PROVEN -> {
                words.remove(key);
                if (proven.add(key)) {
                    LOG.log(
                            Level.INFO,
                            subject.directory().path() + " does not read the set, and its servers verify without it");
                }
            }
            case REFUTED -> {
                boolean counted = proven.remove(key);
                String before = words.put(key, found.words());
                if (counted || before == null) {
                    LOG.log(Level.WARNING, subject.directory().path() + " does not read the set: " + found.words());
                }
            }
            case INCONCLUSIVE -> {
                if (!proven.contains(key)) {
                    // What a server that is away says differs from time to time, and means the same.
                    words.putIfAbsent(key, found.words());
                }
            }
        }
        return found.outcome() == dev.capstan.proof.Outcome.PROVEN;
    }

    private void keep() {
        try {
            DurableFile.replace(file, (String.join("\n", proven) + "\n").getBytes(StandardCharsets.UTF_8), "rw-r--r--");
        } catch (IOException failed) {
            LOG.log(
                    Level.WARNING,
                    "what is proven of host directories could not be kept in " + file + ": " + failed
                            + ". It is proven anew after a restart of the agent");
        }
    }

    private static String key(HostDirectory directory, Path roots, Map<String, String> proxies) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
        take(digest, directory.path());
        for (HostDirectory.Server server : directory.unshown()) {
            take(digest, "server " + server.address());
            server.ca().forEach(ca -> take(digest, ca));
        }
        take(digest, roots);
        new TreeMap<>(proxies).forEach((name, value) -> take(digest, name + "=" + value));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void take(MessageDigest digest, String text) {
        digest.update((text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    private static void take(MessageDigest digest, Path content) {
        take(digest, content.toString());
        try {
            digest.update(Files.readAllBytes(content));
        } catch (IOException gone) {
            // Then no server is proven with it.
            take(digest, "gone");
        }
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        Thread round = running;
        if (round != null) {
            round.interrupt();
        }
    }
}
