package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs for tests, with nothing of this machine's TLS settings in their environment. */
public final class Programs {

    /** What a program printed on both of its outputs, and how it ended. */
    public record Result(int exit, String output) {

        public String succeeded() {
            if (exit != 0) {
                throw new IllegalStateException("exit code " + exit + ": " + output);
            }
            return output;
        }
    }

    private Programs() {}

    public static Result run(List<String> command) {
        return run(command, Path.of("/"));
    }

    public static Result run(List<String> command, Path folder) {
        try {
            Path output = Files.createTempFile("capstan", ".out");
            try {
                ProcessBuilder builder = clean(new ProcessBuilder(command))
                        .directory(folder.toFile())
                        .redirectInput(new java.io.File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
                Process process = builder.start();
                if (!process.waitFor(5, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(command + " did not end: " + Files.readString(output));
                }
                return new Result(process.exitValue(), new String(Files.readAllBytes(output), UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(String.join(" ", command), broken);
        }
    }

    public static ProcessBuilder clean(ProcessBuilder builder) {
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        return builder;
    }

    public static boolean isRoot() {
        return run(List.of("id", "-u")).output().strip().equals("0");
    }

    public static boolean exists(String... programs) {
        for (String program : programs) {
            if (run(List.of("sh", "-c", "command -v " + program)).exit() != 0) {
                return false;
            }
        }
        return true;
    }

    /** This JVM's program and class path, to start {@link StoreProgram} with. */
    public static List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
