package dev.capstan.cli.agent;

import dev.capstan.cli.session.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a node to the state in which the agent runs on it, and a node that has it to another version or credential.
 *
 * <p>What shall be is compared with what is, so that a run that was killed anywhere is completed by the next one, whatever it
 * had done: a version is there whole or not at all, a file and the link to the version are replaced as a whole, and systemd is
 * told at last and every time. An agent that ran before runs on, or its next version does, wherever the run was killed. Nothing of the old is touched before all of the new was brought beside it. Where a step fails
 * in a run that lives, what it had changed is put back from memory, the agent that ran before is started again, and the
 * failure is said.
 *
 * <p>Neither the trust store nor the runtime is touched here: that is the agent's.
 */
final class Installation {

    private static final String PUBLIC = "rw-r--r--";
    private static final String SECRET = "rw-------";

    private final Layout layout;
    private final Programs programs;
    private final Systemctl systemctl;
    private final Consumer<String> says;

    Installation(Layout layout, Programs programs, Systemctl systemctl, Consumer<String> says) {
        this.layout = layout;
        this.programs = programs;
        this.systemctl = systemctl;
        this.says = says;
    }

    /** What would be done, a line each; empty where everything is as it shall be. */
    List<String> plan(@Nullable Credential credential) {
        List<String> lines = new ArrayList<>();
        var inUse = programs.inUse();
        var version = layout.programs().resolve(programs.name());
        if (!inUse.equals(Optional.of(version))) {
            if (!programs.isThere()) {
                lines.add("copy     the program to " + layout.shown(version));
            }
            lines.add("link     " + Layout.PROGRAM + " to it"
                    + inUse.map(old -> "; " + old.getFileName() + " is kept beside it")
                            .orElse(""));
        }
        for (var file : wanted(credential)) {
            if (!isThere(file)) {
                lines.add((Files.exists(file.place()) ? "change   " : "create   ")
                        + layout.shown(file.place())
                        + (file.mode().equals(SECRET) ? ", for root alone" : ""));
            }
        }
        for (var unit : Layout.UNITS) {
            if (!systemctl.says("is-enabled", unit)) {
                lines.add("enable   " + unit);
            }
        }
        if (!lines.isEmpty() || !runs(version)) {
            lines.add((systemctl.says("is-active", Layout.AGENT_UNIT) ? "restart  " : "start    ") + Layout.AGENT_UNIT);
        }
        return lines;
    }

