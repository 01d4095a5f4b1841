/**
 * Text, PEM, base64 and Secret data in; a certificate set and findings out. Pure: no file, network or process is
 * touched, no state is kept, and every type may be shared between threads.
 */
@NullMarked
package dev.capstan.certificates;

import org.jspecify.annotations.NullMarked;
