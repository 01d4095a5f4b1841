package dev.capstan.cli;

import dev.capstan.cli.aks.AksCreate;
import dev.capstan.cli.aks.AksDelete;
import dev.capstan.cli.aks.AksGetCredentials;
import dev.capstan.cli.aks.AksList;
import dev.capstan.cli.aks.AksOperationAbort;
import dev.capstan.cli.aks.AksPlan;
import dev.capstan.cli.aks.AksScale;
import dev.capstan.cli.aks.AksShow;
import dev.capstan.cli.aks.AksUpdate;
import dev.capstan.cli.aks.AksWait;
import dev.capstan.cli.aks.NodepoolAdd;
import dev.capstan.cli.aks.NodepoolDelete;
import dev.capstan.cli.aks.NodepoolList;
import dev.capstan.cli.aks.NodepoolOperationAbort;
import dev.capstan.cli.aks.NodepoolScale;
import dev.capstan.cli.aks.NodepoolShow;
import dev.capstan.cli.aks.NodepoolUpdate;
import dev.capstan.cli.azure.AccountList;
import dev.capstan.cli.azure.AccountShow;
import dev.capstan.cli.azure.ExtensionAdd;
import dev.capstan.cli.azure.ExtensionList;
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
import dev.capstan.cli.node.NodeDoctor;
import dev.capstan.cli.node.NodeExec;
import dev.capstan.cli.node.NodeList;
import dev.capstan.cli.node.NodePrepare;
import dev.capstan.cli.node.NodeShell;
import dev.capstan.cli.node.NodeTrust;
import dev.capstan.cli.session.Session;
import dev.capstan.cli.truststore.TrustStoreApply;
import dev.capstan.cli.truststore.TrustStorePlan;
import dev.capstan.cli.truststore.TrustStoreShow;
import dev.capstan.cli.truststore.TrustStoreUninstall;
import dev.capstan.cli.truststore.TrustStoreVerify;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * The words of the command line, a tree. Looking at a command's options costs time, so that where the first words name a
 * command only that one is looked at; where they do not (help, a slip), all beside it are.
 */
final class Words {

    /** What one word stands for: a command, or a group with more words under it. */
    private record Word(String name, Function<Session, CommandLine> maker, List<Word> under) {}

    private static final List<Word> TREE = List.of(
            command("status", StatusCommand::new),
            command("down", DownCommand::new),
            group(
                    "aks",
                    "Create, update, show and delete clusters; wait for them, reach them.",
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
                    group(
                            "nodepool",
                            "Add, update, show and delete the node pools of a cluster.",
                            command("add", NodepoolAdd::new),
                            command("update", NodepoolUpdate::new),
                            command("show", NodepoolShow::new),
                            command("list", NodepoolList::new),
                            command("delete", NodepoolDelete::new),
                            command("scale", NodepoolScale::new),
                            command("operation-abort", NodepoolOperationAbort::new))),
            group(
                    "node",
                    "List nodes, see what they trust and why a pull fails, run commands on them.",
                    command("list", NodeList::new),
                    command("trust", NodeTrust::new),
                    command("doctor", NodeDoctor::new),
                    new Word(
                            "exec",
                            session -> new CommandLine(new NodeExec(session)).setStopAtPositional(true),
                            List.of()),
                    command("prepare", NodePrepare::new),
                    command("shell", NodeShell::new)),
            group(
                    "group",
                    "Create, show and delete resource groups.",
                    command("create", GroupCreate::new),
                    command("show", GroupShow::new),
                    command("list", GroupList::new),
                    command("exists", GroupExists::new),
                    command("delete", GroupDelete::new)),
            group(
                    "feature",
                    "Register preview features.",
                    command("register", FeatureRegister::new),
                    command("unregister", FeatureUnregister::new),
                    command("show", FeatureShow::new),
                    command("list", FeatureList::new)),
            group(
                    "provider",
                    "Register resource providers.",
                    command("register", ProviderRegister::new),
                    command("show", ProviderShow::new),
                    command("list", ProviderList::new)),
            group(
                    "account",
                    "Show the subscription.",
                    command("show", AccountShow::new),
                    command("list", AccountList::new)),
            group(
                    "extension",
                    "What az needs extensions for is built in.",
                    command("add", ExtensionAdd::new),
                    command("update", ExtensionUpdate::new),
                    command("list", ExtensionList::new)),
            group(
                    "certificates",
                    "Lint, show, compare and convert files of certificates; needs no control plane.",
                    command("lint", CertificatesLint::new),
                    command("show", CertificatesShow::new),
                    command("diff", CertificatesDiff::new),
                    command("convert", CertificatesConvert::new)),
            group(
                    "truststore",
                    "Plan, change, check and show the trust store of a machine or an image; needs no control plane.",
                    command("plan", TrustStorePlan::new),
                    command("apply", TrustStoreApply::new),
                    command("verify", TrustStoreVerify::new),
                    command("show", TrustStoreShow::new),
                    command("uninstall", TrustStoreUninstall::new)),
            command("rest", Rest::new),
            command("version", VersionCommand::new));

    private Words() {}

    /** Adds what the arguments need; everything, if there are none. */
    static void add(CommandLine root, Session session, List<String> arguments) {
        add(root, TREE, session, arguments);
    }

    private static void add(CommandLine line, List<Word> words, Session session, List<String> arguments) {
        for (var word : words) {
            if (!arguments.isEmpty() && word.name().equals(arguments.getFirst())) {
                var one = word.maker().apply(session);
                add(one, word.under(), session, arguments.subList(1, arguments.size()));
                line.addSubcommand(word.name(), one);
                return;
            }
        }
        for (var word : words) {
            var one = word.maker().apply(session);
            add(one, word.under(), session, List.of());
            line.addSubcommand(word.name(), one);
        }
    }

    private static Word command(String name, Function<Session, Object> command) {
        return new Word(name, session -> new CommandLine(command.apply(session)), List.of());
    }

    private static Word group(String name, String description, Word... under) {
        return new Word(name, session -> Group.line(name, description), List.of(under));
    }
}
