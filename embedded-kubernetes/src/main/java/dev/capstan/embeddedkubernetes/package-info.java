/** To be written. */
@NullMarked
package dev.capstan.embeddedkubernetes;

import org.jspecify.annotations.NullMarked;
