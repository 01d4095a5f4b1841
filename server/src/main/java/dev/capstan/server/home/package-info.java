/**
 * CAPSTAN_HOME: the one folder that holds everything a control plane knows. Every file here is replaced whole, by a rename,
 * after it has reached the disk, so that a kill at any moment leaves the old or the new one.
 */
@NullMarked
package dev.capstan.server.home;

import org.jspecify.annotations.NullMarked;
