/** An ARM client: requests, errors in az's words, operations followed to their end. */
@NullMarked
package dev.capstan.cli.arm;

import org.jspecify.annotations.NullMarked;
