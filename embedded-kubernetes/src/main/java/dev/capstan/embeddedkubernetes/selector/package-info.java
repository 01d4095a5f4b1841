/**
 * Label and field selectors: their syntax, with the words Kubernetes uses for mistakes in it, and what they select.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.selector;

import org.jspecify.annotations.NullMarked;
