/** To be written. */
@NullMarked
package dev.capstan.machines;

import org.jspecify.annotations.NullMarked;
