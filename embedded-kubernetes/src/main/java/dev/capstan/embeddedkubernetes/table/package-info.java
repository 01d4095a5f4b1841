/**
 * Objects as rows of a {@code meta.k8s.io/v1} Table, with the columns and the human durations of a real API server.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.table;

import org.jspecify.annotations.NullMarked;
