package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import dev.capstan.truststore.format.Edit;
import dev.capstan.truststore.format.HashFolder;
import dev.capstan.truststore.format.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStepsTest {

    private static final String FOLDER = "/folder";

    /** Whatever goes, comes and stays, of one subject, of one label and of others. */
    @Test
    void whatStaysIsFoundByItsHashBetweenAnyTwoSteps(@TempDir Path files) {
        List<Certificate> all = new ArrayList<>();
        for (String subject :
                List.of("/CN=Same", "/CN=Same", "/CN=Same", "/O=X/CN=Same", "/O=Y/CN=Same", "/CN=Other")) {
            all.add(Authority.make(files, "ca" + all.size(), subject).certificate());
        }
        HashFolder format = HashFolder.pem(SubjectHash::of);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < Integer.getInteger("capstan.rounds", 300); round++) {
            Collections.shuffle(all, random);
            Set<Certificate> foreign = some(all, random);
            Set<Certificate> before = some(all, random);
            Set<Certificate> after = some(all, random);
            SortedMap<String, Node> shipped =
                    format.edit(new TreeMap<>(), Edit.of(Set.of(), List.copyOf(foreign), Edit.LAST));
            Edit.Place place = random.nextBoolean() ? Edit.FIRST : Edit.LAST;
            SortedMap<String, Node> now = format.edit(shipped, Edit.of(Set.of(), List.copyOf(before), place));
            Set<Identity> gone = before.stream()
                    .filter(certificate -> !after.contains(certificate) && !foreign.contains(certificate))
                    .map(Certificate::identity)
                    .collect(Collectors.toSet());
            SortedMap<String, Node> next = format.edit(now, Edit.of(gone, List.copyOf(after), place));

            Set<Certificate> both = new HashSet<>(foreign);
            before.stream().filter(after::contains).forEach(both::add);
            SortedMap<String, Node> folder = new TreeMap<>(now);
            Steps steps = new Steps();
            new FolderSteps(FOLDER, now, next, steps).plan();
            assertAllFound(folder, both, "seed " + seed);
            for (Step step : steps.inOrder()) {
                take(step, folder);
                assertAllFound(folder, both, "seed " + seed + ", after " + step.path());
            }
            assertThat(folder).as("seed %s", seed).isEqualTo(next);
        }
    }

    private static Set<Certificate> some(List<Certificate> all, Random random) {
        return new HashSet<>(all.subList(0, random.nextInt(all.size() + 1)));
    }

    private static void take(Step step, SortedMap<String, Node> folder) {
        String name = step.path().substring(FOLDER.length() + 1);
        switch (step) {
            case Step.Put put -> folder.put(name, new Node.File(put.bytes()));
            case Step.Link link -> folder.put(name, new Node.Link(link.target().toString()));
            case Step.Remove remove -> folder.remove(name);
            case Step.Again again -> throw new AssertionError(again);
            case Step.Clear clear -> throw new AssertionError(clear);
        }
    }

    /** As OpenSSL looks: one number after the other until there is none. */
    private static void assertAllFound(SortedMap<String, Node> folder, Set<Certificate> certificates, String when) {
        for (Certificate certificate : certificates) {
            List<String> found = new ArrayList<>();
            String hash = SubjectHash.of(certificate) + ".";
            for (int number = 0; folder.get(hash + number) instanceof Node.Link link; number++) {
                if (!(folder.get(link.target()) instanceof Node.File file)) {
                    break;
                }
                found.add(new String(file.bytes(), US_ASCII));
            }
            assertThat(found).as("%s: %s", when, certificate).contains(certificate.pem());
        }
    }
}
