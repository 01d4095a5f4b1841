package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.capstan.certificates.Finding;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.certificatefile.CertificateFile;
import dev.capstan.cli.kubernetes.Api;
import dev.capstan.cli.kubernetes.ClusterId;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reads what {@link AksUpdate} would read, and what the cluster's API says of its nodes; writes nothing. */
@Command(
        name = "plan",
        description = {
            "Shows what 'aks update' with this file would change, and changes nothing: which certificates it would add, remove"
                    + " and leave, what there is to say of the file, which nodes would be replaced, which proven endpoints"
                    + " would break."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 nothing would change, 1 failed, or the update would be refused, 2 wrong command line, 3 something would",
            "  change (with a result), or there is no such cluster (without one)",
            "  capstan aks plan -g dev -n one --custom-ca-trust-certificates FileWithCAs",
            "  capstan aks plan -g dev -n one --ca-certs FileWithCAs -o table"
        })
public final class AksPlan implements Callable<Integer> {

    /** As {@code truststore plan} has it: something would change. */
    private static final int WOULD_CHANGE = 3;

    /** Nothing runs in these (AKS: provisioningState). */
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed", "Canceled", "");

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private CertificatesOption certificates = new CertificatesOption();

    @Mixin
    private Output output = new Output();

    public AksPlan(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        cluster.check();
        var path = certificates
                .path()
                .orElseThrow(() -> new Problem(
                        ExitCode.USAGE,
                        "the following arguments are required: --custom-ca-trust-certificates",
                        "Name the file that 'aks update' would be given; see 'capstan aks plan --help'.",
                        null));
        var reading = CertificateFile.list(session, path);
        if (reading.certificates().isEmpty()) {
            session.messages().warning(path + " is empty: the list of the cluster would be cleared.");
        }
        var resource = resource();
        var plan = ListPlan.of(resource, CertificateFile.entries(reading), nodes(), InstantSource.system());
        var json = plan.json();
        json.set("findings", findings(reading.findings()));
        output.print(session, json, ListPlan::rows);
        return said(plan, resource.at("/properties/provisioningState").asText(""));
    }

    private JsonNode resource() {
        try (var arm = Arm.of(session)) {
            return arm.get(cluster.path(arm));
        }
    }

    /** The cluster's nodes; none while its API is not served yet. */
    private List<Node> nodes() {
        var id = ClusterId.of(session.home().subscription(), cluster.group(), cluster.name());
        try (var api = Api.of(session)) {
            return api.find(ManagedCluster.path(id))
                    .map(ManagedCluster::new)
                    .filter(found -> !found.endpoint().isEmpty())
                    .map(found -> Node.of(api, found))
                    .orElse(List.of());
        }
    }

    private static ArrayNode findings(List<Finding> findings) {
        var json = Json.array();
        for (var finding : findings) {
            json.addObject()
                    .put("code", finding.code().word())
                    .put("severity", finding.severity().word())
                    .put("line", finding.place().line())
                    .put("column", finding.place().column())
                    .put("message", finding.message())
                    .put("fix", finding.fix())
                    .put("page", finding.page());
        }
        return json;
    }

    /** Says the plan in words beside its result, and what stands against it; the exit code. */
    private int said(ListPlan plan, String state) {
        var messages = session.messages();
        messages.progress(plan.summary());
        for (var endpoint : plan.endangered()) {
            messages.warning("this takes a CA away that an endpoint needs: " + endpoint.words());
        }
        if (!ENDED.contains(state)) {
            messages.warning("The cluster is " + state + ": an update is refused while an operation runs.");
        }
        if (!plan.held().isEmpty()) {
            messages.warning("The removal guard would refuse the update (RemovalWouldBreakEndpoints).");
            return ExitCode.FAILED;
        }
        return plan.changes() ? WOULD_CHANGE : ExitCode.OK;
    }
}
