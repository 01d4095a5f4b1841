/**
 * Machines as Linux namespaces on this host: {@link dev.capstan.providerlocal.LocalProvider} is the machine provider of
 * the location {@code local}. What the host has is the machine's distribution, read through an overlay; what the host
 * knows is hidden before anything runs in it.
 */
@NullMarked
package dev.capstan.providerlocal;

import org.jspecify.annotations.NullMarked;
