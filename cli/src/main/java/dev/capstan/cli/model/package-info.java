/** What picocli knows of each command, written down by the build, so that no process has to read it off annotations again. */
@NullMarked
package dev.capstan.cli.model;

import org.jspecify.annotations.NullMarked;
