package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Has state-changing system calls fail, one of a run: no space left, an error of the disk, a file system that turned
 * read-only. The writer says so, or did all there was to do; readers find at least what stays; the next run ends right.
 *
 * <p>{@code -Dcapstan.fault.points=all} takes every call with every error, otherwise that many of each change.
 */
class TrustStoreFaultTest {

    private static final List<Map.Entry<String, String>> ERRORS = List.of(
            Map.entry("ENOSPC", "No space left on device"),
            Map.entry("EIO", "Input/output error"),
            Map.entry("EROFS", "Read-only file system"));

    @ParameterizedTest
    @EnumSource
    void callsFailWhileItChangesTheStore(Scenario.Kind kind, @TempDir Path folder) throws Exception {
        try (Scenario scenario = kind.in(folder)) {
            fail(scenario, folder);
        }
    }

    private static void fail(Scenario scenario, Path folder) throws Exception {
        assumeTrue(Programs.isRoot() && Programs.exists("strace"), "needs root and the program strace");
        List<Strace.Point> all = scenario.points(folder.resolve("strace.log"), true);
        List<Strace.Point> points = scenario.some(all, "capstan.fault.points");
        boolean every = points.size() == all.size();
        int refused = 0;
        int tried = 0;
        try (StoreWriter writer = StoreWriter.start()) {
            writer.carryOut(scenario.order(scenario.root()));
            for (int i = 0; i < points.size(); i++) {
                Strace.Point point = points.get(i);
                for (int e = 0; e < ERRORS.size(); e++) {
                    if (every || e == i % ERRORS.size()) {
                        tried++;
                        refused += fails(scenario, writer, point, ERRORS.get(e), i + e) ? 1 : 0;
                    }
                }
            }
        }
        System.out.println(scenario + ": " + tried + " calls failed, " + refused + " of them mattered");
        scenario.isWithoutFault();
        assertThat(refused).isGreaterThan(tried / 4);
    }

    /** Whether the writer gave up. */
    private static boolean fails(
            Scenario scenario, StoreWriter writer, Strace.Point point, Map.Entry<String, String> error, int turn)
            throws Exception {
        StockRoot root = scenario.root();
        Map<String, String> before = root.snapshot();
        String when = error.getKey() + " at " + point;
        writer.prepare(scenario.order(root));
        String answer = answer(writer, point, error.getKey());
        scenario.judge(() -> judge(scenario, root, before, point, error.getValue(), answer, when + ": " + answer));
        scenario.judge(() -> scenario.goesOn(root, turn, when + ": " + answer));
        return answer.startsWith("failed ");
    }

    private static String answer(StoreWriter writer, Strace.Point point, String error) throws Exception {
        try (var _ = Strace.inject(writer, point, "error=" + error)) {
            writer.go();
            return writer.answer();
        }
    }

    private static void judge(
            Scenario scenario,
            StockRoot root,
            Map<String, String> before,
            Strace.Point point,
            String error,
            String answer,
            String when)
            throws Exception {
        scenario.forward().isInterrupted(scenario.readers(root), when);
        if (answer.startsWith("failed ")) {
            assertThat(answer).as(when).contains(error);
            if (answer.contains("the store is as it was")) {
                assertThat(StockRoot.difference(before, root.snapshot()))
                        .as(when)
                        .isEmpty();
            }
        } else {
            assertThat(answer).as(when).startsWith("done ");
            assertThat(point.mustSucceed()).as("it was not told: " + when).isFalse();
            scenario.forward().isOver(scenario.readers(root), when);
        }
    }
}
