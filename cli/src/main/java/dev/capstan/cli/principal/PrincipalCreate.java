package dev.capstan.cli.principal;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "create",
        description = {
            "Makes a service principal, with which az and the SDKs log in, and prints its secret.",
            "Prints what 'az ad sp create-for-rbac' does. The secret is shown once and kept nowhere; 'rotate' makes another."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan principal create --display-name pipeline --role Contributor -g dev",
            "  capstan principal create --display-name monitoring --role Reader",
            "  az login --service-principal -u APP_ID -p PASSWORD --tenant TENANT"
        })
public final class PrincipalCreate implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"--display-name", "--name"},
            required = true,
            paramLabel = "NAME",
            description = "What people call it.")
    private String name = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "Reader",
            description = "Owner, Contributor or Reader; Reader if not given.")
    private String role = "";

    @Option(
            names = "--scopes",
            arity = "1..*",
            paramLabel = "ID",
            description = "ARM ids where the role holds: of the subscription, of resource groups, of clusters.")
    private @Nullable List<String> scopes;

    @Option(
            names = {"-g", "--resource-group"},
            paramLabel = "GROUP",
            description = "The same, shorter: the role holds in this resource group.")
    private Optional<String> group = Optional.empty();

    @Option(
            names = "--cluster-name",
            paramLabel = "CLUSTER",
            description = "With --resource-group: the role holds in this cluster of it alone.")
    private Optional<String> cluster = Optional.empty();

    @Mixin
    private Output output = new Output();

    public PrincipalCreate(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var body = Json.object();
            var properties = body.putObject("properties").put("displayName", name);
            var assignments = properties.putArray("assignments");
            for (var scope : scopes("/subscriptions/" + arm.subscription())) {
                assignments.addObject().put("role", role).put("scope", scope);
            }
            var path = Principals.path(arm.subscription(), UUID.randomUUID().toString(), "");
            var made = Principals.withPassword(arm.put(path, body, Map.of()).json());
            session.messages()
                    .warning("The output has the secret, which is shown this once. Keep it where secrets are kept.");
            output.print(session, made);
        }
        return ExitCode.OK;
    }

    private List<String> scopes(String subscription) {
        var all = new ArrayList<>(scopes == null ? List.of() : scopes);
        group.ifPresent(named -> all.add(subscription + "/resourceGroups/" + named
                + cluster.map(one -> "/providers/Microsoft.ContainerService/managedClusters/" + one)
                        .orElse("")));
        return all.isEmpty() ? List.of(subscription) : all;
    }
}
