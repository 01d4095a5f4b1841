/** Reads the files of certificates that 'aks create', 'aks update' and 'truststore' take. */
@NullMarked
package dev.capstan.cli.certificatefile;

import org.jspecify.annotations.NullMarked;
