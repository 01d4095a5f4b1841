package dev.capstan.truststore;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The strace program, attached to a {@link StoreWriter} that stands before its transaction. Its fault injection counts
 * each thread's calls of a name from the moment it is attached; the writer makes none before the transaction.
 */
final class Strace implements AutoCloseable {

    /** Every call that can change a file, its name or its attributes, as far as this machine's kernel has it. */
    private static final String CHANGING =
            "/^(open(at)?(2)?|creat|rename(at)?(2)?|unlink(at)?|(sym)?link(at)?|mk(dir|nod)(at)?"
                    + "|rmdir|f(data)?sync|sync(fs|_file_range)?|f?chmod(at)?(2)?|[fl]?chown(at)?|[fl]?(set|remove)xattr(at)?"
                    + "|p?writev?(64|2)?|f?truncate|fallocate|sendfile|copy_file_range|ioctl_ficlone|utimensat)$";

    /** How {@link StoreProgram} marks its transaction: whatever call the JDK looks for a file with. */
    private static final String LOOKING = "|^(f?access(at)?(2)?|[fl]?stat|newfstatat|statx)$";

    private static final Pattern CALL = Pattern.compile("^(\\d+) +(\\w+)\\((.*)");

    /**
     * One call of a transaction: the how-manieth of its name, in the thread that carries out the order, or in any thread
     * that makes so many.
     */
    record Point(String call, int number, boolean anyThread) {

        /** Whether who carries on after its failure says more than it knows. Of threads each makes its first call. */
        boolean mustSucceed() {
            return call.matches("fsync|fdatasync|p?write.*|rename.*|(sym)?link.*|open.*")
                    && (!anyThread || number == 1);
        }

        @Override
        public String toString() {
            return call + " " + number + (anyThread ? " of any thread" : "");
        }
    }

    private final Process process;

    private Strace(Process process) {
        this.process = process;
    }

    /** Attaches to every thread of the writer and notes its calls in a file, for {@link #points}. */
    static Strace trace(StoreWriter writer, Path log) throws IOException {
        return attach(writer, true, List.of("-e", "trace=" + CHANGING + LOOKING, "-s", "256", "-o", log.toString()));
    }

    /** Has the call of this point answered in another way: {@code signal=SIGKILL} or {@code error=ENOSPC}. */
    static Strace inject(StoreWriter writer, Point point, String what) throws IOException {
        return attach(
                writer,
                point.anyThread(),
                List.of(
                        "-e",
                        "trace=" + point.call(),
                        "-e",
                        "inject=" + point.call() + ":" + what + ":when=" + point.number(),
                        "-o",
                        "/dev/null"));
    }

    private static Strace attach(StoreWriter writer, boolean allThreads, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of("strace"));
        if (allThreads) {
            command.add("-f");
        }
        command.addAll(List.of("-p", Long.toString(writer.thread())));
        command.addAll(options);
        Process process = Programs.clean(new ProcessBuilder(command))
                .redirectErrorStream(true)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        if (line == null || !line.contains(" attached")) {
            process.destroyForcibly();
            throw new IOException("strace: " + line);
        }
        return new Strace(process);
    }

    /** Every state-changing call between the marks of {@link StoreProgram}. */
    static List<Point> points(StoreWriter writer, Path log) throws IOException {
        Map<Long, Map<String, Integer>> counts = new LinkedHashMap<>();
        List<Point> points = new ArrayList<>();
        Map<String, Integer> elsewhere = new TreeMap<>();
        boolean inside = false;
        for (String line : Files.readAllLines(log)) {
            Matcher call = CALL.matcher(line);
            if (!call.matches()) {
                continue;
            }
            long thread = Long.parseLong(call.group(1));
            String name = call.group(2);
            String arguments = call.group(3);
            inside |= arguments.contains(StoreProgram.BEGIN.toString());
            if (arguments.contains(StoreProgram.END.toString())) {
                inside = false;
            }
            if (name.matches("f?access.*|.*stat.*")) {
                continue;
            }
            int number =
                    counts.computeIfAbsent(thread, first -> new TreeMap<>()).merge(name, 1, Integer::sum);
            if (!inside || (name.startsWith("open") && !arguments.matches(".*O_(CREAT|WRONLY|RDWR|TRUNC).*"))) {
                continue;
            }
            if (thread == writer.thread()) {
                points.add(new Point(name, number, false));
            } else {
                elsewhere.merge(name, number, Integer::max);
            }
        }
        elsewhere.forEach((name, most) -> {
            for (int number = 1; number <= most; number++) {
                points.add(new Point(name, number, true));
            }
        });
        return points;
    }

    /** Lets go of the writer. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