    /** Whether the agent runs and is of this version: a run killed after the link was switched leaves the one before. */
    private boolean runs(Path version) {
        var process = systemctl.show(Layout.AGENT_UNIT, "MainPID").getOrDefault("MainPID", "0");
        try {
            return Files.readString(layout.at("/proc/" + process + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .contains(layout.shown(version) + "/");
        } catch (IOException none) {
            return false;
        }
    }

    /**
     * Does it. Throws a {@link Problem} if a step fails, or the agent does not stay up; everything is as it was then.
     *
     * @param credential absent to keep the one that is there
     */
    void run(@Nullable Credential credential) {
        var before = programs.inUse();
        var versions = programs.all();
        var wasActive = systemctl.says("is-active", Layout.AGENT_UNIT);
        List<NodeFile> undo = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        try {
            makeFolder(layout.programs(), "rwxr-xr-x", folders);
            var version = layout.programs().resolve(programs.name());
            if (!programs.isThere()) {
                says.accept("copying the program to " + layout.shown(version));
            }
            programs.bring();
            makeFolder(layout.configuration(), "rwxr-xr-x", folders);
            makeFolder(layout.agent(), "rwxr-xr-x", folders);
            makeFolder(layout.credential(), "rwx------", folders);
            for (var file : wanted(credential)) {
                if (!file.isThere()) {
                    undo.add(NodeFile.found(file.place()));
                    file.put();
                    says.accept("wrote " + layout.shown(file.place()));
                }
            }
            programs.use(version);
            label();
            systemctl.run("daemon-reload");
            systemctl.run("enable", Layout.TRUST_UNIT, Layout.AGENT_UNIT);
            if (!systemctl.says("is-active", Layout.TRUST_UNIT)) {
                // An agent that runs holds the lock that the other unit takes.
                systemctl.run("stop", Layout.AGENT_UNIT);
                systemctl.run("start", Layout.TRUST_UNIT);
            }
            // One request, which systemd completes: a kill here leaves no node without its agent.
            systemctl.run("restart", Layout.AGENT_UNIT);
            new AgentService(systemctl).awaitSteady();
            says.accept(Layout.AGENT_UNIT + " runs");
            programs.offer();
            var kept = new ArrayList<>(List.of(version));
            previous(version, before).ifPresent(kept::add);
            programs.keep(kept);
        } catch (IOException | Problem failed) {
            throw putBack(failed, before, versions, wasActive, undo, folders);
        }
    }

    /** The version that stays beside the new one: the one before it, also where this one was installed already. */
    private Optional<Path> previous(Path version, Optional<Path> before) {
        return before.filter(old -> !old.equals(version))
                .or(() -> programs.all().stream()
                        .filter(old -> !old.equals(version))
                        .max(Comparator.comparing(Programs::installed)));
    }

    private Problem putBack(
            Exception failed,
            Optional<Path> before,
            List<Path> versions,
            boolean wasActive,
            List<NodeFile> undo,
            List<Path> folders) {
        List<String> left = new ArrayList<>();
        attempt(left, () -> {
            if (!wasActive) {
                systemctl.says("disable", "--now", Layout.AGENT_UNIT, Layout.TRUST_UNIT);
            }
        });
        for (var file : undo.reversed()) {
            attempt(left, file::put);
        }
        attempt(left, () -> {
            programs.use(before.orElse(null));
            programs.keep(versions);
        });
        for (var folder : folders.reversed()) {
            attempt(left, () -> {
                // The agent that was started may have left its lock there.
                if (folder.equals(layout.agent())) {
                    Files.deleteIfExists(layout.lock());
                }
                Files.deleteIfExists(folder);
            });
        }
        attempt(left, () -> {
            systemctl.run("daemon-reload");
            if (wasActive) {
                systemctl.run("restart", Layout.AGENT_UNIT);
            } else {
                // The units' own, kept over their stops.
                Programs.delete(layout.runtime());
            }
        });
        var message = failed instanceof Problem problem ? problem.getMessage() + "" : failed + ".";
        return Problem.failed(
                message + " "
                        + (left.isEmpty()
                                ? "Everything is as it was."
                                : "Not put back: " + String.join("; ", left) + "."),
                failed instanceof Problem problem && !problem.advice().isEmpty()
                        ? problem.advice()
                        : "Mend the cause and run it again.",
                failed);
    }

    private interface Attempt {
        void make() throws IOException;
    }

    private static void attempt(List<String> left, Attempt what) {
        try {
            what.make();
        } catch (IOException | Problem failed) {
            left.add(failed.getMessage() + "");
        }
    }

    private void makeFolder(Path folder, String mode, List<Path> made) throws IOException {
        if (Files.isDirectory(folder)) {
            if (mode.equals("rwx------")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
            }
            return;
        }
        var above = folder.getParent();
        if (above != null) {
            makeFolder(above, "rwxr-xr-x", made);
        }
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
        made.add(folder);
    }

    /** The files, in the order in which they are written: what is named by another comes before it. */
    private List<NodeFile> wanted(@Nullable Credential credential) {
        List<NodeFile> files = new ArrayList<>();
        if (credential != null) {
            files.add(file(layout.authority(), credential.authority(), PUBLIC));
            if (!isFresher(credential)) {
                files.add(file(layout.token(), credential.token(), SECRET));
            }
            files.add(file(layout.pin(), credential.cluster() + "\n", PUBLIC));
            files.add(file(layout.properties(), properties(credential), PUBLIC));
        }
        for (var unit : Layout.UNITS) {
            files.add(file(layout.unit(unit), Units.text(unit), PUBLIC));
        }
        return files;
    }

    /** Whether the token that is there was given later: the agent has renewed the one of this credential since. */
    private boolean isFresher(Credential credential) {
        var there = InstalledAgent.of(layout)
                .flatMap(agent -> agent.node().equals(credential.node())
                                && agent.server().equals(credential.server().toString())
                        ? agent.token().flatMap(Credential::life)
                        : Optional.empty());
        var given = Credential.life(credential.token());
        return there.isPresent()
                && given.isPresent()
                && there.get().issued().isAfter(given.get().issued());
    }

    private String properties(Credential credential) {
        return """
                # Written by 'capstan agent install': what the agent of this node is told.
                server=%s
                certificate-authority=%s
                token=%s
                node=%s
                program=%s
                """.formatted(
                        credential.server(),
                        layout.shown(layout.authority()),
                        layout.shown(layout.token()),
                        credential.node(),
                        Layout.PROGRAM);
    }

    private static NodeFile file(Path place, String text, String mode) {
        return new NodeFile(place, text.getBytes(StandardCharsets.UTF_8), mode);
    }

    private static boolean isThere(NodeFile file) {
        try {
            return file.isThere();
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Where SELinux is on, files get the labels that its policy has for their places; systemd runs nothing else. */
    private void label() throws IOException {
        if (Files.exists(layout.at("/sys/fs/selinux/enforce"))
                && Files.isExecutable(layout.at("/usr/sbin/restorecon"))) {
            systemctl.label(List.of(
                    "/usr/lib/capstan",
                    "/etc/capstan",
                    "/var/lib/capstan",
                    "/etc/systemd/system/" + Layout.TRUST_UNIT,
                    "/etc/systemd/system/" + Layout.AGENT_UNIT));
        }
    }
}
