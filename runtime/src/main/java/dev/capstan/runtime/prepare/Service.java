package dev.capstan.runtime.prepare;

import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.UnitRestart;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who starts the runtime: a unit of systemd, or the supervisor of a machine that Capstan made.
 *
 * @param unit the unit's name, such as {@code containerd.service}
 * @param prefix what the name of a variable begins with that is meant for the runtime: k3s and RKE2 are one process with
 *     kubelet and more, and hand {@code CONTAINERD_NAME} to containerd as {@code NAME} (k3s: pkg/agent/containerd)
 * @param supervised whether it is the supervisor of a machine that Capstan made, which knows the environment from birth on
 * @param properties what systemd says of the unit
 */
record Service(String unit, String prefix, boolean supervised, Map<String, String> properties) {

    /** How long systemd may take to answer a question. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final String SYSTEMD_RUNS = "/run/systemd/system";
    private static final String SUPERVISOR = "/run/capstan/supervisor";
    private static final String PROPERTIES =
            "LoadState,FragmentPath,DropInPaths,Environment,ExecStart,KillMode,MainPID";

    Service {
        properties = new TreeMap<>(properties);
    }

    /** A supervised machine's; nothing is asked. */
    static Service ofMachine() {
        return new Service("containerd", "", true, Map.of());
    }

    /**
     * The service that a cgroup belongs to, asked of whoever runs services on this node.
     *
     * @param unit the unit's name that the process's cgroup tells; empty where it tells none
     * @return empty where neither systemd nor a supervisor of ours runs
     */
    static Optional<Service> find(NodeFiles files, NodePrograms programs, Optional<String> unit) throws IOException {
        if (files.exists(SUPERVISOR)) {
            return Optional.of(ofMachine());
        }
        if (!files.exists(SYSTEMD_RUNS)) {
            return Optional.empty();
        }
        String name = unit.orElse("containerd.service");
        boolean whole = name.matches("(k3s|rke2)(-[a-z]+)*\\.service");
        return Optional.of(new Service(name, whole ? "CONTAINERD_" : "", false, asked(programs, name)));
    }

    private static Map<String, String> asked(NodePrograms programs, String unit) throws IOException {
        NodePrograms.Ran shown = programs.run(ANSWER, List.of("systemctl", "show", "-p", PROPERTIES, unit));
        if (!shown.succeeded()) {
            throw new IOException("systemctl show " + unit + " failed: " + shown.lastWords());
        }
        Map<String, String> properties = new LinkedHashMap<>();
        for (String line : shown.output().split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                properties.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return properties;
    }

    /** The same service, as systemd knows it now. */
    Service again(NodePrograms programs) throws IOException {
        return supervised ? this : new Service(unit, prefix, false, asked(programs, unit));
    }

    /** Whether containerd is only one of several things in the service's process, kubelet among them. */
    boolean isWhole() {
        return !prefix.isEmpty();
    }

    String property(String name) {
        return properties.getOrDefault(name, "");
    }

    /** The drop-in of ours; none where the environment is the supervisor's matter. */
    Optional<String> dropIn() {
        return supervised ? Optional.empty() : Optional.of("/etc/systemd/system/" + unit + ".d/50-capstan.conf");
    }

    /** What our drop-in says. */
    String dropInText(Map<String, String> environment) {
        StringBuilder text = new StringBuilder("""
                # Written by 'capstan node prepare'; 'capstan node prepare --undo' takes it away again.
                [Service]
                """);
        new TreeMap<>(environment)
                .forEach((name, value) -> text.append("Environment=")
                        .append(prefix)
                        .append(name)
                        .append('=')
                        .append(value)
                        .append('\n'));
        return text.toString();
    }

    /** Those of the variables that the unit gives another value or none, as systemd has read its files. */
    List<String> missing(Map<String, String> environment) {
        List<String> words = List.of(property("Environment").split(" "));
        return new TreeMap<>(environment)
                .entrySet().stream()
                        .map(variable -> prefix + variable.getKey() + "=" + variable.getValue())
                        .filter(wanted -> !wanted.equals(words.stream()
                                .filter(word -> word.startsWith(wanted.substring(0, wanted.indexOf('=') + 1)))
                                .reduce("", (first, last) -> last)))
                        .toList();
    }

    /** Has systemd read its files again. */
    void reload(NodePrograms programs) throws IOException {
        if (!supervised) {
            NodePrograms.Ran done = programs.run(ANSWER, List.of("systemctl", "daemon-reload"));
            if (!done.succeeded()) {
                throw new IOException("systemctl daemon-reload failed: " + done.lastWords());
            }
        }
    }

    /** What restarts the runtime. */
    UnitRestart restart() {
        return UnitRestart.of(unit);
    }

    /** The restart in words. */
    String restartWords() {
        return restart() + (isWhole() ? " (" + unit + " is one service with kubelet and more: they restart too)" : "");
    }
}
