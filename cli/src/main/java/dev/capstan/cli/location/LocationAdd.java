package dev.capstan.cli.location;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "add",
        description = {
            "Attaches an existing Kubernetes cluster, so that the list of a cluster created at this location is brought to its nodes.",
            "Of the kubeconfig one context's address and credential are kept, in the control plane's own store; nothing is "
                    + "changed in the cluster. Given again for the same cluster it replaces them."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  kubectl apply -k deploy",
            "  capstan location add corp-cluster --kubeconfig ~/.kube/config --context corp",
            "  capstan aks create -g dev -n corp --location corp-cluster --custom-ca-trust-certificates FileWithCAs"
        })
public final class LocationAdd implements Callable<Integer> {

    private final Session session;

    @Parameters(index = "0", paramLabel = "NAME", description = "What the location is called.")
    private String name = "";

    @Option(
            names = "--kubeconfig",
            required = true,
            paramLabel = "FILE",
            description = "How the cluster is reached: with a token, or a client certificate.")
    private Path file = Path.of("");

    @Option(names = "--context", paramLabel = "CONTEXT", description = "Its context; the current one if not given.")
    private Optional<String> context = Optional.empty();

    @Option(
            names = "--pool-label",
            paramLabel = "KEY",
            description = "Key of the node label whose value is the name of the node's pool; "
                    + "kubernetes.azure.com/agentpool if not given.")
    private Optional<String> poolLabel = Optional.empty();

    @Mixin
    private Output output = new Output();

    public LocationAdd(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        var location = Locations.name(name);
        var properties = Kubeconfig.read(file, context).toJson();
        poolLabel.ifPresent(label -> properties.put("poolLabel", label));
        try (var arm = Arm.of(session)) {
            var body = Json.object();
            body.set("properties", properties);
            var answer = arm.put(Locations.path(arm.subscription(), location, ""), body, Map.of())
                    .json();
            var without = answer.at("/properties/nodesWithoutTrust").asInt();
            if (without > 0) {
                session.messages()
                        .warning(without + " of its "
                                + answer.at("/properties/nodes").asInt()
                                + " nodes have no NodeTrust yet: capstan-controller makes them, which 'kubectl apply -k"
                                + " deploy' installs in the cluster.");
            }
            output.print(session, Locations.listed(answer));
        }
        return ExitCode.OK;
    }
}
