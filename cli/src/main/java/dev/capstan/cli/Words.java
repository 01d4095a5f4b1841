package dev.capstan.cli;

import dev.capstan.cli.agent.AgentCredential;
import dev.capstan.cli.agent.AgentInstall;
import dev.capstan.cli.agent.AgentStatus;
import dev.capstan.cli.agent.AgentUninstall;
import dev.capstan.cli.aks.AksCreate;
import dev.capstan.cli.aks.AksDelete;
import dev.capstan.cli.aks.AksGetCredentials;
import dev.capstan.cli.aks.AksGetUpgrades;
import dev.capstan.cli.aks.AksGetVersions;
import dev.capstan.cli.aks.AksList;
import dev.capstan.cli.aks.AksOperationAbort;
import dev.capstan.cli.aks.AksPlan;
import dev.capstan.cli.aks.AksScale;
import dev.capstan.cli.aks.AksShow;
import dev.capstan.cli.aks.AksStart;
import dev.capstan.cli.aks.AksStop;
import dev.capstan.cli.aks.AksUpdate;
import dev.capstan.cli.aks.AksWait;
import dev.capstan.cli.aks.MachineList;
import dev.capstan.cli.aks.MachineShow;
import dev.capstan.cli.aks.NodepoolAdd;
import dev.capstan.cli.aks.NodepoolDelete;
import dev.capstan.cli.aks.NodepoolGetUpgrades;
import dev.capstan.cli.aks.NodepoolList;
import dev.capstan.cli.aks.NodepoolOperationAbort;
import dev.capstan.cli.aks.NodepoolScale;
import dev.capstan.cli.aks.NodepoolShow;
import dev.capstan.cli.aks.NodepoolStart;
import dev.capstan.cli.aks.NodepoolStop;
import dev.capstan.cli.aks.NodepoolUpdate;
import dev.capstan.cli.aks.NodepoolUpgrade;
import dev.capstan.cli.aks.NodepoolWait;
import dev.capstan.cli.audit.AuditList;
import dev.capstan.cli.audit.AuditVerify;
import dev.capstan.cli.azure.AccountList;
import dev.capstan.cli.azure.AccountShow;
import dev.capstan.cli.azure.ExtensionAdd;
import dev.capstan.cli.azure.ExtensionList;
import dev.capstan.cli.azure.ExtensionRemove;
import dev.capstan.cli.azure.ExtensionShow;
import dev.capstan.cli.azure.ExtensionUpdate;
import dev.capstan.cli.azure.FeatureList;
import dev.capstan.cli.azure.FeatureRegister;
import dev.capstan.cli.azure.FeatureShow;
import dev.capstan.cli.azure.FeatureUnregister;
import dev.capstan.cli.azure.GroupCreate;
import dev.capstan.cli.azure.GroupDelete;
import dev.capstan.cli.azure.GroupExists;
import dev.capstan.cli.azure.GroupList;
import dev.capstan.cli.azure.GroupShow;
import dev.capstan.cli.azure.ProviderList;
import dev.capstan.cli.azure.ProviderRegister;
import dev.capstan.cli.azure.ProviderShow;
import dev.capstan.cli.azure.Rest;
import dev.capstan.cli.certificates.CertificatesConvert;
import dev.capstan.cli.certificates.CertificatesDiff;
import dev.capstan.cli.certificates.CertificatesLint;
import dev.capstan.cli.certificates.CertificatesShow;
import dev.capstan.cli.completion.CompletionCommand;
import dev.capstan.cli.connect.ConnectAz;
import dev.capstan.cli.connect.ConnectSdk;
import dev.capstan.cli.location.LocationAdd;
import dev.capstan.cli.location.LocationList;
import dev.capstan.cli.location.LocationRemove;
import dev.capstan.cli.model.CommandModel;
import dev.capstan.cli.node.NodeDoctor;
import dev.capstan.cli.node.NodeExec;
import dev.capstan.cli.node.NodeList;
import dev.capstan.cli.node.NodePrepare;
import dev.capstan.cli.node.NodeShell;
import dev.capstan.cli.node.NodeTrust;
import dev.capstan.cli.principal.PrincipalCreate;
import dev.capstan.cli.principal.PrincipalDelete;
import dev.capstan.cli.principal.PrincipalList;
import dev.capstan.cli.principal.PrincipalRotate;
import dev.capstan.cli.session.Session;
import dev.capstan.cli.truststore.TrustStoreApply;
import dev.capstan.cli.truststore.TrustStorePlan;
import dev.capstan.cli.truststore.TrustStoreShow;
import dev.capstan.cli.truststore.TrustStoreUninstall;
import dev.capstan.cli.truststore.TrustStoreVerify;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The words of the command line, a tree. Looking at a command's options costs time, so that where the first words name a
 * command only that one is looked at; where they do not (help, a slip), all beside it are.
 */
