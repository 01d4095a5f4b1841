package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.certificatefile.CertificateFile;
import dev.capstan.cli.output.Confirmation;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.output.Pairs;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "create",
        description = "Creates a cluster, and waits until its nodes are ready.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan aks create --resource-group myResourceGroup --name myAKSCluster --node-count 2 \\",
            "      --custom-ca-trust-certificates FileWithCAs --generate-ssh-keys",
            "  capstan aks create -g dev -n one --node-count 2 --enable-custom-ca-trust"
        })
public final class AksCreate implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Option(
            names = {"-l", "--location"},
            paramLabel = "LOCATION",
            description = "Where its machines are; the resource group's location if not given.")
    private Optional<String> location = Optional.empty();

    @Option(
            names = {"-c", "--node-count"},
            paramLabel = "N",
            defaultValue = "3",
            description = "How many nodes; ${DEFAULT-VALUE} if not given.")
    private int nodes;

    @Option(
            names = "--nodepool-name",
            paramLabel = "POOL",
            defaultValue = "nodepool1",
            description = "Name of the node pool; ${DEFAULT-VALUE} if not given.")
    private String pool = "nodepool1";

    @Option(
            names = {"-s", "--node-vm-size"},
            paramLabel = "SIZE",
            defaultValue = "",
            description = "Kept and shown; a local machine has the host's size.")
    private String vmSize = "";

    @Option(
            names = {"-k", "--kubernetes-version"},
            paramLabel = "VERSION",
            defaultValue = "",
            description = "Kept and shown.")
    private String version = "";

    @Option(names = "--nodepool-labels", arity = "0..*", paramLabel = "KEY=VALUE", description = "Labels of the nodes.")
    private @Nullable List<String> labels;

    @Mixin
    private CertificatesOption certificates = new CertificatesOption();

    @Mixin
    private TrustOptions.Enable trust = new TrustOptions.Enable();

    // Taken, as az takes them; neither is asked for anything here.
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private SshOptions ssh = new SshOptions();

    @Option(names = "--tags", arity = "0..*", paramLabel = "KEY=VALUE", description = "Tags of the cluster.")
    private @Nullable List<String> tags;

    @Mixin
    private WriteOptions write = new WriteOptions();

    @SuppressWarnings("UnusedVariable")
    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Mixin
    private Output output = new Output();

    public AksCreate(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        cluster.check();
        List<String> entries = new ArrayList<>();
        certificates.path().ifPresent(path -> {
            entries.addAll(CertificateFile.entries(session, path));
            if (entries.isEmpty()) {
                session.messages().warning(path + " holds no certificate: the cluster gets none.");
            }
        });
        try (var arm = Arm.of(session)) {
            var path = cluster.path(arm);
            if (arm.find(path).isPresent()) {
                throw Problem.failed(
                        ("The cluster '%s' under resource group '%s' already exists. Please use command 'capstan aks update'"
                                        + " to update the existing cluster, or select a different cluster name to create a"
                                        + " new cluster.")
                                .formatted(cluster.name(), cluster.group()),
                        "'capstan aks show -g %s -n %s' shows it.".formatted(cluster.group(), cluster.name()));
            }
            var where = location.orElseGet(() -> arm.get(ArmPath.group(arm.subscription(), cluster.group()))
                    .path("location")
                    .asText());
            var begun = arm.put(path, body(arm, where, entries), write.headers());
            if (write.waits()) {
                cluster.operations(arm).await(begun, path);
                output.print(session, Shape.cluster(arm.get(path)));
            }
        }
        return ExitCode.OK;
    }

    private ObjectNode body(Arm arm, String where, List<String> entries) {
        var profile = NewCluster.pool(nodes, "System", vmSize, "Linux").put("name", pool);
        // Absent, and not false, where it was not asked for: only who has registered the preview may name it.
        if (trust.isAsked(session)) {
            profile.put("enableCustomCATrust", true);
        }
        if (labels != null) {
            profile.set("nodeLabels", Pairs.of("--nodepool-labels", labels));
        }
        var body = NewCluster.body(arm.subscription(), cluster, where, profile);
        if (tags != null) {
            body.set("tags", Pairs.of("--tags", tags));
        }
        var properties = body.withObjectProperty("properties").put("kubernetesVersion", version);
        if (!entries.isEmpty()) {
            var list = properties.putObject("securityProfile").putArray("customCATrustCertificates");
            entries.forEach(list::add);
        }
        return body;
    }
}
