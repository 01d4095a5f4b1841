package dev.capstan.runtime;

/**
 * A daemon beside the runtime that makes TLS connections of its own and has been running since before the trust store last
 * changed. It may trust what has left and not know what has come; nothing tells what it has really read.
 *
 * @param name its program, such as {@code dockerd}
 * @param pid its process id in the proc file system that was looked at
 * @param words what it does, why it may be stale, and what to do
 */
public record OtherDaemon(String name, long pid, String words) {}
