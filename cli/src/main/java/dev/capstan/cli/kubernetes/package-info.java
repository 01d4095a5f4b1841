/** Reads what the command shows of a cluster from its Kubernetes API. */
@NullMarked
package dev.capstan.cli.kubernetes;

import org.jspecify.annotations.NullMarked;
