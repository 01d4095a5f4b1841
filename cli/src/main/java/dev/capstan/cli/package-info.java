/** To be written. */
@NullMarked
package dev.capstan.cli;

import org.jspecify.annotations.NullMarked;
