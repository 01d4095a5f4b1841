/**
 * The three patch formats of the Kubernetes API (JSON patch, JSON merge patch, strategic merge patch) as pure functions from
 * a document and a patch to a new document, bounded against hostile input.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.patch;

import org.jspecify.annotations.NullMarked;
