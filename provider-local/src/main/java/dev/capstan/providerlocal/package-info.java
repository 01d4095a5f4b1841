/** To be written. */
@NullMarked
package dev.capstan.providerlocal;

import org.jspecify.annotations.NullMarked;
