package dev.capstan.runtime.prepare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running {@link PrepareProgram} in a node. */
final class Preparer implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final String thread;
    private final List<String> said = new ArrayList<>();

    private Preparer(Process process) throws IOException {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        String ready = output.readLine();
        if (ready == null || !ready.startsWith("ready ")) {
            throw new IOException("the program did not start: " + ready);
        }
        this.thread = ready.substring(ready.lastIndexOf(' ') + 1).replaceFirst(".*/", "");
    }

    /**
     * Starts it.
     *
     * @param ours file of the node with our certificates
     */
    static Preparer in(Entered node, String ours) throws IOException {
        List<String> command = new ArrayList<>(node.entered(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                // What it finds odd of its cgroups would come before the answers.
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-cp",
                System.getProperty("java.class.path"),
                PrepareProgram.class.getName(),
                "/etc/ssl/certs/ca-certificates.crt",
                ours));
        return new Preparer(PrivateNode.clean(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The number, in the node, of the thread that carries out orders. */
    String thread() {
        return thread;
    }

    /** Its answer; null if it was killed meanwhile. */
    @Nullable
    String carryOut(String order) throws IOException {
        said.clear();
        input.write(order + "\n");
        input.flush();
        String line = output.readLine();
        while (line != null && line.startsWith("step ")) {
            said.add(line.substring("step ".length()));
            line = output.readLine();
        }
        return line;
    }

    /** The steps of the last order. */
    List<String> said() {
        return said;
    }

    @Override
    public void close() throws IOException {
        input.close();
        process.destroyForcibly();
    }
}
