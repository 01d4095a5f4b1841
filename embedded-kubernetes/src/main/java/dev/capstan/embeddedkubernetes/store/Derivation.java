package dev.capstan.embeddedkubernetes.store;

/**
 * What follows from every write, made part of it: it runs after the write on the same draft, on the writer thread, and is
 * committed or dropped together with it. So nobody ever sees a state in which it does not hold. It must not wait, and must
 * leave a draft alone in which nothing it cares about has changed.
 */
@FunctionalInterface
public interface Derivation {
    /** Looks at the draft's {@link Draft#events events} and adds what follows from them. */
    void follow(Draft draft);
}
