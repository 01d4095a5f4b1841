package dev.capstan.cli.node;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.cli.output.Confirmation;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import dev.capstan.cli.truststore.RootOption;
import dev.capstan.proof.cri.CriClient;
import dev.capstan.runtime.SocketCheck;
import dev.capstan.runtime.prepare.Assessment;
import dev.capstan.runtime.prepare.Given;
import dev.capstan.runtime.prepare.NodePreparation;
import dev.capstan.runtime.prepare.PreparationException;
import dev.capstan.truststore.Family;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.Wanted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "prepare",
        description = {
            "Prepares the containerd of this node, which Capstan did not make, so that certificates come and go without a"
                    + " restart: shows what changes, asks, changes it, restarts containerd once and sees that it answers and"
                    + " that no container was lost. Else everything is put back.",
            "Run it on the node, as root; it needs no control plane."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 the node is prepared (--undo: as it was), 1 failed or refused, 2 wrong command line, 3 --plan: something"
                    + " would change",
            "  capstan node prepare --plan",
            "  capstan node prepare --yes",
            "  capstan node prepare --undo"
        })
public final class NodePrepare implements Callable<Integer> {

    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** What {@code --plan} ends with where something would change, as {@code truststore plan} does. */
    private static final int WOULD_CHANGE = 3;

    private final Session session;

    @Mixin
    private RootOption root = new RootOption();

    /** Not both. */
    private static final class Way {

        @Option(names = "--plan", description = "Show what would change, and change nothing.")
        private boolean plan;

        @Option(
                names = "--undo",
                description = "Bring back every file as it was, byte for byte, and restart containerd once.")
        private boolean undo;
    }

    @ArgGroup
    private Way way = new Way();

    @Option(
            names = "--host-directories",
            description = "Give registry host directories that hide Capstan's certificates a link to the node's bundle,"
                    + " where that changes no file that is there.")
    private boolean hostDirectories;

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Mixin
    private TextOrJson output = new TextOrJson();

    public NodePrepare(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var node = NodePreparation.at(root.path().toAbsolutePath().normalize(), Path.of("/proc"));
        try {
            return way.undo ? undo(node) : prepare(node, given());
        } catch (PreparationException e) {
            throw new Problem(ExitCode.FAILED, String.valueOf(e.getMessage()), "", e);
        }
    }

    private int prepare(NodePreparation node, Given given) throws PreparationException {
        var found = node.look(given);
        var words = new PreparationWords(found);
        if (found instanceof Assessment.Refused || found instanceof Assessment.Prepared || way.plan) {
            output.print(session, words.json(), words.text());
            return found instanceof Assessment.Refused
                    ? ExitCode.FAILED
                    : found instanceof Assessment.Prepared ? ExitCode.OK : WOULD_CHANGE;
        }
        if (!output.isJson()) {
            session.out().print(words.text());
            session.out().flush();
        }
        if (!confirmation.isGiven(session)) {
            return ExitCode.FAILED;
        }
        warnOfContainer();
        var done = node.apply(given, check(), session.messages()::progress);
        if (done instanceof Assessment.Refused) {
            var refused = new PreparationWords(done);
            output.print(session, refused.json(), refused.text());
            return ExitCode.FAILED;
        }
        output.print(
                session,
                words.json().put("state", "Done"),
                String.format("Done. 'capstan node prepare --undo' takes it back.%n"));
        return ExitCode.OK;
    }

    private int undo(NodePreparation node) throws PreparationException {
        if (!confirmation.isGiven(session)) {
            return ExitCode.FAILED;
        }
        warnOfContainer();
        var done = node.undo(check(), session.messages()::progress);
        output.print(
                session,
                PreparationWords.state(done ? "Undone" : "NothingToUndo"),
                String.format(
                        done
                                ? "Done: every file is as it was.%n"
                                : "This node was not prepared; nothing to take back.%n"));
        return ExitCode.OK;
    }

    /** A session of {@code kubectl exec} runs through the containerd that is restarted. */
    private void warnOfContainer() {
        if (session.environment().containsKey(RootOption.VARIABLE)) {
            session.messages()
                    .progress(
                            "the restart cuts a session of kubectl exec, but not this command: run it again to see how it"
                                    + " ended");
        }
    }

    /** What the trust store holds, told apart. */
    private Given given() {
        var store = root.store();
        var ours = RootOption.doing(store::asked).map(Wanted::certificates).orElse(CertificateSet.empty());
        var roots = RootOption.doing(store::withoutOurs);
        if (!Files.isRegularFile(roots)) {
            if (!ours.isEmpty()) {
                throw Problem.failed(
                        "The trust store holds certificates of Capstan's, and " + roots
                                + ", the same store without them, is gone.",
                        "Run 'capstan truststore apply', which makes it anew.");
            }
            roots = bundle(store);
        }
        return new Given(roots, ours, hostDirectories);
    }

    /** The store's own bundle, which holds nothing of ours. */
    private Path bundle(TrustStore store) {
        return store.family().outputs().stream()
                .filter(output -> output.kind() == Family.Kind.BUNDLE)
                .map(output -> root.path().resolve(output.path().substring(1)))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> Problem.failed(
                        "The trust store of " + root.path()
                                + " has no bundle, so containerd would trust no public registry.",
                        "Run " + store.family().tool() + " first."));
    }

    private static SocketCheck check() {
        return socket -> {
            try (var client = CriClient.open(socket)) {
                client.version(ANSWER);
            }
        };
    }
}
