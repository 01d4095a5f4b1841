package dev.capstan.agent.api;

/**
 * What is known of one object of the API. {@link Unknown} and {@link Absent} are worlds apart: one means that the node is not
 * told any more, the other that the node's own cluster has said there is no such object.
 *
 * @param <T> kind of the object
 */
public sealed interface Sighting<T> {

    /** What was known may be over: the cluster does not let the node look; why, in words. */
    record Unknown<T>(String why) implements Sighting<T> {}

    /** There is none: the pinned cluster said so in a list or a watch. */
    record Absent<T>() implements Sighting<T> {}

    /** There is one. */
    record Present<T>(T object) implements Sighting<T> {}
}
