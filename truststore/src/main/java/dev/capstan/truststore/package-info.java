/**
 * Brings the trust store of a node's root to a certificate set, whole or not at all, and says what it holds. Knows the
 * Debian family.
 */
@NullMarked
package dev.capstan.truststore;

import org.jspecify.annotations.NullMarked;
