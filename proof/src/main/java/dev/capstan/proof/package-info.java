/**
 * Proves on a node that it trusts what it shall: TLS handshakes verified against the trust store as it is now, and pulls
 * asked of the container runtime itself. {@link dev.capstan.proof.Proof} is a process that lives for one request;
 * {@link dev.capstan.proof.ProofProcess} starts it.
 */
@NullMarked
package dev.capstan.proof;

import org.jspecify.annotations.NullMarked;
