/** Locations of kind {@code kubernetes}: clusters that are there, attached by their credential. */
@NullMarked
package dev.capstan.resourceprovider.location;

import org.jspecify.annotations.NullMarked;
