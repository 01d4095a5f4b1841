package dev.capstan.agent.proof;

import dev.capstan.proof.ProofRequest;
import dev.capstan.proof.ProofResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Makes proofs, outside of this process: what a peer sends is never read here, and no memory of it stays. */
@FunctionalInterface
public interface Prover {

    /**
     * Proves what is asked.
     *
     * @param limit for all endpoints together
     * @return a result for every endpoint
     * @throws InterruptedException if this thread is interrupted; nothing of it goes on then
     */
    List<ProofResult> prove(ProofRequest request, Duration limit) throws InterruptedException;

    /** The same, where one waits for another: a node pays for one process at a time. */
    static Prover oneAtATime(Prover prover) {
        Semaphore turn = new Semaphore(1);
        return (request, limit) -> {
            turn.acquire();
            try {
                return prover.prove(request, limit);
            } finally {
                turn.release();
            }
        };
    }
}
