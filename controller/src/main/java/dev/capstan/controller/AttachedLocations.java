package dev.capstan.controller;

import java.util.Optional;

/**
 * The locations of kind {@code kubernetes}; given by whoever starts the controller, asked anew each time, since they come
 * and go, and since a credential may be replaced. Safe for use by several threads.
 */
public interface AttachedLocations {

    /** There are none. */
    AttachedLocations NONE = name -> Optional.empty();

    /** The location of that name. */
    Optional<AttachedLocation> find(String name);
}
