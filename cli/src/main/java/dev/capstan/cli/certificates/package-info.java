/** The commands {@code capstan certificates}: files of certificates linted, shown, compared and converted, without a control plane. */
@NullMarked
package dev.capstan.cli.certificates;

import org.jspecify.annotations.NullMarked;
