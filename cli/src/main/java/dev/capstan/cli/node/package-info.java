/** The commands on nodes. */
@NullMarked
package dev.capstan.cli.node;

import org.jspecify.annotations.NullMarked;
