/**
 * Lets the container runtime of a node see a certificate set, by the lane its configuration allows, and knows which set
 * the running process provably reads.
 */
@NullMarked
package dev.capstan.runtime;

import org.jspecify.annotations.NullMarked;
