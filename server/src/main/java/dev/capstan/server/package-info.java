/** To be written. */
@NullMarked
package dev.capstan.server;

import org.jspecify.annotations.NullMarked;
