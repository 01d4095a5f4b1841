/** To be written. */
@NullMarked
package dev.capstan.runtime;

import org.jspecify.annotations.NullMarked;
