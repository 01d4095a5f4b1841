/** {@code capstan audit}: reads the audit log of CAPSTAN_HOME and checks its chain. */
@NullMarked
package dev.capstan.cli.audit;

import org.jspecify.annotations.NullMarked;
