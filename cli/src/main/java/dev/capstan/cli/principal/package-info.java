/** {@code capstan principal}: who may log in with az and the SDKs, and what she may do. */
@NullMarked
package dev.capstan.cli.principal;

import org.jspecify.annotations.NullMarked;
