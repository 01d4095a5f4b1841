package dev.capstan.agent.api;

/**
 * An object of the API with its metadata.
 *
 * @param metadata the object's metadata
 * @param object what was made of the object
 * @param <T> kind of the object
 */
record Found<T>(Metadata metadata, T object) {}
