/**
 * A generic Kubernetes API server over SQLite, to be embedded in another program: {@link
 * dev.capstan.embeddedkubernetes.EmbeddedKubernetes} opens a directory of virtual clusters and serves each under its
 * own URL prefix. Kinds are data; nothing here knows what the objects mean to the embedding program.
 */
@NullMarked
package dev.capstan.embeddedkubernetes;

import org.jspecify.annotations.NullMarked;
