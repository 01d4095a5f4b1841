package dev.capstan.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A CAPSTAN_HOME of its own with a control plane in it, driven only through the {@code capstan} command. */
final class CapstanHome implements AutoCloseable {

    private final Path folder;
    private final Path distribution;
    private final List<String> as;

    private CapstanHome(Path folder, Path distribution, List<String> as) {
        this.folder = folder;
        this.distribution = distribution;
        this.as = as;
    }

    /** Starts a control plane in this folder, on a free port. */
    static CapstanHome up(Path folder, Path distribution) {
        return up(folder, distribution, List.of());
    }

    /** The same, whose machines are directories: made in no time, with a trust store and an agent, and no more. */
    static CapstanHome upWithDirectories(Path folder, Path distribution) {
        return up(folder, distribution, List.of("--machines", "directories"));
    }

    private static CapstanHome up(Path folder, Path distribution, List<String> options) {
        CapstanHome home = new CapstanHome(folder, distribution, List.of());
        List<String> words = new ArrayList<>(List.of("up", "--detach", "--listen", "127.0.0.1:0"));
        words.addAll(options);
        home.run(words.toArray(String[]::new)).orFail();
        return home;
    }

    /** A control plane to be started in this folder, every command of which is run by this program. */
    static CapstanHome as(List<String> program, Path folder, Path distribution) {
        return new CapstanHome(folder, distribution, program);
    }

    Path folder() {
        return folder;
    }

    Program.Output up() {
        return run("up", "--detach", "--listen", "127.0.0.1:0").orFail();
    }

    Program.Output run(String... arguments) {
        List<String> command = new ArrayList<>(as);
        command.add(distribution.resolve("bin/capstan").toString());
        command.addAll(List.of(arguments));
        return Program.clean().with("CAPSTAN_HOME", folder.toString()).run(command, "");
    }

    JsonNode status() {
        try {
            return new ObjectMapper()
                    .readTree(run("status", "-o", "json").orFail().text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return status().path("pid").asLong();
    }

    /** Kills the control plane without a word, as a power cut would. */
    void kill() {
        long pid = pid();
        Program.clean().run("kill", "-9", Long.toString(pid)).orFail();
        Await.until("the control plane is gone", () -> ProcessHandle.of(pid).isEmpty());
    }

    String administratorToken() {
        return read(folder.resolve("admin.token")).strip();
    }

    /** The folders of the machines that exist. */
    List<Path> machines() {
        return Leftovers.machines(folder);
    }

    /** Every mount, process and machine folder of this home that is still there; empty after a clean end. */
    List<String> leftovers() {
        return Leftovers.of(folder);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        run("down");
    }
}
