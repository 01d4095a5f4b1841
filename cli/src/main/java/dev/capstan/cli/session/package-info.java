/** What every command stands on: the process around it, CAPSTAN_HOME, errors, exit codes, JSON. */
@NullMarked
package dev.capstan.cli.session;

import org.jspecify.annotations.NullMarked;
