/** To be written. */
@NullMarked
package dev.capstan.benchmarks;

import org.jspecify.annotations.NullMarked;
