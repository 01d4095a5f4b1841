/**
 * The commands on the trust store of a machine or of an image's root. They need no control plane, no CAPSTAN_HOME and no
 * network.
 */
@NullMarked
package dev.capstan.cli.truststore;

import org.jspecify.annotations.NullMarked;
