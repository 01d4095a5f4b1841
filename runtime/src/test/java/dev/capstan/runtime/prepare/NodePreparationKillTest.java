package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the program at calls that change something or start a program, one run for each: strace is attached to its thread;
 * the call is not carried out and the process is gone. Then, in turn, the next run completes the preparation, or takes it
 * back; in the end the node is as it was, byte for byte, and the container runs on.
 *
 * <p>{@code -Dcapstan.kill.points=all} takes every call there is (some minutes), otherwise that many of each direction.
 */
class NodePreparationKillTest {

    private static final String CALLS =
            "/^(rename(at)?(2)?|unlink(at)?|rmdir|symlink(at)?|mkdir(at)?|fsync|f?chmod(at)?"
                    + "|[fl]?chown(at)?|utimensat|v?fork|clone3?)$";

    private static final Pattern CALL = Pattern.compile("^(\\w+)\\(.*");

    private static final String CONFIGURATION = "version = 2\n# the node's own\n";

    /** The how-manieth call of its name. */
    private record Point(String call, int number) {

        @Override
        public String toString() {
            return call + " " + number;
        }
    }

    @Test
    void killedAtAnyPointTheNextRunCompletesItOrTakesItBack(@TempDir Path folder) throws Exception {
        NodePreparationTest.assumePossible();
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs the program strace");
        try (PrivateNode node = NodePreparationTest.node(folder, CONFIGURATION)) {
            Map<String, String> before = node.files();
            String container = node.containerProcess();
            List<Point> there = points(node, "apply");
            Map<String, String> prepared = node.files();
            List<Point> back = points(node, "undo");
            assertThat(node.files()).isEqualTo(before);
            int killed = 0;
            for (Point point : some(there)) {
                killed += kill(node, "apply", point);
                settles(node, killed, "apply, " + point, before, prepared, container);
            }
            for (Point point : some(back)) {
                try (Preparer preparer = NodePreparationTest.preparer(node)) {
                    assertThat(preparer.carryOut("apply")).startsWith("Planned");
                }
                killed += kill(node, "undo", point);
                settles(node, killed, "undo, " + point, before, prepared, container);
            }
            System.out.println("node prepare: killed " + killed + " times, of " + there.size() + " calls there and "
                    + back.size() + " back");
        }
    }

    /** The files are old or new, and what follows ends where it shall. */
    private static void settles(
            PrivateNode node,
            int turn,
            String when,
            Map<String, String> before,
            Map<String, String> prepared,
            String container)
            throws Exception {
        for (String file :
                List.of("etc/containerd/config.toml", "etc/systemd/system/containerd.service.d/50-capstan.conf")) {
            assertThat(content(node.files().get(file)))
                    .as("killed at " + when + ": " + file)
                    .isIn(content(before.get(file)), content(prepared.get(file)));
        }
        try (Preparer preparer = NodePreparationTest.preparer(node)) {
            if (turn % 2 == 0) {
                assertThat(preparer.carryOut("apply"))
                        .as("killed at " + when)
                        .matches("(Interrupted|Planned|Prepared).*");
                assertThat(preparer.carryOut("apply")).as("killed at " + when).startsWith("Prepared");
                assertThat(node.environment()).as("killed at " + when).contains("SSL_CERT_FILE");
            }
            assertThat(preparer.carryOut("undo")).as("killed at " + when).isIn("undone", "nothing to undo");
        }
        assertThat(node.files()).as("killed at " + when).isEqualTo(before);
        assertThat(node.environment()).as("killed at " + when).doesNotContain("SSL_CERT");
        assertThat(node.containerProcess()).as("killed at " + when).isEqualTo(container);
    }

    private static String content(String file) {
        return file == null ? "" : file.substring(file.indexOf('\n'));
    }

    /** Carries the order out and is killed; 0 if the point was not reached. */
    private static int kill(PrivateNode node, String order, Point point) throws Exception {
        try (Preparer preparer = NodePreparationTest.preparer(node)) {
            Process strace = strace(
                    node,
                    preparer,
                    "-e",
                    "trace=" + point.call(),
                    "-e",
                    "inject=" + point.call() + ":signal=SIGKILL:when=" + point.number());
            String answer = preparer.carryOut(order);
            end(strace);
            return answer == null ? 1 : 0;
        }
    }

    /** Every such call of an order that is carried out. */
    private static List<Point> points(PrivateNode node, String order) throws Exception {
        List<Point> points = new ArrayList<>();
        try (Preparer preparer = NodePreparationTest.preparer(node)) {
            Process strace = strace(node, preparer, "-e", "trace=" + CALLS, "-o", "/run/strace.log");
            assertThat(preparer.carryOut(order)).matches("(Planned|undone).*");
            end(strace);
        }
        Map<String, Integer> counts = new TreeMap<>();
        for (String line : Files.readAllLines(node.root().resolve("run/strace.log"))) {
            Matcher call = CALL.matcher(line);
            if (call.matches()) {
                points.add(new Point(call.group(1), counts.merge(call.group(1), 1, Integer::sum)));
            }
        }
        return points;
    }

    private static Process strace(PrivateNode node, Preparer preparer, String... options) throws IOException {
        List<String> command = new ArrayList<>(node.entered("strace", "-p", preparer.thread()));
        command.addAll(List.of(options));
        Process process = PrivateNode.clean(command).redirectErrorStream(true).start();
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        String line = said.readLine();
        if (line == null || !line.contains(" attached")) {
            process.destroyForcibly();
            throw new IOException("strace: " + line);
        }
        // What it says later must not fill its pipe.
        Thread.ofVirtual().start(() -> said.lines().forEach(more -> {}));
        return process;
    }

    private static void end(Process strace) throws InterruptedException {
        strace.destroy();
        if (!strace.waitFor(5, TimeUnit.MINUTES)) {
            strace.destroyForcibly().waitFor();
        }
    }

    private static List<Point> some(List<Point> points) {
        String wanted = System.getProperty("capstan.kill.points", "3");
        int many = wanted.equals("all") ? points.size() : Math.min(points.size(), Integer.parseInt(wanted));
        List<Point> some = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            some.add(points.get(i * points.size() / many));
        }
        return some;
    }
}
