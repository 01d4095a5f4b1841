/** The commands of 'capstan aks', as az has them. */
@NullMarked
package dev.capstan.cli.aks;

import org.jspecify.annotations.NullMarked;