final class Words {

    /** What one word stands for: a command, or a group with more words under it, which are made only where they are looked at. */
    private record Word(String name, Function<Session, CommandLine> maker, Supplier<List<Word>> under) {}

    private static final List<Word> TREE = List.of(
            command("status", StatusCommand::new),
            command("down", DownCommand::new),
            group(
                    "aks",
                    "Create, update, show and delete clusters; wait for them, reach them.",
                    () -> List.of(
                            command("create", AksCreate::new),
                            command("update", AksUpdate::new),
                            command("plan", AksPlan::new),
                            command("show", AksShow::new),
                            command("list", AksList::new),
                            command("delete", AksDelete::new),
                            command("scale", AksScale::new),
                            command("wait", AksWait::new),
                            command("get-credentials", AksGetCredentials::new),
                            command("operation-abort", AksOperationAbort::new),
                            command("stop", AksStop::new),
                            command("start", AksStart::new),
                            command("get-versions", AksGetVersions::new),
                            command("get-upgrades", AksGetUpgrades::new),
                            group(
                                    "machine",
                                    "List and show the machines of a node pool.",
                                    () -> List.of(
                                            command("list", MachineList::new), command("show", MachineShow::new))),
                            group(
                                    "nodepool",
                                    "Add, update, show and delete the node pools of a cluster.",
                                    () -> List.of(
                                            command("add", NodepoolAdd::new),
                                            command("update", NodepoolUpdate::new),
                                            command("show", NodepoolShow::new),
                                            command("list", NodepoolList::new),
                                            command("delete", NodepoolDelete::new),
                                            command("scale", NodepoolScale::new),
                                            command("wait", NodepoolWait::new),
                                            command("stop", NodepoolStop::new),
                                            command("start", NodepoolStart::new),
                                            command("upgrade", NodepoolUpgrade::new),
                                            command("get-upgrades", NodepoolGetUpgrades::new),
                                            command("operation-abort", NodepoolOperationAbort::new))))),
            group(
                    "node",
                    "List nodes, see what they trust and why a pull fails, run commands on them.",
                    () -> List.of(
                            command("list", NodeList::new),
                            command("trust", NodeTrust::new),
                            command("doctor", NodeDoctor::new),
                            new Word(
                                    "exec",
                                    session -> CommandModel.line(new NodeExec(session))
                                            .setStopAtPositional(true),
                                    List::of),
                            command("prepare", NodePrepare::new),
                            command("shell", NodeShell::new))),
            group(
                    "agent",
                    "Put the agent on a node of one's own, by systemd: its credential, its installation, how it does.",
                    () -> List.of(
                            command("credential", AgentCredential::new),
                            command("install", AgentInstall::new),
                            command("status", AgentStatus::new),
                            command("uninstall", AgentUninstall::new))),
            group(
                    "group",
                    "Create, show and delete resource groups.",
                    () -> List.of(
                            command("create", GroupCreate::new),
                            command("show", GroupShow::new),
                            command("list", GroupList::new),
                            command("exists", GroupExists::new),
                            command("delete", GroupDelete::new))),
            group(
                    "feature",
                    "Register preview features.",
                    () -> List.of(
                            command("register", FeatureRegister::new),
                            command("unregister", FeatureUnregister::new),
                            command("show", FeatureShow::new),
                            command("list", FeatureList::new))),
            group(
                    "provider",
                    "Register resource providers.",
                    () -> List.of(
                            command("register", ProviderRegister::new),
                            command("show", ProviderShow::new),
                            command("list", ProviderList::new))),
            group(
                    "account",
                    "Show the subscription.",
                    () -> List.of(command("show", AccountShow::new), command("list", AccountList::new))),
            group(
                    "extension",
                    "What az needs extensions for is built in.",
                    () -> List.of(
                            command("add", ExtensionAdd::new),
                            command("update", ExtensionUpdate::new),
                            command("list", ExtensionList::new),
                            command("show", ExtensionShow::new),
                            command("remove", ExtensionRemove::new))),
            group(
                    "principal",
                    "Create, list, rotate and delete the service principals that az and the SDKs log in with.",
                    () -> List.of(
                            command("create", PrincipalCreate::new),
                            command("list", PrincipalList::new),
                            command("rotate", PrincipalRotate::new),
                            command("delete", PrincipalDelete::new))),
            group(
                    "location",
                    "Attach existing Kubernetes clusters, list them, let them go.",
                    () -> List.of(
                            command("add", LocationAdd::new),
                            command("list", LocationList::new),
                            command("remove", LocationRemove::new))),
            group(
                    "connect",
                    "Point the Azure CLI and the Azure SDKs at this control plane.",
                    () -> List.of(command("az", ConnectAz::new), command("sdk", ConnectSdk::new))),
            group(
                    "audit",
                    "List who did what, and check that no record of it was touched; needs no control plane.",
                    () -> List.of(command("list", AuditList::new), command("verify", AuditVerify::new))),
            group(
                    "certificates",
                    "Lint, show, compare and convert files of certificates; needs no control plane.",
                    () -> List.of(
                            command("lint", CertificatesLint::new),
                            command("show", CertificatesShow::new),
                            command("diff", CertificatesDiff::new),
                            command("convert", CertificatesConvert::new))),
            group(
                    "truststore",
                    "Plan, change, check and show the trust store of a machine or an image; needs no control plane.",
                    () -> List.of(
                            command("plan", TrustStorePlan::new),
                            command("apply", TrustStoreApply::new),
                            command("verify", TrustStoreVerify::new),
                            command("show", TrustStoreShow::new),
                            command("uninstall", TrustStoreUninstall::new))),
            command("rest", Rest::new),
            command("configure", ConfigureCommand::new),
            command("completion", Words::completion),
            command("version", VersionCommand::new));

