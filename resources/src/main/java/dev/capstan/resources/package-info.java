/** To be written. */
@NullMarked
package dev.capstan.resources;

import org.jspecify.annotations.NullMarked;
