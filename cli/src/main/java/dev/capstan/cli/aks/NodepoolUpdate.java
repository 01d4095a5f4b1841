package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Confirmation;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.output.Pairs;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "update",
        description = "Updates a node pool. Following the Secret or not is changed on the nodes as they run.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan aks nodepool update --resource-group myResourceGroup --cluster-name myAKSCluster \\",
            "      --name myNodepool --enable-custom-ca-trust",
            "  capstan aks nodepool update -g dev --cluster-name one -n nodepool1 --max-surge 50%%"
        })
public final class NodepoolUpdate implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Mixin
    private TrustOptions trust = new TrustOptions();

    @Mixin
    private UpgradeOptions upgrade = new UpgradeOptions();

    @Option(names = "--mode", paramLabel = "MODE", description = "User or System.")
    private Optional<String> mode = Optional.empty();

    @Option(
            names = "--labels",
            arity = "0..*",
            paramLabel = "KEY=VALUE",
            description = "Labels of its nodes, in place of those it has.")
    private @Nullable List<String> labels;

    @Option(
            names = "--tags",
            arity = "0..*",
            paramLabel = "KEY=VALUE",
            description = "Tags of the pool, in place of those it has.")
    private @Nullable List<String> tags;

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Mixin
    private Output output = new Output();

    public NodepoolUpdate(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        var follows = trust.chosen(session);
        try (var arm = Arm.of(session)) {
            var path = pool.path(arm);
            var body = (ObjectNode) arm.get(path);
            var properties = body.withObjectProperty("properties");
            var changes = upgrade.into(properties)
                    || follows.isPresent()
                    || mode.isPresent()
                    || labels != null
                    || tags != null;
            if (!changes && !confirmation.isReconcileMeant(session, "pool")) {
                return ExitCode.OK;
            }
            follows.ifPresent(on -> properties.put("enableCustomCATrust", on));
            mode.ifPresent(word -> properties.put("mode", word));
            if (labels != null) {
                properties.set("nodeLabels", Pairs.of("--labels", labels));
            }
            if (tags != null) {
                properties.set("tags", Pairs.of("--tags", tags));
            }
            pool.end(session, arm, arm.put(path, body, write.headers()), write, output);
        }
        return ExitCode.OK;
    }
}
