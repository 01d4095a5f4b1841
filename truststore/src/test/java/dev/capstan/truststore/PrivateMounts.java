package dev.capstan.truststore;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount namespace of its own, made by a script that ends by saying {@code ready} and waits; gone with all its mounts
 * when closed. What is mounted in it is reached from here through {@code /proc/PID/root}.
 */
final class PrivateMounts implements AutoCloseable {

    private final Process holder;

    private PrivateMounts(Process holder) {
        this.holder = holder;
    }

    static PrivateMounts with(String script) throws IOException {
        Process holder = Programs.clean(new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "--propagation",
                        "private",
                        "sh",
                        "-ec",
                        script + "\necho ready\nread end"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // The script's own children may write too; the last line is what counts.
        BufferedReader output = holder.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); !"ready".equals(line); line = output.readLine()) {
            if (line == null) {
                holder.destroyForcibly();
                throw new IOException("the private mounts could not be made");
            }
        }
        return new PrivateMounts(holder);
    }

    /** A path of the namespace, as seen from here. */
    Path path(Path inside) {
        return Path.of("/proc", Long.toString(holder.pid()), "root")
                .resolve(inside.toString().substring(1));
    }

    /** What a command begins with that shall run in the namespace. */
    List<String> entering() {
        return List.of("nsenter", "-t", Long.toString(holder.pid()), "-m");
    }

    /** Runs a program in the namespace. */
    Programs.Result run(String... command) {
        List<String> entered = new ArrayList<>(entering());
        entered.addAll(List.of(command));
        return Programs.run(entered);
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        try {
            holder.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            holder.destroyForcibly();
        }
    }
}
