/** To be written. */
@NullMarked
package dev.capstan.endtoend;

import org.jspecify.annotations.NullMarked;
