/** Reads TOML, the language of containerd's configuration and of its registry host directories. */
@NullMarked
package dev.capstan.runtime.toml;

import org.jspecify.annotations.NullMarked;
