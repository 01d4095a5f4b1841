package dev.capstan.proof;

import dev.capstan.proof.cri.CriClient;
import dev.capstan.proof.cri.CriException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Has the runtime itself ask a registry for a manifest that cannot be there: CRI's PullImage of a repository at the digest of 64
 * zeros. So the runtime goes its whole way, with its own roots, host directories, mirrors, proxy and token server, and the
 * answer "not found" can only come over a connection that it trusts; and there is nothing to pull, so that no layer, image or
 * tag of the node changes.
 */
public final class RuntimePull {

    static final String NOBODYS_DIGEST = "sha256:" + "0".repeat(64);

    private RuntimePull() {}

    /**
     * Asks, and returns within the limit.
     *
     * @param socket the runtime's CRI socket
     * @param repository with its registry, such as {@code registry.corp/app}
     */
    public static RuntimeAnswer ask(Path socket, String repository, Duration limit) {
        try (Attempt attempt = new Attempt(limit)) {
            try (CriClient runtime = attempt.with(CriClient.open(socket))) {
                runtime.pullImage(repository + "@" + NOBODYS_DIGEST, limit);
                return new RuntimeAnswer(Reason.OTHER, "the registry has a manifest of the digest of 64 zeros");
            } catch (CriException refused) {
                return RuntimeAnswer.of(refused.code(), refused.getMessage());
            } catch (IOException silent) {
                return attempt.over()
                        ? new RuntimeAnswer(
                                Reason.TIMED_OUT, "the runtime had no answer within " + limit.toSeconds() + " s")
                        : new RuntimeAnswer(
                                Reason.RUNTIME_SILENT,
                                "the runtime at " + socket + " does not answer: " + Names.shown(silent.toString()));
            }
        }
    }
}
