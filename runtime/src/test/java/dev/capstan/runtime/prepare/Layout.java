package dev.capstan.runtime.prepare;

import java.util.List;

/**
 * How a node's containerd is laid out.
 *
 * @param program the containerd; its shims and {@code ctr} lie beside it
 * @param unit what it is started by
 * @param arguments what it is started with
 * @param address its socket
 * @param state the folder of its tasks
 * @param before a script that is run before each start
 */
record Layout(String program, String unit, List<String> arguments, String address, String state, String before) {

    /** As distributions have it. */
    static Layout usual(String program) {
        return new Layout(
                program, "containerd.service", List.of(), "/run/containerd/containerd.sock", "/run/containerd", "");
    }
}
