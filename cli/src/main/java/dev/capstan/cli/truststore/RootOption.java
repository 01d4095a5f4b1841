package dev.capstan.cli.truststore;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import dev.capstan.truststore.UnsupportedRootException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option {@code --root}, and the trust store in it. */
public final class RootOption {

    /** The variable that names the root where the option does not: set in the agent's image, whose node is in a folder. */
    public static final String VARIABLE = "CAPSTAN_ROOT";

    @Option(
            names = "--root",
            paramLabel = "DIR",
            defaultValue = "/",
            description =
                    "The root of the operating system whose trust store is meant; CAPSTAN_ROOT, or /, if not given. Links in it are"
                            + " followed as if it were /.")
    private Path root = Path.of("/");

    /** Something done with a trust store. */
    public interface Step<T> {
        T run() throws TrustStoreException;
    }

    /** The root; a {@link Problem} with exit code 2 if it is no folder. */
    public Path path() {
        if (!Files.isDirectory(root)) {
            throw new Problem(
                    ExitCode.USAGE,
                    "The root " + root + " is not a folder.",
                    "Name the root of an operating system.",
                    null);
        }
        return root;
    }

    public TrustStore store() {
        var path = path();
        return doing(() -> TrustStore.at(path));
    }

    /** What comes of the step; what goes wrong in it is a {@link Problem}. */
    public static <T> T doing(Step<T> step) {
        try {
            return step.run();
        } catch (TrustStoreException e) {
            throw new Problem(ExitCode.FAILED, String.valueOf(e.getMessage()), advice(e), e);
        }
    }

    private static String advice(TrustStoreException failed) {
        if (failed instanceof UnsupportedRootException) {
            return "";
        }
        for (var cause = Optional.<Throwable>of(failed);
                cause.isPresent();
                cause = Optional.ofNullable(cause.get().getCause())) {
            if (cause.get() instanceof AccessDeniedException) {
                return "Run it as root.";
            }
            if (cause.get() instanceof FileSystemException file
                    && String.valueOf(file.getReason()).contains("Read-only file system")) {
                return "The file system is mounted read-only. Where the operating system is an image, change the image;"
                        + " else mount it writable: mount -o remount,rw";
            }
        }
        return "Mend the cause and run it again.";
    }
}
