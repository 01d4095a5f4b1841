package dev.capstan.cli.agent;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options of a credential that is made, and the making. */
public final class MakingOptions {

    /** As Kubernetes names nodes (RFC 1123 subdomain), so that none leads out of a path. */
    private static final Pattern NODE = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private static final int MOST_DAYS = 3650;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "Where the node reaches the API, if that is not the kubeconfig's server.")
    private Optional<String> server = Optional.empty();

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "30",
            description =
                    "How long the token lives; 30 if not given. The agent renews it half-way, for as long again: a node"
                            + " may be away for half of it and comes back by itself. The API may grant less.")
    private int days = 30;

    /** Makes the identity of this node and its token. Throws a {@link Problem} with what is missing. */
    Credential make(Session session, Cluster cluster, String node, boolean revoke) {
        var address = address(cluster);
        var identity = identity(cluster, node);
        if (revoke) {
            identity.revoke();
            session.messages()
                    .progress("Deleted the service account of " + node + ": its tokens are refused from now on");
        }
        identity.ensure().forEach(object -> session.messages().progress("Wrote " + object));
        var asked = Duration.ofDays(days);
        var token = identity.token(asked.toSeconds());
        var uid = cluster.uid();
        Credential.life(token).ifPresent(life -> {
            session.messages().progress("Token until " + life.expires() + "; the agent renews it at " + life.renewal());
            if (Duration.between(life.issued(), life.expires()).plusMinutes(1).compareTo(asked) < 0) {
                session.messages()
                        .warning("the API grants a shorter life than " + days + " days"
                                + " (--service-account-max-token-expiration): a node that is away for longer than until "
                                + life.expires() + " needs a new credential");
            }
        });
        return new Credential(node, address, cluster.kubeconfig().authority(), uid, token);
    }

    /** The credential as it would be, without a token; nothing is made. */
    Credential planned(Session session, Cluster cluster, String node) {
        identity(cluster, node);
        session.out().println("  make     the service account, the rights and a token of " + node + " in the cluster");
        return new Credential(node, address(cluster), cluster.kubeconfig().authority(), cluster.uid(), "");
    }

    private NodeIdentity identity(Cluster cluster, String node) {
        if (!NODE.matcher(node).matches()) {
            throw usage("'" + node + "' is no name of a Node.");
        }
        if (days < 1 || days > MOST_DAYS) {
            throw usage("--days is a number from 1 to " + MOST_DAYS + ".");
        }
        return NodeIdentity.of(cluster, node);
    }

    private URI address(Cluster cluster) {
        try {
            return server.map(KubeconfigReader::https)
                    .orElse(cluster.kubeconfig().server());
        } catch (IllegalArgumentException notOne) {
            throw usage(notOne.getMessage() + ".");
        }
    }

    private static Problem usage(String message) {
        return new Problem(ExitCode.USAGE, message, "See 'capstan agent credential --help'.", null);
    }
}
