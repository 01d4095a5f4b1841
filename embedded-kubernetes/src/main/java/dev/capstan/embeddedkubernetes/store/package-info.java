/**
 * The store of one virtual cluster: one SQLite file for durability, all objects in memory for reading, one writer
 * thread that commits waiting writes together and hands the events of a commit to the watchers.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.store;

import org.jspecify.annotations.NullMarked;
