package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the writer at state-changing system calls, one run for each point, by strace's fault injection: the call is not
 * carried out, the process is gone. {@code -Dcapstan.kill.points=1000} takes every point there is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrustStoreKillTest {

    private static final String CALLS = "rename,symlink,link,unlink,rmdir,mkdir,fsync,chmod,fchmod,write";
    private static final Pattern CALL = Pattern.compile("^(\\d+) +(\\w+)\\((.*)");
    private static final int POINTS = Integer.getInteger("capstan.kill.points", 16);

    private Path folder;
    private Authority kept;
    private Authority removed;
    private Authority renewal;
    private CertificateSet before;
    private CertificateSet after;

    @BeforeAll
    void makeSets(@TempDir Path folder) throws Exception {
        this.folder = folder;
        kept = Authority.make(folder, "kept");
        removed = Authority.make(folder, "removed", "/CN=Renewed");
        renewal = Authority.make(folder, "renewal", "/CN=Renewed");
        before = Authority.set(kept, removed);
        after = Authority.set(kept, renewal, Authority.make(folder, "new"));
        Files.writeString(folder.resolve("after.pem"), after.pem());
    }

    private DebianRoot root(String name, CertificateSet set) throws Exception {
        DebianRoot root = DebianRoot.make(folder.resolve(name));
        TrustStore.at(root.path()).apply(Wanted.of(set));
        return root;
    }

    private Programs.Result apply(DebianRoot root, String... strace) {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq"));
        command.addAll(List.of(strace));
        command.addAll(Programs.java(
                StoreProgram.class,
                root.path().toString(),
                folder.resolve("after.pem").toString()));
        return Programs.run(command);
    }

    @Test
    void killedAnywhereItHoldsWhatStaysAndTheNextRunEnds() throws Exception {
        assumeTrue(Programs.exists("strace"), "needs the program strace");
        Map<String, String> storeBefore = root("before", before).store();
        DebianRoot unharmed = root("unharmed", before);
        Path log = folder.resolve("strace.log");
        apply(unharmed, "-e", "trace=" + CALLS, "-o", log.toString()).succeeded();
        Map<String, String> storeAfter = unharmed.store();

        List<Map.Entry<String, Integer>> all = points(log);
        assertThat(all).hasSizeGreaterThan(30);
        int step = Math.max(1, all.size() / POINTS);
        int killed = 0;
        for (int i = step - 1; i < all.size(); i += step) {
            String call = all.get(i).getKey();
            int number = all.get(i).getValue();
            DebianRoot root = root("kill-" + call + "-" + number, before);
            Programs.Result result = apply(
                    root,
                    "-o",
                    "/dev/null",
                    "-e",
                    "trace=" + call,
                    "-e",
                    "inject=" + call + ":signal=SIGKILL:when=" + number);
            assertThat(result.exit())
                    .as(call + " " + number + ": " + result.output())
                    .isNotZero();
            killed++;
            assertHoldsWhatStays(root);

            boolean forward = killed % 3 != 0;
            Applied applied = TrustStore.at(root.path()).apply(Wanted.of(forward ? after : before));
            assertThat(applied.fingerprint()).isEqualTo((forward ? after : before).fingerprint());
            assertThat(root.store()).as(call + " " + number).isEqualTo(forward ? storeAfter : storeBefore);
            assertThat(TrustStore.at(root.path()).read().damages()).isEmpty();
        }
        assertThat(killed).isGreaterThanOrEqualTo(Math.min(POINTS, all.size()));
    }

    /** Every state-changing call of the thread that writes the store, and which of its kind it is in that thread. */
    private static List<Map.Entry<String, Integer>> points(Path log) throws IOException {
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        Map<String, List<Map.Entry<String, Integer>>> points = new LinkedHashMap<>();
        String writer = "";
        for (String line : Files.readAllLines(log)) {
            Matcher call = CALL.matcher(line);
            if (!call.matches()) {
                continue;
            }
            int number = counts.computeIfAbsent(call.group(1), thread -> new TreeMap<>())
                    .merge(call.group(2), 1, Integer::sum);
            points.computeIfAbsent(call.group(1), thread -> new ArrayList<>()).add(Map.entry(call.group(2), number));
            if (call.group(2).equals("rename") && call.group(3).contains("capstan")) {
                writer = call.group(1);
            }
        }
        return points.get(writer);
    }

    private void assertHoldsWhatStays(DebianRoot root) throws Exception {
        List<Identity> bundle = root.inBundle();
        Identity stays = kept.certificate().identity();
        assertThat(bundle)
                .doesNotHaveDuplicates()
                .contains(stays)
                .hasSizeGreaterThanOrEqualTo(DebianRoot.DISTRIBUTION + 1);
        assertThat(root.byHash(kept.certificate())).contains(stays);
        if (!bundle.contains(removed.certificate().identity())) {
            assertThat(root.anchor(removed))
                    .as("what left the bundle has left the anchors, or a foreign run brings it back")
                    .doesNotExist();
        }
        if (bundle.contains(renewal.certificate().identity())) {
            assertThat(root.anchor(renewal))
                    .as("what is in the bundle is in the anchors, or a foreign run takes it away")
                    .exists();
            assertThat(root.byHash(renewal.certificate()))
                    .contains(renewal.certificate().identity());
        }
        try (Stream<Path> files = Files.list(root.outputs())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("Go trusts every file here")
                    .allMatch(name -> name.matches("ca-certificates.crt|\\.capstan|.*\\.pem|[0-9a-f]{8}\\.[0-9]+"));
        }
        try (Stream<Path> files = Files.walk(root.anchors())) {
            for (Path anchor :
                    files.filter(file -> file.toString().endsWith(".crt")).toList()) {
                assertThat(Authority.read(anchor).size()).as("no cut anchor").isEqualTo(1);
            }
        }
    }
}
