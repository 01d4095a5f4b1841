/**
 * The Kubernetes API over HTTP: routes, content types and status bodies per virtual cluster, and the TLS server in front
 * of them.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.http;

import org.jspecify.annotations.NullMarked;
