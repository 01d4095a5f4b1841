/** Reads the file of certificates that 'aks create' and 'aks update' take. */
@NullMarked
package dev.capstan.cli.certificatefile;

import org.jspecify.annotations.NullMarked;
