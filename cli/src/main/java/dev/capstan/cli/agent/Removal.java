package dev.capstan.cli.agent;

import dev.capstan.cli.session.Problem;
import dev.capstan.proof.cri.CriClient;
import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.prepare.NodePreparation;
import dev.capstan.runtime.prepare.PreparationException;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import dev.capstan.truststore.UnsupportedRootException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes the agent from a node, and the trust that came with it: the units first, so that nobody works against it; then the set,
 * by the agent itself, which is brought to nothing and so takes from the runtime's directories what it had shown there; then
 * what {@code node prepare} did, with its one restart of the runtime; then the store, which is left as the distribution's tool
 * alone would make it; then files, and the program at last. Each step finds nothing to do where it was done, so that a run
 * that was killed or failed is completed by the next.
 */
final class Removal {

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path PROC = Path.of("/proc");

    private final Layout layout;
    private final Programs programs;
    private final Systemctl systemctl;
    private final Consumer<String> says;

    Removal(Layout layout, Programs programs, Systemctl systemctl, Consumer<String> says) {
        this.layout = layout;
        this.programs = programs;
        this.systemctl = systemctl;
        this.says = says;
    }

    /** Whether there is anything to take away. */
    boolean isNeeded() {
        return Files.exists(layout.properties())
                || Layout.UNITS.stream().anyMatch(unit -> Files.exists(layout.unit(unit)))
                || programs.inUse().isPresent()
                || Files.isDirectory(layout.agent());
    }

    /** What would be done, a line each. */
    List<String> plan(boolean keepTrust) {
        List<String> lines = new ArrayList<>();
        lines.add("stop     " + String.join(" and ", Layout.UNITS.reversed()) + ", and disable them");
        if (keepTrust) {
            lines.add(
                    "keep     the trust store and what 'capstan node prepare' did, as they are now: nothing follows the cluster"
                            + " any more, nor the distribution's updates where containerd was prepared");
        } else {
            lines.add("remove   every certificate of Capstan's from the trust store, and the last good set");
            if (isPrepared()) {
                lines.add("undo     what 'capstan node prepare' did; containerd is restarted once, containers run on");
            }
        }
        lines.add("delete   " + layout.shown(layout.configuration()) + ", "
                + layout.shown(keepTrust ? layout.agent() : layout.state()) + ", the units, "
                + layout.shown(layout.programs()));
        return lines;
    }

    /** Does it; says what its caller has to know. Throws a {@link Problem} where a step fails; what was done stays done. */
    List<String> run(boolean keepTrust) {
        List<String> remarks = new ArrayList<>();
        try {
            if (Layout.UNITS.stream().anyMatch(unit -> Files.exists(layout.unit(unit)))) {
                systemctl.run("disable", "--now", Layout.AGENT_UNIT, Layout.TRUST_UNIT);
                says.accept("stopped and disabled the units");
            }
            if (!keepTrust) {
                removeTrust(remarks);
            }
            for (var unit : Layout.UNITS) {
                Files.deleteIfExists(layout.unit(unit));
            }
            systemctl.run("daemon-reload");
            systemctl.says("reset-failed", Layout.AGENT_UNIT, Layout.TRUST_UNIT);
            Files.deleteIfExists(layout.properties());
            Files.deleteIfExists(layout.authority());
            deleteIfEmpty(layout.configuration());
            Programs.delete(keepTrust ? layout.agent() : layout.state());
            if (!keepTrust) {
                Programs.delete(layout.runtime());
            }
            says.accept("deleted units, configuration and state");
            programs.remove();
            return remarks;
        } catch (IOException failed) {
            throw Problem.failed(
                    "The agent could not be taken away whole: " + failed + ".",
                    "Mend the cause and run it again.",
                    failed);
        } catch (TrustStoreException | PreparationException failed) {
            throw Problem.failed(
                    "The trust that came with the agent could not be taken away: " + failed.getMessage(),
                    "Mend the cause and run it again, or leave the trust as it is with --keep-trust.",
                    failed);
        }
    }

    private void removeTrust(List<String> remarks) throws IOException, TrustStoreException, PreparationException {
        var prepared = isPrepared();
        var held = held();
        bringToNothing();
        if (NodePreparation.at(layout.root(), PROC)
                .undo(
                        socket -> {
                            try (var client = CriClient.open(socket)) {
                                client.version(ANSWER);
                            }
                        },
                        says)) {
            says.accept("took back what 'capstan node prepare' did");
        }
        try {
            TrustStore.at(layout.root()).uninstall();
            says.accept("the trust store is as the distribution's tool alone makes it");
        } catch (UnsupportedRootException nothingOfOurs) {
            remarks.add(nothingOfOurs.getMessage() + "");
        }
        if (held > 0 && !prepared) {
            remarks.add("A runtime that runs since before now may still trust the " + held
                    + " certificates that were taken away, until it is restarted: systemctl restart containerd");
        }
    }

    /** The agent, brought to a set of nothing, takes back what it showed the runtime, in whichever lane. */
    private void bringToNothing() throws IOException {
        if (!Files.exists(layout.properties()) || programs.inUse().isEmpty()) {
            return;
        }
        Files.deleteIfExists(layout.lastGood());
        var ran = new NodePrograms(layout.root())
                .run(
                        LIMIT,
                        List.of(Layout.PROGRAM, "agent", "--birth", "/dev/null", layout.shown(layout.properties())));
        if (!ran.succeeded()) {
            throw Problem.failed(
                    "The agent did not take the certificates away: " + ran.lastWords() + ".",
                    "Mend the cause and run it again, or leave the trust as it is with --keep-trust.");
        }
    }

    private int held() throws TrustStoreException {
        try {
            return TrustStore.at(layout.root())
                    .asked()
                    .map(wanted -> wanted.certificates().size())
                    .orElse(0);
        } catch (UnsupportedRootException nothingOfOurs) {
            return 0;
        }
    }

    private boolean isPrepared() {
        return Files.isDirectory(layout.state().resolve("runtime/prepare"));
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.delete(folder);
        } catch (NoSuchFileException | DirectoryNotEmptyException left) {
            // Gone already, or somebody else's things are in it, too.
        }
    }
}
