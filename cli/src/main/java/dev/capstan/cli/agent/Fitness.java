package dev.capstan.cli.agent;

import dev.capstan.cli.session.Problem;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Whether a node is one on which the systemd form of the agent can be installed. */
final class Fitness {

    private final Layout layout;
    private final Programs programs;
    private final Systemctl systemctl;

    Fitness(Layout layout, Programs programs, Systemctl systemctl) {
        this.layout = layout;
        this.programs = programs;
        this.systemctl = systemctl;
    }

    /** Throws a {@link Problem} with everything that stands against it. */
    void check() {
        requireRoot(layout);
        List<String> wrong = new ArrayList<>(programs.problems());
        if (!Files.isDirectory(layout.at("/run/systemd/system"))) {
            wrong.add(
                    "systemd is not process 1 here: this form of the agent is for nodes that it runs; pods of the DaemonSet"
                            + " need none (docs/install.md)");
        }
        for (var folder : List.of("/usr/lib", "/etc/systemd/system", "/etc", "/var/lib")) {
            if (!Files.isWritable(layout.at(folder))) {
                wrong.add(folder
                        + " cannot be written: where the operating system is an image, build the agent into it, or"
                        + " run it as a pod of the DaemonSet (docs/install.md)");
            }
        }
        try {
            TrustStore.at(layout.root());
        } catch (TrustStoreException unsupported) {
            wrong.add(unsupported.getMessage() + "");
        }
        if (isAnotherAgentThere()) {
            wrong.add("an agent runs here that is not " + Layout.AGENT_UNIT + ": it holds " + layout.lock()
                    + ". Where it is a pod of the DaemonSet capstan-agent this node needs no other; to have this form, keep the"
                    + " DaemonSet from the node first");
        }
        if (!wrong.isEmpty()) {
            throw Problem.failed(
                    "The agent cannot be installed on this node: " + String.join("; ", wrong) + ".",
                    "Nothing was changed.");
        }
    }

    /** Throws a {@link Problem} if this is not root. */
    static void requireRoot(Layout layout) {
        try {
            if (Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                return;
            }
        } catch (IOException unknown) {
            // As good as somebody else.
        }
        throw Problem.failed(
                "You are not root, and it is about " + layout.shown(layout.configuration())
                        + " and the trust store of the whole machine.",
                "Run it as root: sudo capstan agent …");
    }

    private boolean isAnotherAgentThere() {
        if (!Files.exists(layout.lock()) || systemctl.says("is-active", Layout.AGENT_UNIT)) {
            return false;
        }
        try (var file = FileChannel.open(layout.lock(), StandardOpenOption.WRITE);
                var lock = file.tryLock()) {
            return lock == null;
        } catch (IOException unreadable) {
            return false;
        }
    }
}
