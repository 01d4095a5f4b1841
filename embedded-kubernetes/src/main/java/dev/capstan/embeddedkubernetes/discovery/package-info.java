/**
 * The discovery documents: which groups, versions and resources the server has, in the plain and the aggregated form.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.discovery;

import org.jspecify.annotations.NullMarked;
