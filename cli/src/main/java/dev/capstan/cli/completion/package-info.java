/** Completion of command lines by bash, zsh and fish. */
@NullMarked
package dev.capstan.cli.completion;

import org.jspecify.annotations.NullMarked;
