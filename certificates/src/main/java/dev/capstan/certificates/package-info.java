/** To be written. */
@NullMarked
package dev.capstan.certificates;

import org.jspecify.annotations.NullMarked;
