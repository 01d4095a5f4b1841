package dev.capstan.agent;

import dev.capstan.agent.api.TrustObject;
import dev.capstan.agent.proof.HostDirectoryProofs;
import dev.capstan.agent.proof.Probes;
import dev.capstan.agent.proof.Proofs;
import dev.capstan.agent.proof.Prover;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * All that is proven on the node: the endpoints that are named, and the host directories that do not read the set, which
 * decides whether they are in the way. One process at a time makes both.
 */
final class NodeProofs implements AutoCloseable {

    private final Proofs endpoints;
    private final HostDirectoryProofs directories;
    private @Nullable String provenObject;

    /**
     * Proofs of nothing yet.
     *
     * @param folder the agent's own
     * @param inbox told of each round's end
     */
    NodeProofs(Path folder, Prover prover, Inbox inbox, InstantSource clock) {
        Prover inTurn = Prover.oneAtATime(prover);
        this.endpoints = new Proofs(inTurn, inbox::proven, clock, NodeProofs::chance);
        this.directories = new HostDirectoryProofs(folder, inTurn, inbox::proven, NodeProofs::chance);
    }

    private static double chance() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /** Those of the endpoints. */
    Proofs endpoints() {
        return endpoints;
    }

    /** Those of the host directories. */
    HostDirectoryProofs directories() {
        return directories;
    }

    /** When {@link #begin} has something to do; {@link Long#MAX_VALUE} where it never has. */
    long due() {
        return Math.min(endpoints.due(), directories.due());
    }

    /** Begins what is due. */
    void begin() {
        endpoints.begin();
        directories.begin();
    }

    /** Takes what there is to prove now of the endpoints. */
    void about(Sources sources, Node node, Measured measured) {
        TrustObject trust = sources.trust();
        NodeSet wanted = sources.wanted();
        if (trust == null || wanted == null) {
            endpoints.about(null, null);
            return;
        }
        if (!trust.uid().equals(provenObject)) {
            provenObject = trust.uid();
            endpoints.about(null, null);
            endpoints.restore(trust.proof());
        }
        if (sources.complete()) {
            endpoints.name(Probes.of(trust.spec().probes(), sources.probes()));
        }
        endpoints.about(
                node.subject(wanted.wanted(), measured, endpoints.probes().endpoints()),
                trust.spec().proofSpreadSeconds());
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        endpoints.close();
        directories.close();
    }
}
