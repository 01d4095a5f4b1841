/** To be written. */
@NullMarked
package dev.capstan.truststore;

import org.jspecify.annotations.NullMarked;
