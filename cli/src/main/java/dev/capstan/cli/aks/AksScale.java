package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "scale",
        description = "Changes how many nodes a cluster's pool has.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks scale -g dev -n one --node-count 4")
public final class AksScale implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Option(
            names = {"-c", "--node-count"},
            required = true,
            paramLabel = "N",
            description = "How many nodes.")
    private int nodes;

    @Option(names = "--nodepool-name", paramLabel = "POOL", description = "Which pool; needed where there are several.")
    private Optional<String> pool = Optional.empty();

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Output output = new Output();

    public AksScale(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        cluster.check();
        try (var arm = Arm.of(session)) {
            var path = cluster.path(arm);
            var body = (ObjectNode) arm.get(path);
            chosen(body).put("count", nodes);
            var begun = arm.put(path, body, write.headers());
            if (write.waits()) {
                cluster.operations(arm).await(begun, path);
                output.print(session, Shape.cluster(arm.get(path)));
            }
        }
        return ExitCode.OK;
    }

    private ObjectNode chosen(ObjectNode body) {
        var profiles = body.at("/properties/agentPoolProfiles");
        if (pool.isEmpty() && profiles.size() > 1) {
            throw Problem.failed(
                    "There are more than one node pool in the cluster. Please specify nodepool name or use capstan aks nodepool"
                            + " command to scale node pool",
                    "Name one with --nodepool-name; 'capstan aks nodepool list' shows them.");
        }
        for (var profile : profiles) {
            if (pool.isEmpty() || profile.path("name").asText().equalsIgnoreCase(pool.get())) {
                return (ObjectNode) profile;
            }
        }
        throw Problem.failed(
                "The nodepool \"" + pool.orElse("") + "\" was not found.",
                "'capstan aks nodepool list' shows those there are.");
    }
}
