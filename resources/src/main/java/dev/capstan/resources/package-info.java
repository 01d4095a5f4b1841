/**
 * Capstan's custom resources, and the label, namespace and object names that go over the wire, as records. Everything
 * that writes or reads them does so through these names. Depends on the JDK alone: any JSON library that knows records
 * can read and write them.
 */
@NullMarked
package dev.capstan.resources;

import org.jspecify.annotations.NullMarked;
