/** The agent's log: one line on standard error per event, for whatever supervises the process to keep. */
@NullMarked
package dev.capstan.agent.log;

import org.jspecify.annotations.NullMarked;
