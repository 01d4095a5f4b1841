/** To be written. */
@NullMarked
package dev.capstan.agent;

import org.jspecify.annotations.NullMarked;
