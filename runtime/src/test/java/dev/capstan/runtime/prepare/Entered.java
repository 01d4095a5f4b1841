package dev.capstan.runtime.prepare;

import java.util.List;

/** A node that programs can be run in. */
@FunctionalInterface
interface Entered {

    /** What a command begins with that shall run in the node, and the command. */
    List<String> entered(String... command);
}
