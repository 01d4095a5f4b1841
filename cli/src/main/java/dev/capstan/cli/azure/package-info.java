/** The commands around clusters: groups, raw requests, features, providers, accounts. */
@NullMarked
package dev.capstan.cli.azure;

import org.jspecify.annotations.NullMarked;
