package dev.capstan.runtime;

/**
 * A file of the runtime's configuration that was changed after the runtime was started, which does not know of it.
 *
 * @param file its path inside the root
 * @param content whether what it holds was changed; otherwise that is not known, and something of it was: its owner, its
 *     rights, its name
 */
public record ConfigurationChange(String file, boolean content) {}
