package dev.capstan.cli.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Messages;
import dev.capstan.cli.session.Problem;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a node's agent, gathered without a judgement.
 *
 * @param agent absent where none is installed
 * @param version the folder of the program in use; empty where there is none
 * @param agentUnit what systemd says of the agent's unit
 * @param trustUnit what it says of the unit of the boot
 * @param lastWords what the agent wrote last, with times
 * @param pin the UID of the cluster that the node belongs to; empty where it has met none
 * @param life of the token; absent where there is none that says it
 * @param lastGood the set that the agent last was told; absent where it was told none
 * @param answer what the cluster says; absent where it was not asked
 */
record StatusFacts(
        @Nullable InstalledAgent agent,
        String version,
        Map<String, String> agentUnit,
        Map<String, String> trustUnit,
        List<String> lastWords,
        String pin,
        Credential.@Nullable Life life,
        @Nullable LastGood lastGood,
        @Nullable ClusterAnswer answer) {

    /**
     * The set on the disk.
     *
     * @param fingerprint of the set
     * @param certificates how many there are
     * @param since when it was recorded
     */
    record LastGood(String fingerprint, int certificates, Instant since) {}

    /**
     * What the cluster says to the agent's own credential.
     *
     * @param failure why it says nothing; empty where it does
     * @param uid of its namespace {@code kube-system}
     * @param nodeTrust the NodeTrust; a missing node where there is none
     * @param lease the Lease; a missing node where there is none
     */
    record ClusterAnswer(String failure, String uid, JsonNode nodeTrust, JsonNode lease) {}

    static StatusFacts of(Layout layout, Messages messages) {
        var agent = InstalledAgent.of(layout);
        var systemctl = new Systemctl(layout.root());
        return new StatusFacts(
                agent.orElse(null),
                new Programs(layout, Programs.running())
                        .inUse()
                        .map(folder -> String.valueOf(folder.getFileName()))
                        .orElse(""),
                unit(systemctl, Layout.AGENT_UNIT),
                unit(systemctl, Layout.TRUST_UNIT),
                new AgentService(systemctl).lastWords(),
                InstalledAgent.pin(layout).orElse(""),
                agent.flatMap(InstalledAgent::token).flatMap(Credential::life).orElse(null),
                lastGood(layout.lastGood()).orElse(null),
                agent.flatMap(one -> one.kubeconfig().map(way -> ask(way, one.node(), messages)))
                        .orElse(null));
    }

    private static Map<String, String> unit(Systemctl systemctl, String name) {
        return systemctl.show(
                name,
                "ActiveState",
                "SubState",
                "UnitFileState",
                "MainPID",
                "NRestarts",
                "Result",
                "ActiveEnterTimestamp",
                "ExecMainStatus");
    }

    private static ClusterAnswer ask(Kubeconfig way, String node, Messages messages) {
        try (var cluster = new Cluster(way, messages)) {
            var uid = cluster.uid();
            return new ClusterAnswer(
                    "",
                    uid,
                    cluster.find("/apis/" + Names.API_VERSION + "/" + NodeTrust.PLURAL + "/" + node)
                            .orElse(Json.missing()),
                    cluster.find("/apis/coordination.k8s.io/v1/namespaces/" + Names.SYSTEM_NAMESPACE + "/leases/"
                                    + node)
                            .orElse(Json.missing()));
        } catch (Problem failed) {
            return new ClusterAnswer(failed.getMessage() + "", "", Json.missing(), Json.missing());
        }
    }

    /** The file's first lines are for people too: its format, the fingerprint; each certificate has a line of its sources. */
    private static Optional<LastGood> lastGood(Path file) {
        try {
            var lines = Files.readAllLines(file);
            return Optional.of(new LastGood(
                    lines.stream()
                            .filter(line -> line.startsWith("fingerprint "))
                            .map(line -> line.substring(line.indexOf(' ') + 1))
                            .findFirst()
                            .orElse(""),
                    (int) lines.stream()
                            .filter(line -> line.startsWith("sources "))
                            .count(),
                    Files.getLastModifiedTime(file).toInstant()));
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
