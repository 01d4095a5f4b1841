/**
 * Kinds as data: what the server knows of a resource (names, scope, schema, columns, subresources), read from a resource
 * file for the built-in ones and from a CustomResourceDefinition object for the others.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.kinds;

import org.jspecify.annotations.NullMarked;
