package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.output.Pairs;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "add",
        description = "Adds a node pool to a cluster.",
        footerHeading = "%nExample:%n",
        footer = {
            "  capstan aks nodepool add --cluster-name myAKSCluster --resource-group myResourceGroup \\",
            "      --name myNodepool --enable-custom-ca-trust --os-type Linux"
        })
public final class NodepoolAdd implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Option(
            names = {"-c", "--node-count"},
            paramLabel = "N",
            defaultValue = "3",
            description = "How many nodes; ${DEFAULT-VALUE} if not given.")
    private int nodes;

    @Option(
            names = {"-s", "--node-vm-size"},
            paramLabel = "SIZE",
            defaultValue = "",
            description = "Kept and shown; a local machine has the host's size.")
    private String vmSize = "";

    @Option(
            names = "--os-type",
            paramLabel = "TYPE",
            defaultValue = "Linux",
            description = "Linux; Windows is refused, as AKS refuses it for custom CAs.")
    private String osType = "Linux";

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "User",
            description = "User (if not given) or System.")
    private String mode = "User";

    @Mixin
    private TrustOptions.Enable trust = new TrustOptions.Enable();

    @Mixin
    private UpgradeOptions upgrade = new UpgradeOptions();

    @Option(names = "--labels", arity = "0..*", paramLabel = "KEY=VALUE", description = "Labels of its nodes.")
    private @Nullable List<String> labels;

    @Option(names = "--tags", arity = "0..*", paramLabel = "KEY=VALUE", description = "Tags of the pool.")
    private @Nullable List<String> tags;

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Output output = new Output();

    public NodepoolAdd(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        var body = Json.object();
        body.set("properties", properties());
        try (var arm = Arm.of(session)) {
            for (var there : arm.list(pool.pools(arm))) {
                if (there.path("name").asText().equalsIgnoreCase(pool.name())) {
                    throw Problem.failed(
                            ("Node pool %s already exists, please try a different name, use 'aks nodepool list' to get"
                                            + " current list of node pool")
                                    .formatted(pool.name()),
                            "'capstan aks nodepool update' changes one that is there.");
                }
            }
            var path = pool.path(arm);
            pool.end(session, arm, arm.put(path, body, write.headers()), write, output);
        }
        return ExitCode.OK;
    }

    private ObjectNode properties() {
        var properties = NewCluster.pool(nodes, mode, vmSize, osType).put("scaleDownMode", "Delete");
        properties.remove("orchestratorVersion");
        properties.withObjectProperty("upgradeSettings").put("undrainableNodeBehavior", "Schedule");
        upgrade.into(properties);
        if (trust.isAsked(session, osType)) {
            properties.put("enableCustomCATrust", true);
        }
        if (labels != null) {
            properties.set("nodeLabels", Pairs.of("--labels", labels));
        }
        if (tags != null) {
            properties.set("tags", Pairs.of("--tags", tags));
        }
        return properties;
    }
}
