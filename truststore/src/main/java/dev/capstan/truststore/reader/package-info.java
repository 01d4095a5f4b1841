/**
 * Reads the trust store of a root as each kind of TLS client would, by that client's own rules and independent of what
 * the writer believes, and names every certificate on which they disagree. Reads only; needs no lock.
 */
@NullMarked
package dev.capstan.truststore.reader;

import org.jspecify.annotations.NullMarked;
