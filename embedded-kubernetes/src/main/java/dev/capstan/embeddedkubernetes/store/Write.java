package dev.capstan.embeddedkubernetes.store;

/**
 * One atomic step from state to state. It runs on the writer thread, alone, and sees everything acknowledged and
 * everything written before it in the same group; it must not wait for anything. An exception drops all it did and is
 * handed to the caller.
 */
@FunctionalInterface
public interface Write<T> {
    T run(Draft draft);
}