    /** The first words of commands that ask no control plane. */
    private static final Set<String> ALONE = Set.of(
            "account",
            "agent",
            "audit",
            "certificates",
            "completion",
            "configure",
            "connect",
            "extension",
            "truststore",
            "version");

    /** The options of {@code capstan up} (server). */
    private static final List<String> UP = List.of("--detach", "--listen", "--listen-beyond-loopback", "--machines");

    private Words() {}

    /** Adds what the arguments need; everything, if there are none. */
    static void add(CommandLine root, Session session, List<String> arguments) {
        add(root, TREE, session, arguments);
    }

    private static void add(CommandLine line, List<Word> words, Session session, List<String> arguments) {
        var named = named(words, arguments);
        if (named.isPresent()) {
            add(line, named.get(), session, arguments.subList(1, arguments.size()));
        } else {
            words.forEach(word -> add(line, word, session, List.of()));
        }
    }

    private static void add(CommandLine line, Word word, Session session, List<String> arguments) {
        var one = word.maker().apply(session);
        add(one, word.under().get(), session, arguments);
        line.addSubcommand(word.name(), one);
    }

    /** The word that the first of the arguments is. */
    private static Optional<Word> named(List<Word> words, List<String> arguments) {
        for (var word : words) {
            if (!arguments.isEmpty() && word.name().equals(arguments.getFirst())) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }

    /** Whether the words name a command that asks the control plane, as far as they tell at once. */
    static boolean askControlPlane(List<String> arguments) {
        return named(TREE, arguments)
                .filter(word -> !ALONE.contains(word.name()))
                .isPresent();
    }

    /** Completes the server's command too, which is none of these. */
    private static CompletionCommand completion(Session session) {
        return new CompletionCommand(session, () -> {
            var whole = Capstan.commandLine(session);
            var up = CommandSpec.create().name("up");
            up.usageMessage().description("Start the control plane.");
            UP.forEach(name -> up.addOption(OptionSpec.builder(name).build()));
            return whole.addSubcommand("up", up);
        });
    }

    private static Word command(String name, Function<Session, Object> command) {
        return new Word(name, session -> CommandModel.line(command.apply(session)), List::of);
    }

    private static Word group(String name, String description, Supplier<List<Word>> under) {
        return new Word(name, session -> Group.line(name, description), under);
    }
}
