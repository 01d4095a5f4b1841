/** To be written. */
@NullMarked
package dev.capstan.launcher;

import org.jspecify.annotations.NullMarked;
