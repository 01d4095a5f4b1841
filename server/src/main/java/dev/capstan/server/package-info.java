/**
 * The control plane as one process: {@code capstan up}. Takes a home, opens the embedded Kubernetes API on it, and runs
 * the machine provider and the controller against that API. Each of those keeps its state where a kill cannot harm it; what
 * is here only puts them together, in an order in which each finds what it needs, and takes them apart in the reverse one.
 */
@NullMarked
package dev.capstan.server;

import org.jspecify.annotations.NullMarked;
