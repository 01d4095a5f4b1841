package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Reads one object of the API.
 *
 * @param <T> what is made of it
 */
@FunctionalInterface
interface ObjectReader<T> {

    /** Reads the object that the parser stands at, and leaves the parser at its end. */
    T read(JsonParser json) throws IOException;
}
