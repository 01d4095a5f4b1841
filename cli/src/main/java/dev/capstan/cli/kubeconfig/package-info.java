/** Kubeconfigs, as kubectl's users have them. */
@NullMarked
package dev.capstan.cli.kubeconfig;

import org.jspecify.annotations.NullMarked;
