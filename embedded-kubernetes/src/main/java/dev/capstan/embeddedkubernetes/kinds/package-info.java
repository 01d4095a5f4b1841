/**
 * Kinds as data: what the server knows of a resource (names, scope, schema, columns, subresources), read from a resource
 * file for the built-in ones. What a CustomResourceDefinition defines is read in {@code schema}.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.kinds;

import org.jspecify.annotations.NullMarked;
