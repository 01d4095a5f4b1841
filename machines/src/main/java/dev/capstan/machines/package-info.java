/**
 * The machine provider interface: what the controller asks of a location's infrastructure, and nothing else. A machine
 * becomes a node when its agent reaches its cluster's API.
 */
@NullMarked
package dev.capstan.machines;

import org.jspecify.annotations.NullMarked;
