package dev.capstan.providerlocal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A CAPSTAN_HOME of a test's own, a distribution with a fake agent, and eyes on the host. */
final class Lab implements AutoCloseable {

    static final String TOKEN = "lab-token-5e2d9c";
    final Path base;
    final Path home;
    final Distribution distribution;
    final LocalProvider provider;

    private Lab(Path base, boolean fresh, Machine.Kind kind) throws IOException, MachineException {
        this.base = base;
        this.home = base.resolve("home");
        this.distribution = new Distribution(base.resolve("distribution"), base.resolve("jdk"));
        if (fresh) {
            Files.createDirectories(distribution.folder().resolve("bin"));
            Files.createDirectories(distribution.folder().resolve("lib/agent"));
            Files.createFile(distribution.folder().resolve("lib/agent/agent.jar"));
            Path java = distribution.java().resolve("bin/java");
            Files.createDirectories(java.getParent());
            try (InputStream in = Lab.class.getResourceAsStream("/fake-java.sh")) {
                Files.write(java, in.readAllBytes());
            }
            Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        this.provider = LocalProvider.open(home, distribution, kind);
    }

    static Lab open() throws IOException, MachineException {
        return open(Path.of("/tmp"));
    }

    /** A lab below a folder; below {@code /opt} machines would see it if nothing hid it. */
    static Lab open(Path below) throws IOException, MachineException {
        assumeTrue(root(), "machines need root: this test was left out");
        assumeTrue(
                Requirements.missing(program -> Programs.find(program).isPresent())
                        .isEmpty(),
                () -> "left out: "
                        + Requirements.missing(program -> Programs.find(program).isPresent()));
        return new Lab(Files.createTempDirectory(below, "capstan-lab-"), true, Machine.Kind.SYSTEM);
    }

    /** A lab whose machines are only directories. */
    static Lab ofDirectories() throws IOException, MachineException {
        return new Lab(Files.createTempDirectory("capstan-lab-"), true, Machine.Kind.DIRECTORY);
    }

    /** The lab another process left behind. */
    static Lab adopt(Path base) throws IOException, MachineException {
        return new Lab(base, false, Machine.Kind.SYSTEM);
    }

    static boolean root() throws IOException {
        return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) == 0;
    }

    static MachineSpec spec(String name) {
        return new MachineSpec(
                name, "cluster-1", "pool1", "https://127.0.0.1:7443/clusters/c", "LAB CA\n", "LAB LIST\n");
    }

    Machine ensure(String name) throws MachineException {
        return provider.ensure(spec(name), () -> new Credential(TOKEN));
    }

    Path folder(String name) {
        return home.resolve("machines").resolve(name);
    }

    MachineState state(String name) throws IOException {
        return MachineState.read(folder(name)).orElseThrow();
    }

    /** What a command printed and its exit code. */
    record Ran(int code, String output) {}

    /** Runs a shell command inside a machine. */
    Ran in(String name, String script) throws IOException, InterruptedException {
        return run(List.of(folder(name).resolve("enter").toString(), "bash", "-c", script));
    }

    static Ran run(List<String> command) throws IOException, InterruptedException {
        Process process = Programs.prepare(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("did not end: " + command);
        }
        return new Ran(process.exitValue(), output);
    }

    /** Waits until something holds; the deadline is generous, the usual wait short. */
    static void await(String what, Callable<Boolean> holds) throws Exception {
        Instant deadline = Instant.now().plus(Duration.ofMinutes(5));
        while (!holds.call()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("did not come true within 60 s: " + what);
            }
            Thread.sleep(20);
        }
    }

    void awaitLog(String name, String log, String text) throws Exception {
        Path file = folder(name).resolve("log").resolve(log + ".log");
        await("\"" + text + "\" is in " + file, () -> Files.readString(file).contains(text));
    }

    /** One hash over names, modes, owners, link targets and contents of these trees of the host. */
    static String digest(String... trees) throws IOException, InterruptedException {
        String script = "for t in \"$@\"; do [ -e $t ] || continue; find $t -printf '%p %m %U %l\\n' | sort;"
                + " find $t -type f -print0 | sort -z | xargs -0 sha256sum; done | sha256sum";
        var command = new ArrayList<>(List.of("bash", "-c", script, "digest"));
        command.addAll(List.of(trees));
        return run(command).output();
    }

    /** Everything on the host that tells of this lab's machines: mounts, cgroups, processes, folders. */
    List<String> traces() throws IOException {
        var traces = new ArrayList<String>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            if (line.contains(base.getFileName().toString())) {
                traces.add("mount " + line);
            }
        }
        String group = "capstan-" + Sha256.hex(home.toString()).substring(0, 8);
        for (Cgroups.Hierarchy hierarchy : Cgroups.hierarchies(Mount.all())) {
            if (Files.exists(hierarchy.point().resolve(group))) {
                traces.add("cgroup " + hierarchy.point().resolve(group));
            }
        }
        try (var processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                if (text(process.resolve("stat")).contains(") Z ")) {
                    continue; // over; its parent, the host's first process, has not looked yet
                }
                String line = text(process.resolve("cmdline")).replace('\0', ' ') + text(process.resolve("cgroup"));
                if (line.contains(group) || line.contains(base + "/home/machines")) {
                    traces.add("process " + process + " " + line);
                }
            }
        }
        try (var machines = Files.list(home.resolve("machines"))) {
            machines.forEach(machine -> traces.add("folder " + machine));
        }
        return traces;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return ""; // not a process, or gone
        }
    }

    @Override
    public void close() throws IOException, MachineException {
        for (Machine machine : provider.list()) {
            provider.delete(machine.name());
        }
        if (Files.exists(base, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Programs.run("rm", "-rf", "--one-file-system", "--", base.toString());
            } catch (InterruptedException e) {
                throw new IOException("interrupted while removing " + base, e);
            }
        }
    }
}
