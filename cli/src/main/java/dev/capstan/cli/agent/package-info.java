/**
 * The systemd form of the agent: credentials of nodes one owns, and what puts the agent on such a node, takes it away and says
 * how it does.
 */
@NullMarked
package dev.capstan.cli.agent;

import org.jspecify.annotations.NullMarked;
