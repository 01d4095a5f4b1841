/**
 * A small client of one Kubernetes API server, made for a process that runs once per node and must cost next to
 * nothing: HTTP/1.1 over a pinned TLS connection, list and watch of single objects, the few requests an agent makes, and
 * the checks that come before anything read is believed (the cluster's identity, the size and form of every answer).
 */
@NullMarked
package dev.capstan.agent.api;

import org.jspecify.annotations.NullMarked;
