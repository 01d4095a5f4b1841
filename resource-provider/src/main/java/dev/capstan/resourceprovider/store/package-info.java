/** The management cluster as the store of record: objects read, and written one at a time. */
@NullMarked
package dev.capstan.resourceprovider.store;

import org.jspecify.annotations.NullMarked;
