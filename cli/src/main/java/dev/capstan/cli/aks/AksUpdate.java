package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.certificatefile.CertificateFile;
import dev.capstan.cli.output.Confirmation;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.output.Pairs;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads the cluster, changes what was asked for and writes it back whole, as az does: what it does not know it keeps. */
@Command(
        name = "update",
        description = {
            "Updates a cluster. Another list of certificates replaces the nodes, pool by pool: new ones are made with it,",
            "old ones are drained and deleted. The same certificates in another order or form replace none."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan aks update --resource-group myResourceGroup --name myAKSCluster \\",
            "      --custom-ca-trust-certificates FileWithCAs",
            "  capstan aks update -g dev -n one --ca-certs /dev/null        # clears the list",
            "  capstan aks update -g dev -n one --tags team=a"
        })
public final class AksUpdate implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private CertificatesOption certificates = new CertificatesOption();

    @Mixin
    private TrustOptions trust = new TrustOptions();

    @Option(
            names = "--tags",
            arity = "0..*",
            paramLabel = "KEY=VALUE",
            description = "Tags of the cluster, in place of those it has; \"\" clears them.")
    private @Nullable List<String> tags;

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Mixin
    private Output output = new Output();

    public AksUpdate(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        cluster.check();
        var follows = trust.chosen(session);
        var entries = certificates.path().map(path -> CertificateFile.entries(session, path));
        if (follows.isEmpty()
                && entries.isEmpty()
                && tags == null
                && !confirmation.isReconcileMeant(session, "cluster")) {
            return ExitCode.OK;
        }
        try (var arm = Arm.of(session)) {
            var path = cluster.path(arm);
            var body = (ObjectNode) arm.get(path);
            if (tags != null) {
                body.set("tags", Pairs.of("--tags", tags));
            }
            var properties = body.withObjectProperty("properties");
            entries.ifPresent(list -> replace(properties, list));
            follows.ifPresent(on -> properties
                    .path("agentPoolProfiles")
                    .forEach(pool -> ((ObjectNode) pool).put("enableCustomCATrust", on)));
            var begun = arm.put(path, body, write.headers());
            if (write.waits()) {
                cluster.operations(arm).await(begun, path);
                output.print(session, Shape.cluster(arm.get(path)));
            }
        }
        return ExitCode.OK;
    }

    private void replace(ObjectNode properties, List<String> entries) {
        if (entries.isEmpty()) {
            session.messages()
                    .warning(certificates.path().orElse("") + " is empty: the list of the cluster is cleared.");
        }
        var list = properties.withObjectProperty("securityProfile").putArray("customCATrustCertificates");
        entries.forEach(list::add);
    }
}
