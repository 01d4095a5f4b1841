/** {@code capstan connect}: points Azure's own clients, unmodified, at the control plane of CAPSTAN_HOME. */
@NullMarked
package dev.capstan.cli.connect;

import org.jspecify.annotations.NullMarked;
