/**
 * A small client of the Kubernetes Container Runtime Interface (runtime.v1) over a Unix socket: unary gRPC calls over an
 * HTTP/2 of its own, and the few messages that a proof needs.
 */
@NullMarked
package dev.capstan.proof.cri;

import org.jspecify.annotations.NullMarked;
