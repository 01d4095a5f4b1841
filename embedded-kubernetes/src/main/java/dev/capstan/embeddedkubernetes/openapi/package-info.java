/**
 * The OpenAPI documents of the served kinds: version 2 in protobuf for old clients, version 3 in JSON for the others.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.openapi;

import org.jspecify.annotations.NullMarked;
