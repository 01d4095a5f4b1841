/**
 * What happens to a request between HTTP and the store: decode, default, validate, admit, store, and reading and watching.
 * One way for all kinds; what differs between kinds is data or an {@link dev.capstan.embeddedkubernetes.pipeline.Admission}.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.pipeline;

import org.jspecify.annotations.NullMarked;
