/**
 * What a schema says about an object: unknown fields, defaults, and everything wrong with its values and its metadata,
 * collected and told in the words Kubernetes uses; and the kinds that a definition with a schema brings.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.schema;

import org.jspecify.annotations.NullMarked;
