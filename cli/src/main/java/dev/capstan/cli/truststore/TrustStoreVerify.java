package dev.capstan.cli.truststore;

import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import dev.capstan.truststore.reader.ClientViews;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "verify",
        description = {
            "Reads the trust store as OpenSSL (bundle and hash directory), GnuTLS, Go and Java each would, and names every"
                    + " certificate on which they do not agree, and all that is not as it was last asked for.",
            "Not looked at, because no file of the store tells of it: SSL_CERT_FILE, SSL_CERT_DIR and kin in the environment of"
                    + " a process, and programs with a store of their own (Node.js, browsers, other JDKs)."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 all agree, 1 failed, 2 wrong command line, 3 they do not, or it is not as asked for",
            "  capstan truststore verify",
            "  capstan truststore verify --root /mnt/image -o json"
        })
public final class TrustStoreVerify implements Callable<Integer> {

    private final Session session;

    @Mixin
    private RootOption root = new RootOption();

    @Mixin
    private TextOrJson output = new TextOrJson();

    public TrustStoreVerify(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var store = root.store();
        var words = new StoreWords(root.path(), store.family());
        var verdict = new Verdict(
                RootOption.doing(store::asked),
                RootOption.doing(store::read),
                RootOption.doing(() -> ClientViews.of(root.path())));
        output.print(session, verdict.json(words.json()), words.title() + verdict.text());
        return verdict.agrees() ? ExitCode.OK : TrustStoreExit.DIFFERENT;
    }
}
