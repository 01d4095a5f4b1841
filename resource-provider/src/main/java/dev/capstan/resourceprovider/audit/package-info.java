/** The audit log: who did what, to which resource, from where; append-only, chained by hashes, on the disk before the answer. */
@NullMarked
package dev.capstan.resourceprovider.audit;

import org.jspecify.annotations.NullMarked;
