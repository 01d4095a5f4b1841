package dev.capstan.endtoend.lanes;

import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Repository;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A bare node (lab/node): a root of its own over the host's, with one age of containerd, whose trust store holds what a
 * "distribution" ships and what the test adds. Its files are reached through its first process.
 */
final class Node implements Closeable {

    static final String BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
    static final String DISTRIBUTION_COPY = "/run/distro-roots.pem";
    static final String HOST_DIRECTORIES = "/etc/containerd/certs.d";
    static final String CONFIGURATION = "/etc/containerd/config.toml";

    private final ContainerdBuild build;
    private final Path folder;
    private final String name;
    private final Lab lab;
    private final Process process;
    private final long first;
    private Containerd running;
    private String runningAs = "";

    private Node(ContainerdBuild build, Path folder, String name, Lab lab, Process process, long first) {
        this.build = build;
        this.folder = folder;
        this.name = name;
        this.lab = lab;
        this.process = process;
        this.first = first;
    }

    static Node start(ContainerdBuild build, Path folder, String name, Lab lab) {
        try {
            Process process = new ProcessBuilder(
                            Repository.lab("node").toString(), folder.toString(), name, build.folder())
                    .redirectError(folder.resolve("errors").toFile())
                    .start();
            String said = process.inputReader().readLine();
            if (!"ready".equals(said)) {
                process.destroyForcibly();
                throw new AssertionError("no node: " + Files.readString(folder.resolve("errors")));
            }
            long first = process.children().findFirst().orElseThrow().pid();
            return new Node(build, folder, name, lab, process, first);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes everything anew that a test may have changed, but for containerd if it runs: see {@link #shared}. */
    Node fresh() {
        remove("/etc/containerd");
        remove("/etc/capstan");
        remove("/var/lib/capstan");
        remove("/etc/ssl/certs");
        remove("/usr/local/share/ca-certificates");
        write("/usr/local/share/ca-certificates/.keep", "");
        write(DISTRIBUTION_COPY, lab.distribution().pem());
        write(
                "/usr/share/ca-certificates/lab/distribution.crt",
                lab.distribution().pem());
        write("/etc/ca-certificates.conf", "lab/distribution.crt\n");
        trust();
        return this;
    }

    ContainerdBuild build() {
        return build;
    }

    String name() {
        return name;
    }

    /** Its root, as seen from here. */
    Path root() {
        return Path.of("/proc/" + first + "/root");
    }

    Path path(String inside) {
        return root().resolve(inside.substring(1));
    }

    /** Writes a file of the node whole, by rename; what lies beside it in a folder of certificates is never a half one. */
    void write(String inside, String text) {
        try {
            Path file = path(inside);
            Files.createDirectories(file.getParent());
            Path fresh = Files.writeString(path("/etc").resolve(".fresh"), text);
            if (inside.startsWith("/run/")) {
                Files.writeString(file, text);
                Files.delete(fresh);
            } else {
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void writeProgram(String inside, String text) {
        write(inside, text);
        path(inside).toFile().setExecutable(true, false);
    }

    /** A program that writes its environment to a file of the node, and goes on with these words of a shell. */
    void recorder(String program, String file, String then) {
        write(file, "");
        remove(file);
        writeProgram(program, "#!/bin/sh\n/usr/bin/env >" + file + "\n" + then + "\n");
    }

    void link(String inside, String target) {
        remove(inside);
        try {
            Files.createDirectories(path(inside).getParent());
            Files.createSymbolicLink(path(inside), Path.of(target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(String inside) {
        try {
            return Files.readString(path(inside));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a file or folder of the node, following no link; nothing if it is not there. */
    void remove(String inside) {
        try {
            Files.walkFileTree(path(inside), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failed) throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException nothingThere) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The system's bundle: what the distribution ships and these. */
    void trust(Authority... more) {
        write(BUNDLE, lab.distribution().pem() + pem(more));
    }

    /** Makes {@code certs.d/_default/ca.crt} a link to the system's bundle. */
    void defaultIsTheBundle() {
        link(HOST_DIRECTORIES + "/_default/ca.crt", BUNDLE);
    }

    /** A host directory of a registry with this content of its {@code hosts.toml}. */
    void hostDirectory(String registry, String hosts) {
        write(HOST_DIRECTORIES + "/" + registry + "/hosts.toml", hosts);
    }

    static String pem(Authority... authorities) {
        StringBuilder text = new StringBuilder();
        for (Authority authority : authorities) {
            text.append(authority.pem());
        }
        return text.toString();
    }

    /** Configures containerd with one {@code config_path}, in the form its version writes itself. */
    void configure() {
        write(CONFIGURATION, Configuration.of(build.configurationVersion(), HOST_DIRECTORIES));
    }

    /** Starts containerd, after ending the one that runs here; returns when CRI answers. */
    Containerd containerd(Roots roots) {
        return containerd(roots, Map.of());
    }

    /**
     * The containerd that runs here already, if it was started with these roots and this configuration by this method; else
     * one that is started now. For rows that do not depend on when the roots are read.
     */
    Containerd shared(Roots roots) {
        String wanted = roots + read(CONFIGURATION);
        if (running == null || !running.isAlive() || !runningAs.equals(wanted)) {
            containerd(roots);
            runningAs = wanted;
        }
        return running;
    }

    Containerd containerd(Roots roots, Map<String, String> more) {
        Map<String, String> environment = new LinkedHashMap<>(roots.environment());
        environment.putAll(more);
        return containerd(environment);
    }

    Containerd containerd(Map<String, String> environment) {
        stop();
        writeHosts();
        letTheConfigurationSettle();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        all.put("HOME", "/root");
        all.putAll(environment);
        running = Containerd.start(this, folder.resolve("containerd.log"), inside(all, "containerd"));
        return running;
    }

    /**
     * Comes back when the configuration is older than the kernel's clocks are coarse: who looks from outside cannot tell
     * whether a file changed before or after a process started if both happened within 20 ms.
     */
    private void letTheConfigurationSettle() {
        File file = path(CONFIGURATION).toFile();
        while (System.currentTimeMillis() - file.lastModified() < 40) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** The containerd that runs here. */
    Containerd running() {
        return Objects.requireNonNull(running, "containerd does not run");
    }

    /** Makes every name of the lab lead to this machine. */
    void writeHosts() {
        write("/etc/hosts", lab.hosts());
    }

    /** Ends containerd, if it runs here. */
    void stop() {
        if (running != null) {
            running.stop();
            running = null;
            runningAs = "";
        }
    }

    /** Pulls by the ctr of this build, with these arguments before the image; says how it ended in the words of a pull. */
    String ctr(TlsRegistry registry, String... arguments) {
        List<String> command = new ArrayList<>(List.of("ctr", "image", "pull"));
        command.addAll(Arrays.asList(arguments));
        command.add(registry.image());
        Program.Output output = run(command.toArray(String[]::new));
        return new Containerd.Pull(output.held(), output.text()).verdict();
    }

    /** Runs a program in the node, in a clean environment. */
    Program.Output run(String... command) {
        return Program.clean()
                .run(inside(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "HOME", "/root"), command), "");
    }

    /** Starts a program in the node, which ends with it; what it prints is in a file of this name beside the node's root. */
    Process start(String log, String... command) {
        try {
            return new ProcessBuilder(inside(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "HOME", "/root"), command))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve(log).toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a program of {@link #start} printed. */
    String printed(String log) {
        try {
            return Files.readString(folder.resolve(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> inside(Map<String, String> environment, String... command) {
        List<String> all = new ArrayList<>(List.of(
                "nsenter",
                "-t",
                Long.toString(first),
                "-m",
                "-u",
                "-i",
                "-p",
                "--",
                "env",
                "-i",
                "--default-signal=HUP"));
        environment.forEach((key, value) -> all.add(key + "=" + value));
        all.addAll(Arrays.asList(command));
        return all;
    }

    /** Ends everything in the node, and removes what its containers left in the host's cgroups and what it wrote. */
    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Program.clean()
                .run(
                        "find",
                        "/sys/fs/cgroup",
                        "-depth",
                        "-type",
                        "d",
                        "-name",
                        name + "*",
                        "-exec",
                        "rmdir",
                        "{}",
                        ";");
        Program.clean().run("rm", "-rf", "--one-file-system", folder.toString());
    }
}
