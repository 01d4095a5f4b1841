/**
 * The client commands of {@code capstan}. They talk to a running control plane through its Kubernetes API with the JDK's
 * HTTP client, and find it through the files of CAPSTAN_HOME; they share no class with it.
 *
 * <p>Every command follows the same rules: results go to standard output, everything else to standard error; {@code -o
 * json} prints one JSON document and nothing else; an error says what happened, where, why, and what to do, in
 * {@link Problem}'s form, and never as a stack trace unless {@code --debug} is given. Exit codes are
 * {@link ExitCode}'s.
 */
@NullMarked
package dev.capstan.cli;

import org.jspecify.annotations.NullMarked;
