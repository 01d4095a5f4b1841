package dev.capstan.cli;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Makes a kubeconfig for one cluster. Its token is of a service account of that cluster, so whoever gets the file is
 * administrator of that cluster and nothing else; Capstan's own administrator's token stays where it is.
 *
 * <p>A file is written whole, with mode 0600 from the first byte on. A file that is there is replaced only if it was
 * written by this command; a kubeconfig with other people's entries is never touched.
 */
@Command(
        name = "kubeconfig",
        description = {
            "Prints a kubeconfig for the cluster, or writes it to a file.",
            "Its user is administrator of this cluster alone; its token expires, then run the command again."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan cluster kubeconfig -g dev -n one --file one.kubeconfig",
            "  KUBECONFIG=one.kubeconfig kubectl get nodes"
        })
final class ClusterKubeconfig implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            defaultValue = "-",
            description = "Where to write it, with mode 0600; '-' is standard output, and the default.")
    private String file = "-";

    @Option(
            names = "--days",
            paramLabel = "DAYS",
            defaultValue = "30",
            description = "How long its token is valid; ${DEFAULT-VALUE} if not given.")
    private int days;

    ClusterKubeconfig(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var home = session.home();
        try (var api = Api.of(home)) {
            var found = cluster.find(home, api);
            if (found.endpoint().isEmpty()) {
                throw Problem.failed(
                        "The cluster " + found.group() + "/" + found.name() + " has no API yet: " + found.message()
                                + ".",
                        "Wait until 'capstan cluster list' shows it as ready.");
            }
            var token = new ClusterUser(api, found.objectName()).token(Duration.ofDays(Math.max(1, days)));
            var text = Kubeconfig.of(found, home.certificateAuthority(), token);
            if (file.equals("-")) {
                session.out().print(text);
                session.out().flush();
            } else {
                write(Path.of(file).toAbsolutePath(), text);
                session.err().println("Written to " + file + ".");
            }
        }
        return ExitCode.OK;
    }

    private static void write(Path file, String text) {
        @Nullable Path fresh = null;
        try {
            if (Files.exists(file) && !Files.readString(file).startsWith(Kubeconfig.FIRST_LINE)) {
                throw Problem.failed(
                        file + " is there, and was not written by this command.",
                        "Name another file; kubectl reads several: KUBECONFIG=" + file + ":OTHER.");
            }
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            fresh = Files.createTempFile(file.getParent(), ".kubeconfig", "", mode);
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IllegalStateException("both names are of one folder", e);
        } catch (IOException e) {
            remove(fresh, e);
            throw Problem.failed(
                    "Cannot write " + file + ": " + e.getMessage() + ".",
                    "Check that its folder is there and writable.",
                    e);
        }
    }

    private static void remove(@Nullable Path fresh, IOException cause) {
        if (fresh != null) {
            try {
                Files.deleteIfExists(fresh);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
