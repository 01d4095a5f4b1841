package dev.capstan.cli.agent;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the systemd form of the agent lies on a node.
 *
 * @param root root of the node's file system
 */
record Layout(Path root) {

    /** The agent's own unit. */
    static final String AGENT_UNIT = "capstan-agent.service";

    /** What applies the last good set at boot, before any runtime starts. */
    static final String TRUST_UNIT = "capstan-trust.service";

    /** Both, in the order in which they start. */
    static final List<String> UNITS = List.of(TRUST_UNIT, AGENT_UNIT);

    /** As units, hooks and people call the program, whichever version it is. */
    static final String PROGRAM = "/usr/lib/capstan/bin/capstan";

    /** A path of the node as a path of this process. */
    Path at(String path) {
        return root.resolve(path.substring(1));
    }

    /** A folder for each version of the program, and the link {@code bin} to that of the one in use. */
    Path programs() {
        return at("/usr/lib/capstan");
    }

    /** The link to the programs of the version in use. */
    Path bin() {
        return programs().resolve("bin");
    }

    /** For whoever types. */
    Path command() {
        return at("/usr/local/bin/capstan");
    }

    Path configuration() {
        return at("/etc/capstan");
    }

    /** What the agent is told. */
    Path properties() {
        return configuration().resolve("agent.properties");
    }

    /** PEM of the API's CAs. */
    Path authority() {
        return configuration().resolve("api-ca.crt");
    }

    /** All of Capstan's state on the node. */
    Path state() {
        return at("/var/lib/capstan");
    }

    /** The agent's own. */
    Path agent() {
        return state().resolve("agent");
    }

    /** A folder that root alone enters. */
    Path credential() {
        return agent().resolve("credential");
    }

    /** The token; the agent replaces it when it renews it. */
    Path token() {
        return credential().resolve("token");
    }

    /** The UID of the cluster that the node belongs to. */
    Path pin() {
        return agent().resolve("cluster-uid");
    }

    /** The set that the agent last was told. */
    Path lastGood() {
        return agent().resolve("last-good");
    }

    /** What a running agent holds. */
    Path lock() {
        return agent().resolve("lock");
    }

    /** Locks, until the next boot. */
    Path runtime() {
        return at("/run/capstan");
    }

    /** A unit's file. */
    Path unit(String name) {
        return at("/etc/systemd/system/" + name);
    }

    /** A path of this process as a path of the node, for words. */
    String shown(Path path) {
        return "/" + root.relativize(path);
    }
}
