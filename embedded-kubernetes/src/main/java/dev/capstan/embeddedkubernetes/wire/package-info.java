/**
 * Request bodies in the Kubernetes protobuf encoding, turned into JSON by tables of field numbers.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.wire;

import org.jspecify.annotations.NullMarked;
