/**
 * What an agent keeps on its node's disk between its lives: the last good set, the identity of its cluster, and the lock
 * that keeps a second agent away. Every file is replaced as a whole or not at all.
 */
@NullMarked
package dev.capstan.agent.disk;

import org.jspecify.annotations.NullMarked;
