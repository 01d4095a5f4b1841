/**
 * Prepares a node that Capstan did not make for lane Isolated: reads what its containerd really is configured with, plans
 * the smallest change, makes it whole or not at all, and takes it back byte for byte.
 */
@NullMarked
package dev.capstan.runtime.prepare;

import org.jspecify.annotations.NullMarked;
