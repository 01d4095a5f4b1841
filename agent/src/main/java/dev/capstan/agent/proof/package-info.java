/** Proofs of this node's trust: which endpoints, when, in a process of their own, and what is known from them. */
@NullMarked
package dev.capstan.agent.proof;

import org.jspecify.annotations.NullMarked;
