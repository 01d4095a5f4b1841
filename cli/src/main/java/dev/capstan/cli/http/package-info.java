/** The connection to the control plane of CAPSTAN_HOME. */
@NullMarked
package dev.capstan.cli.http;

import org.jspecify.annotations.NullMarked;
