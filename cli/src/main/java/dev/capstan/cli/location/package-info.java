/** Locations: existing clusters that are attached to the control plane. */
@NullMarked
package dev.capstan.cli.location;

import org.jspecify.annotations.NullMarked;
