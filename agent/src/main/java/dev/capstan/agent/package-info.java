/**
 * The loop that runs on every node: from the NodeTrust, the list's CertificateSet and the Secret to the node's trust
 * store and container runtime, and back to the NodeTrust's status. {@link dev.capstan.agent.Agent} is the main class.
 */
@NullMarked
package dev.capstan.agent;

import org.jspecify.annotations.NullMarked;
